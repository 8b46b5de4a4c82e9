/// A simulated fleet of real agents, the proxy that loses their answers, and the demonstration.
@NullMarked
package io.cardea.apps.fleet;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.cardea.apps.fleet;

import org.jspecify.annotations.NullMarked;

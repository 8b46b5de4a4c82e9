@NullMarked
package io.cardea.apps.agent;

import org.jspecify.annotations.NullMarked;

/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.connectors.mosquitto;

import org.jspecify.annotations.NullMarked;

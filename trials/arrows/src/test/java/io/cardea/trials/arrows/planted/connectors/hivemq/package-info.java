/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.connectors.hivemq;

import org.jspecify.annotations.NullMarked;

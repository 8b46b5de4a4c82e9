/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.protocols.est.client;

import org.jspecify.annotations.NullMarked;

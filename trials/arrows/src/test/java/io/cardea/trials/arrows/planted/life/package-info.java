/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.life;

import org.jspecify.annotations.NullMarked;

/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.trials.faults;

import org.jspecify.annotations.NullMarked;

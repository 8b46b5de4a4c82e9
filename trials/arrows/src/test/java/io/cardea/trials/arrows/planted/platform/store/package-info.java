/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.platform.store;

import org.jspecify.annotations.NullMarked;

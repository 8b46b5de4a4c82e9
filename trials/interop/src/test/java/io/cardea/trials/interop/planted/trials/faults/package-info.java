/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.interop.planted.trials.faults;

import org.jspecify.annotations.NullMarked;

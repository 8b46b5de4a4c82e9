/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.interop.planted.platform.keys;

import org.jspecify.annotations.NullMarked;

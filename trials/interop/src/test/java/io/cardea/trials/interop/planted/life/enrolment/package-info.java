/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.interop.planted.life.enrolment;

import org.jspecify.annotations.NullMarked;

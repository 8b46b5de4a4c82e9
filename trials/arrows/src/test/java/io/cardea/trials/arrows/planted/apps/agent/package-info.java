/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.apps.agent;

import org.jspecify.annotations.NullMarked;

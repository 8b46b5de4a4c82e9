/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.arrows.planted.apps.server;

import org.jspecify.annotations.NullMarked;

/// Breaks rules on purpose; see `ArrowsTest`.
@NullMarked
package io.cardea.trials.interop.planted.protocols.est.client;

import org.jspecify.annotations.NullMarked;

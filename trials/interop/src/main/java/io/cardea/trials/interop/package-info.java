/// The whole product from outside: its documents, and the clients of others against a server as it
/// is started for good.
@NullMarked
package io.cardea.trials.interop;

import org.jspecify.annotations.NullMarked;

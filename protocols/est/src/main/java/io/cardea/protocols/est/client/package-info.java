/// The device's side: requests, the connection that carries them, and what the server's answers
/// come to.
///
/// Nothing here compares a date with the device's clock: it may be ten years off.
@NullMarked
package io.cardea.protocols.est.client;

import org.jspecify.annotations.NullMarked;

/// The door that devices knock at: HTTP/1.1 over TLS with an optional client certificate, or plain.
///
/// Here bytes from strangers become bounded [EdgeRequest]s. The handshake proves possession of a
/// key and no more; what a certificate is worth, the use case behind an [EdgeHandler] judges.
@NullMarked
package io.cardea.protocols.edge;

import org.jspecify.annotations.NullMarked;

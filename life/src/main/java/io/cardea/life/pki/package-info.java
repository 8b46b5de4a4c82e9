/// It can be certified: keys, requests, profiles, authorities, lints, issuing and revocation lists.
///
/// Bouncy Castle reads and writes ASN.1 here; every signature goes through
/// [io.cardea.life.pki.CryptoBackend] or [io.cardea.life.pki.AuthorityKey].
@NullMarked
package io.cardea.life.pki;

import org.jspecify.annotations.NullMarked;

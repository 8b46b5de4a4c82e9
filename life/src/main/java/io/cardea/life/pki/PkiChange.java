package io.cardea.life.pki;

import io.cardea.life.ledger.Change;

/// The rows of the public-key infrastructure that a decision can write.
public sealed interface PkiChange extends Change {
  /// A new authority with its wrapped key. Taken when the id is.
  record SaveAuthority(Authority authority) implements PkiChange {}

  /// A profile, new or changed.
  record SaveProfile(Profile profile) implements PkiChange {}
}

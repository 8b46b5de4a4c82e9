package io.cardea.life.pki;

import io.cardea.life.ledger.Change;
import java.time.Instant;
import java.util.Optional;

/// The rows of the public-key infrastructure that a decision can write.
public sealed interface PkiChange extends Change {
  /// A new authority with its wrapped key. Taken when the id is.
  record SaveAuthority(Authority authority) implements PkiChange {}

  /// Another state or certificate of an authority. Stale unless it still is what `before` says.
  record ChangeAuthority(Authority before, Authority after) implements PkiChange {
    public ChangeAuthority {
      if (!before.id().equals(after.id()) || !before.key().equals(after.key())) {
        throw new IllegalArgumentException("after: " + after.id() + " (expected: the same key)");
      }
    }
  }

  /// A request for a certificate from elsewhere. Taken when one of that name or key is out.
  record OpenAuthorityRequest(AuthorityRequest request) implements PkiChange {}

  /// The request was answered or withdrawn. Stale when it is no longer there.
  record CloseAuthorityRequest(AuthorityRequest request) implements PkiChange {}

  /// A certificate that Cardea issued to itself: known, so that its status is not `unknown`.
  ///
  /// @param purpose what it is for: `server`, `ocsp`
  record SaveOwnCertificate(AuthorityId authority, Serial serial, String purpose, Instant notAfter)
      implements PkiChange {}

  /// A profile, new or changed. Stale when it is no longer as it was seen.
  ///
  /// @param seen what it must be still; whatever it is, without one
  record SaveProfile(Profile profile, Optional<Profile> seen) implements PkiChange {
    public SaveProfile(Profile profile) {
      this(profile, Optional.empty());
    }
  }
}

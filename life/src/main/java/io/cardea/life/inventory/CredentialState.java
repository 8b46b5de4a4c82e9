package io.cardea.life.inventory;

import java.util.Locale;

/// Where a credential stands in its lineage. Expiry is a date, not a state.
public enum CredentialState {
  /// Issued, accepted, not yet seen in use: for a stock client the normal state for months.
  STAGED,
  /// Proven, and no descendant of it is.
  CURRENT,
  /// A descendant is proven; this one is still accepted.
  RETIRING,
  /// No longer accepted for access. Not the same as revoked.
  RETIRED,
  /// Ended by a decision. Final.
  REVOKED;

  /// Accepted for access, as long as it has not expired.
  public boolean accepted() {
    return this == STAGED || this == CURRENT || this == RETIRING;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.cardea.life.rotation;

import java.util.Locale;

/// Why a credential is revoked; the code is the CRLReason of RFC 5280 §5.3.1.
public enum RevocationReason {
  UNSPECIFIED(0),
  /// Takes every credential of the key and every descendant issued since (R8).
  KEY_COMPROMISE(1),
  AFFILIATION_CHANGED(3),
  SUPERSEDED(4),
  CESSATION_OF_OPERATION(5),
  PRIVILEGE_WITHDRAWN(9);

  private final int code;

  RevocationReason(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// Whether the reason takes descendants and condemns the key.
  public boolean cascades() {
    return this == KEY_COMPROMISE;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

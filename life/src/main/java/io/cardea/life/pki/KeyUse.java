package io.cardea.life.pki;

/// What a key may be used for (RFC 5280 §4.2.1.3), as far as an end entity needs it.
public enum KeyUse {
  DIGITAL_SIGNATURE(0),
  /// For RSA alone: certificates of other keys are issued without it.
  KEY_ENCIPHERMENT(2);

  private final int bit;

  KeyUse(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }

  boolean fits(CertKey kind) {
    return switch (this) {
      case DIGITAL_SIGNATURE -> true;
      case KEY_ENCIPHERMENT -> kind == CertKey.RSA_2048_AND_UP;
    };
  }
}

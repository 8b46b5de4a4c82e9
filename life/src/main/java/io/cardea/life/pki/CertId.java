package io.cardea.life.pki;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The name of a certificate in renewal information (RFC 9773 §4.1): authority key identifier and
/// serial, each in base64url without padding, with a period between them.
public final class CertId {
  private static final int MAX_TEXT = 120;
  private static final int MAX_KEY_IDENTIFIER = 64;

  private final byte[] keyIdentifier;
  private final Serial serial;

  public CertId(byte[] keyIdentifier, Serial serial) {
    if (keyIdentifier.length == 0 || keyIdentifier.length > MAX_KEY_IDENTIFIER) {
      throw new IllegalArgumentException(
          "key identifier: " + keyIdentifier.length + " octets (expected: 1 to 64)");
    }
    this.keyIdentifier = keyIdentifier.clone();
    this.serial = serial;
  }

  /// Empty if the certificate has no authority key identifier, so that nobody can name it so.
  public static Optional<CertId> of(Certificate certificate) {
    return certificate
        .authorityKeyIdentifier()
        .filter(identifier -> identifier.length <= MAX_KEY_IDENTIFIER)
        .map(identifier -> new CertId(identifier, certificate.serial()));
  }

  /// Empty for whatever is not exactly one CertID in its one spelling.
  public static Optional<CertId> parse(String text) {
    int period = text.indexOf('.');
    if (text.length() > MAX_TEXT || period < 1) {
      return Optional.empty();
    }
    try {
      byte[] identifier = Base64.getUrlDecoder().decode(text.substring(0, period));
      byte[] octets = Base64.getUrlDecoder().decode(text.substring(period + 1));
      CertId id = new CertId(identifier, new Serial(new BigInteger(octets)));
      return id.text().equals(text) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public byte[] keyIdentifier() {
    return keyIdentifier.clone();
  }

  public Serial serial() {
    return serial;
  }

  public String text() {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(keyIdentifier) + "." + encoder.encodeToString(serial.octets());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CertId that
        && serial.equals(that.serial)
        && Arrays.equals(keyIdentifier, that.keyIdentifier);
  }

  @Override
  public int hashCode() {
    return 31 * serial.hashCode() + Arrays.hashCode(keyIdentifier);
  }

  @Override
  public String toString() {
    return text();
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;

/// The request of an authority to be, for whoever holds the root elsewhere (RFC 2986).
final class AuthorityCsr {
  private static final byte[] VERSION_1 = {2, 1, 0};
  private static final byte[] EXTENSION_REQUEST = HexFormat.of().parseHex("06092a864886f70d01090e");
  private static final int MAX_SUBJECT = 512;

  private AuthorityCsr() {}

  /// Asks for a certificate of an authority that has none below it.
  ///
  /// @return the request in PEM
  static String make(byte[] subject, AuthorityKey key, CryptoBackend backend) throws Refused {
    byte[] extensions =
        Der.sequence(
            Encoding.subjectKeyIdentifier(key.publicKey().identifier()),
            Encoding.authority(true),
            Encoding.authorityKeyUsage());
    byte[] info =
        Der.sequence(
            VERSION_1,
            subject,
            key.publicKey().der(),
            Der.tlv(0xa0, Der.sequence(EXTENSION_REQUEST, Der.tlv(Der.SET, extensions))));
    byte[] der = Encoding.signed(info, key.scheme().algorithmIdentifier(), key.sign(info));
    Csr.parse(der).verified(backend);
    return Pem.encode(Pem.REQUEST, der);
  }

  /// A name as people write it, such as `CN=Factory CA,O=Example`.
  static byte[] subject(String text) throws Refused {
    try {
      if (text.length() > MAX_SUBJECT || text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException();
      }
      X500Name name = new X500Name(text);
      byte[] der = name.getEncoded();
      if (name.getRDNs().length == 0) {
        throw new IllegalArgumentException();
      }
      DerReader.check(der, 8);
      return der;
    } catch (IllegalArgumentException | java.io.IOException | MalformedDer e) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "subject: "
              + Names.withoutControls(text.substring(0, Math.min(100, text.length())))
              + " (expected: as CN=Factory CA,O=Example)");
    }
  }
}

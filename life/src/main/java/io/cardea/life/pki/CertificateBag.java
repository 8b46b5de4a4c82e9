package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Certificates alone in a PKCS#7 message (a degenerate SignedData, RFC 5272 §4.1): how EST sends
/// them. It proves nothing; the certificates in it must be judged one by one.
public final class CertificateBag {
  public static final int MAX_LENGTH = 256 * 1024;
  public static final int MAX_CERTIFICATES = 32;

  private static final byte[] SIGNED_DATA = HexFormat.of().parseHex("06092a864886f70d010702");
  private static final byte[] DATA = HexFormat.of().parseHex("06092a864886f70d010701");
  private static final byte[] VERSION_1 = {2, 1, 1};
  private static final int CONTENT = 0xa0;
  private static final int CERTIFICATES = 0xa0;
  private static final int LISTS = 0xa1;

  private CertificateBag() {}

  /// Puts the certificates in, in this order.
  public static byte[] encode(List<Certificate> certificates) {
    return encodeDer(certificates.stream().map(Certificate::der).toList());
  }

  /// The same for certificates that are at hand as octets and known to be well formed.
  public static byte[] encodeDer(List<byte[]> certificates) {
    return Der.sequence(
        SIGNED_DATA,
        Der.tlv(
            CONTENT,
            Der.sequence(
                VERSION_1,
                Der.tlv(Der.SET),
                Der.sequence(DATA),
                Der.tlv(CERTIFICATES, certificates.toArray(byte[][]::new)),
                Der.tlv(Der.SET))));
  }

  /// Takes the certificates out, in their order. Signatures, content and revocation lists are not
  /// looked at.
  ///
  /// @throws Refused REQUEST_MALFORMED
  public static List<Certificate> decode(byte[] der) throws Refused {
    if (der.length > MAX_LENGTH) {
      throw malformed(der.length + " octets (expected: at most " + MAX_LENGTH + ")");
    }
    try {
      DerReader.check(der, 24);
      DerReader info = new DerReader(der).next(Der.SEQUENCE, "ContentInfo").reader();
      if (!Arrays.equals(info.next().encoded(), SIGNED_DATA)) {
        throw new MalformedDer("content type (expected: signedData)");
      }
      DerReader signed =
          info.next(CONTENT, "content").reader().next(Der.SEQUENCE, "SignedData").reader();
      info.end("ContentInfo");
      signed.next(Der.INTEGER, "version");
      signed.next(Der.SET, "digestAlgorithms");
      signed.next(Der.SEQUENCE, "encapContentInfo");
      List<Certificate> certificates = new ArrayList<>();
      if (signed.peekTag() == CERTIFICATES) {
        DerReader all = signed.next().reader();
        while (all.hasNext()) {
          if (certificates.size() == MAX_CERTIFICATES) {
            throw new MalformedDer("more than " + MAX_CERTIFICATES + " certificates");
          }
          certificates.add(Certificate.parse(all.next(Der.SEQUENCE, "certificate").encoded()));
        }
      }
      if (signed.peekTag() == LISTS) {
        signed.next();
      }
      signed.next(Der.SET, "signerInfos");
      signed.end("SignedData");
      return List.copyOf(certificates);
    } catch (MalformedDer e) {
      throw malformed(e.detail());
    }
  }

  private static Refused malformed(String detail) {
    return new Refused(Refusal.REQUEST_MALFORMED, "certificates in PKCS#7: " + detail);
  }
}

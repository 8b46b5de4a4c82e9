package io.cardea.life.pki;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A question about certificates (RFC 6960 §4.1), read from what a stranger sent. Its signature, if
/// it has one, means nothing here: anybody may ask.
public final class OcspRequest {
  public static final int MAX_ASKED = 16;

  /// A request is far smaller, even with a signature and its chain.
  private static final int MAX_LENGTH = 16 * 1024;

  private static final int MAX_NONCE = 128; // RFC 9654 §2.1
  private static final int DEPTH = 20;
  private static final byte[] VERSION_1 = {(byte) 0xa0, 3, 2, 1, 0};
  private static final byte[] TRUE = {1, 1, (byte) 0xff};
  static final byte[] NONCE = HexFormat.of().parseHex("06092b0601050507300102");

  private final List<OcspCertId> asked;
  private final Optional<byte[]> nonce;

  private OcspRequest(List<OcspCertId> asked, Optional<byte[]> nonce) {
    this.asked = List.copyOf(asked);
    this.nonce = nonce;
  }

  /// @throws OcspFailure with the status that the asker is to get
  public static OcspRequest parse(byte[] der) throws OcspFailure {
    if (der.length > MAX_LENGTH) {
      throw OcspFailure.malformed();
    }
    try {
      DerReader outer = new DerReader(der);
      DerReader request = outer.next(Der.SEQUENCE, "OCSPRequest").reader();
      outer.end("OCSPRequest");
      DerReader tbs = request.next(Der.SEQUENCE, "tbsRequest").reader();
      if (request.hasNext()) {
        DerReader.check(request.next(0xa0, "optionalSignature").encoded(), DEPTH);
      }
      request.end("OCSPRequest");
      if (tbs.peekTag() == 0xa0 && !Arrays.equals(tbs.next().encoded(), VERSION_1)) {
        throw OcspFailure.malformed();
      }
      if (tbs.peekTag() == 0xa1) {
        DerReader.check(tbs.next().encoded(), DEPTH); // requestorName
      }
      List<OcspCertId> asked = asked(tbs.next(Der.SEQUENCE, "requestList").reader());
      Optional<byte[]> nonce = Optional.empty();
      if (tbs.hasNext()) {
        nonce = extensions(tbs.next(0xa2, "requestExtensions"));
      }
      tbs.end("tbsRequest");
      return new OcspRequest(asked, nonce);
    } catch (MalformedDer e) {
      throw OcspFailure.malformed();
    } catch (OcspCertId.UnknownHash e) {
      throw OcspFailure.unauthorized();
    }
  }

  private static List<OcspCertId> asked(DerReader list)
      throws MalformedDer, OcspCertId.UnknownHash, OcspFailure {
    List<OcspCertId> asked = new ArrayList<>(1);
    while (list.hasNext()) {
      if (asked.size() == MAX_ASKED) {
        throw OcspFailure.unauthorized();
      }
      DerReader one = list.next(Der.SEQUENCE, "Request").reader();
      asked.add(OcspCertId.read(one.next(Der.SEQUENCE, "reqCert")));
      if (one.hasNext()) {
        extensions(one.next(0xa0, "singleRequestExtensions"));
      }
      one.end("Request");
    }
    if (asked.isEmpty()) {
      throw OcspFailure.malformed();
    }
    return asked;
  }

  /// RFC 6960 §4.4: what is not understood is ignored, unless it is critical.
  private static Optional<byte[]> extensions(DerReader.Element tagged)
      throws MalformedDer, OcspFailure {
    DerReader inside = tagged.reader();
    DerReader all = inside.next(Der.SEQUENCE, "Extensions").reader();
    inside.end("extensions");
    Optional<byte[]> nonce = Optional.empty();
    while (all.hasNext()) {
      DerReader one = all.next(Der.SEQUENCE, "Extension").reader();
      byte[] id = one.next(Der.OID, "extnID").encoded();
      boolean critical = one.peekTag() == Der.BOOLEAN && Arrays.equals(one.next().encoded(), TRUE);
      byte[] value = one.next(Der.OCTET_STRING, "extnValue").content();
      one.end("Extension");
      if (Arrays.equals(id, NONCE)) {
        if (nonce.isPresent() || value.length == 0 || value.length > MAX_NONCE + 3) {
          throw OcspFailure.malformed();
        }
        nonce = Optional.of(value);
      } else if (critical) {
        throw OcspFailure.unauthorized();
      }
    }
    return nonce;
  }

  List<OcspCertId> asked() {
    return asked;
  }

  /// The value of the nonce extension, as it came: it is repeated, and not looked into.
  Optional<byte[]> nonce() {
    return nonce;
  }

  public int size() {
    return asked.size();
  }

  public boolean hasNonce() {
    return nonce.isPresent();
  }

  @Override
  public String toString() {
    return "OcspRequest" + asked;
  }
}

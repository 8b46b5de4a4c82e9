package io.cardea.trials.bench.load;

import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.SignatureScheme;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/// Makes EC P-256 keys and requests for them with an empty subject. The private key signs the
/// request and is forgotten.
public final class CsrMaker {
  private static final byte[] VERSION_AND_SUBJECT = HexFormat.of().parseHex("0201003000");
  private static final byte[] NO_ATTRIBUTES = HexFormat.of().parseHex("a000");
  private static final byte[] ECDSA_WITH_SHA256 =
      HexFormat.of().parseHex("300a06082a8648ce3d040302");
  private static final int SEQUENCE = 0x30;
  private static final int BIT_STRING = 0x03;

  private final CryptoBackend crypto;

  public CsrMaker(CryptoBackend crypto) {
    this.crypto = crypto;
  }

  public Csr make() {
    KeyPair pair = crypto.generateKeyPair(CertKey.EC_P256);
    byte[] key = pair.getPublic().getEncoded();
    byte[] info = tlv(SEQUENCE, VERSION_AND_SUBJECT, key, NO_ATTRIBUTES);
    byte[] signature = crypto.sign(SignatureScheme.ECDSA_SHA256, pair.getPrivate(), info);
    return new Csr(
        tlv(SEQUENCE, info, ECDSA_WITH_SHA256, tlv(BIT_STRING, new byte[1], signature)), key);
  }

  /// Makes many, on all cores.
  public List<Csr> make(int count) {
    return IntStream.range(0, count).parallel().mapToObj(number -> make()).toList();
  }

  private static byte[] tlv(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}

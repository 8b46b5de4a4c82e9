package io.cardea.platform.keys;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.SignatureScheme;
import io.cardea.platform.keys.Cryptoki.Attribute;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// How a token speaks of one kind of key: its mechanisms, its templates, and what it gives back in
/// another form than certificates do.
record Pkcs11Algorithm(long generator, long signer, byte[] parameters, byte[] keyInfo) {
  static final long CLASS = 0x0;
  static final long LABEL = 0x3;
  static final long ID = 0x102;
  static final long PUBLIC_KEY = 2;
  static final long PRIVATE_KEY = 3;
  private static final long TOKEN = 0x1;
  private static final long PRIVATE = 0x2;
  private static final long SENSITIVE = 0x103;
  private static final long SIGN = 0x108;
  private static final long VERIFY = 0x10a;
  private static final long MODULUS = 0x120;
  private static final long MODULUS_BITS = 0x121;
  private static final long PUBLIC_EXPONENT = 0x122;
  private static final long EXTRACTABLE = 0x162;
  private static final long EC_PARAMS = 0x180;
  private static final long EC_POINT = 0x181;

  private static final long RSA_KEYS = 0x0;
  private static final long RSA_PKCS = 0x1;
  private static final long EC_KEYS = 0x1040;
  private static final long ECDSA = 0x1041;
  private static final long EDWARDS_KEYS = 0x1055;
  private static final long EDDSA = 0x1057;
  private static final long OWN_RSA_BITS = 3072;
  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;

  private static final Pkcs11Algorithm P256 =
      new Pkcs11Algorithm(
          EC_KEYS,
          ECDSA,
          hex("06082a8648ce3d030107"),
          hex("301306072a8648ce3d020106082a8648ce3d030107"));
  private static final Pkcs11Algorithm P384 =
      new Pkcs11Algorithm(
          EC_KEYS, ECDSA, hex("06052b81040022"), hex("301006072a8648ce3d020106052b81040022"));

  /// The curve by its name in a PrintableString, as PKCS#11 3.0 has it.
  private static final Pkcs11Algorithm EDWARDS =
      new Pkcs11Algorithm(
          EDWARDS_KEYS, EDDSA, hex("130c656477617264733235353139"), hex("300506032b6570"));

  private static final Pkcs11Algorithm RSA =
      new Pkcs11Algorithm(RSA_KEYS, RSA_PKCS, new byte[0], hex("300d06092a864886f70d0101010500"));

  static Pkcs11Algorithm of(CertKey kind) throws Refused {
    return switch (kind) {
      case EC_P256 -> P256;
      case EC_P384 -> P384;
      case RSA_2048_AND_UP -> RSA;
      case ED25519 -> EDWARDS;
      case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
          throw new Refused(
              Refusal.KEY_NOT_ALLOWED,
              kind + " in a token (expected: EC P-256, EC P-384, RSA or Ed25519)");
    };
  }

  List<Attribute> publicTemplate(byte[] id, String label) {
    Attribute shape =
        generator == RSA_KEYS
            ? Attribute.of(MODULUS_BITS, OWN_RSA_BITS)
            : new Attribute(EC_PARAMS, parameters);
    Attribute second =
        generator == RSA_KEYS
            ? new Attribute(PUBLIC_EXPONENT, new byte[] {1, 0, 1})
            : Attribute.of(PRIVATE, false);
    return List.of(
        shape,
        second,
        Attribute.of(TOKEN, true),
        Attribute.of(VERIFY, true),
        new Attribute(ID, id),
        new Attribute(LABEL, label.getBytes(StandardCharsets.UTF_8)));
  }

  static List<Attribute> privateTemplate(byte[] id, String label) {
    return List.of(
        Attribute.of(TOKEN, true),
        Attribute.of(PRIVATE, true),
        Attribute.of(SENSITIVE, true),
        Attribute.of(EXTRACTABLE, false),
        Attribute.of(SIGN, true),
        new Attribute(ID, id),
        new Attribute(LABEL, label.getBytes(StandardCharsets.UTF_8)));
  }

  /// The SubjectPublicKeyInfo of a public half.
  byte[] publicKey(Cryptoki module, long session, long object) throws Cryptoki.Failure {
    byte[] bits;
    if (generator == RSA_KEYS) {
      bits =
          tlv(
              SEQUENCE,
              integer(module.value(session, object, MODULUS)),
              integer(module.value(session, object, PUBLIC_EXPONENT)));
    } else {
      bits = unwrapped(module.value(session, object, EC_POINT));
    }
    byte[] whole = new byte[bits.length + 1];
    System.arraycopy(bits, 0, whole, 1, bits.length);
    return tlv(SEQUENCE, keyInfo, tlv(0x03, whole));
  }

  /// What is handed to the token: the digest as its mechanism wants it, so that a list of any
  /// length is one small call. Ed25519 has none: it signs the whole, in one call all the same.
  byte[] input(SignatureScheme scheme, byte[] toBeSigned) {
    return switch (scheme) {
      case ECDSA_SHA256 -> digest("SHA-256").digest(toBeSigned);
      case ECDSA_SHA384 -> digest("SHA-384").digest(toBeSigned);
      case ECDSA_SHA512 -> digest("SHA-512").digest(toBeSigned);
      case RSA_SHA256 -> digestInfo("0609608648016503040201", digest("SHA-256"), toBeSigned);
      case RSA_SHA384 -> digestInfo("0609608648016503040202", digest("SHA-384"), toBeSigned);
      case RSA_SHA512 -> digestInfo("0609608648016503040203", digest("SHA-512"), toBeSigned);
      case ED25519 -> toBeSigned;
      case RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
          throw new IllegalArgumentException(
              "scheme: " + scheme + " (expected: of a key in a token)");
    };
  }

  /// What certificates hold: ECDSA as two numbers in DER, others as they are.
  byte[] signature(byte[] raw) {
    if (signer != ECDSA) {
      return raw;
    }
    int half = raw.length / 2;
    return tlv(
        SEQUENCE,
        integer(Arrays.copyOfRange(raw, 0, half)),
        integer(Arrays.copyOfRange(raw, half, raw.length)));
  }

  static MessageDigest digest(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + name, e);
    }
  }

  private static byte[] digestInfo(String oid, MessageDigest digest, byte[] toBeSigned) {
    return tlv(
        SEQUENCE,
        tlv(SEQUENCE, hex(oid), new byte[] {5, 0}),
        tlv(OCTET_STRING, digest.digest(toBeSigned)));
  }

  /// The standard wants a point in an OCTET STRING; some tokens give it bare.
  private static byte[] unwrapped(byte[] point) {
    boolean wrapped =
        point.length > 2 && point[0] == OCTET_STRING && (point[1] & 0xff) == point.length - 2;
    return wrapped ? Arrays.copyOfRange(point, 2, point.length) : point;
  }

  private static byte[] integer(byte[] magnitude) {
    return tlv(0x02, new BigInteger(1, magnitude).toByteArray());
  }

  private static byte[] tlv(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >>> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}

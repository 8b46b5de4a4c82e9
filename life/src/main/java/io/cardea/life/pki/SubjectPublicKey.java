package io.cardea.life.pki;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A public key that was checked: a point on a named curve, an RSA modulus of decent size, or as
/// many octets as ML-DSA has (each string of that length is a key).
///
/// It has exactly one encoding (uncompressed point, NULL parameters, minimal lengths), so that its
/// fingerprint names the key itself: the same key written in another way is refused, or it would
/// pass for a new one. It says nothing about who holds the private key; a [Csr] does.
public final class SubjectPublicKey {
  /// That of ML-DSA-87 takes 2,614 octets.
  private static final int MAX_LENGTH = 2700;

  private static final byte[] P256 =
      HexFormat.of().parseHex("301306072a8648ce3d020106082a8648ce3d030107");
  private static final byte[] P384 =
      HexFormat.of().parseHex("301006072a8648ce3d020106052b81040022");
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] RSA_PSS_OID = HexFormat.of().parseHex("06092a864886f70d01010a");
  private static final byte[] ED25519 = HexFormat.of().parseHex("300506032b6570");
  private static final byte[] EC_OID = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final ECParameterSpec P256_CURVE = curve("secp256r1");
  private static final ECParameterSpec P384_CURVE = curve("secp384r1");
  private static final BigInteger SMALLEST_EXPONENT = BigInteger.valueOf(65537);

  private final byte[] der;
  private final CertKey kind;
  private final Fingerprint fingerprint;
  private final byte[] identifier;

  private SubjectPublicKey(byte[] der, CertKey kind, byte[] keyBits) {
    this.der = der;
    this.kind = kind;
    this.fingerprint = Fingerprint.of(der);
    this.identifier = Arrays.copyOf(sha256(keyBits), 20);
  }

  /// Reads a SubjectPublicKeyInfo; whatever is not one of [CertKey] is refused.
  public static SubjectPublicKey of(byte[] der) throws Refused {
    if (der.length > MAX_LENGTH) {
      throw notAllowed(
          "the key takes " + der.length + " octets (expected: at most " + MAX_LENGTH + ")");
    }
    try {
      DerReader.check(der, 4);
      DerReader info = new DerReader(der).next(Der.SEQUENCE, "SubjectPublicKeyInfo").reader();
      DerReader.Element algorithm = info.next(Der.SEQUENCE, "AlgorithmIdentifier");
      byte[] bits = info.next(Der.BIT_STRING, "subjectPublicKey").content();
      info.end("SubjectPublicKeyInfo");
      if (bits.length < 2 || bits[0] != 0) {
        throw new MalformedDer("subjectPublicKey is not a string of whole octets");
      }
      byte[] keyBits = Arrays.copyOfRange(bits, 1, bits.length);
      return new SubjectPublicKey(der.clone(), kindOf(algorithm, keyBits), keyBits);
    } catch (MalformedDer e) {
      throw notAllowed(e.detail());
    }
  }

  private static CertKey kindOf(DerReader.Element algorithm, byte[] keyBits)
      throws Refused, MalformedDer {
    byte[] identifier = algorithm.encoded();
    if (Arrays.equals(identifier, P256)) {
      requirePointOn(P256_CURVE, 32, keyBits);
      return CertKey.EC_P256;
    }
    if (Arrays.equals(identifier, P384)) {
      requirePointOn(P384_CURVE, 48, keyBits);
      return CertKey.EC_P384;
    }
    if (Arrays.equals(identifier, RSA)) {
      requireDecentRsa(keyBits);
      return CertKey.RSA_2048_AND_UP;
    }
    if (Arrays.equals(identifier, ED25519)) {
      EdwardsPoint.require(keyBits);
      return CertKey.ED25519;
    }
    for (CertKey kind : List.of(CertKey.ML_DSA_44, CertKey.ML_DSA_65, CertKey.ML_DSA_87)) {
      if (Arrays.equals(identifier, kind.scheme().algorithmIdentifier())) {
        requireLength(kind, keyBits);
        return kind;
      }
    }
    byte[] oid = algorithm.reader().next().encoded();
    if (Arrays.equals(oid, RSA_PSS_OID)) {
      throw notAllowed(
          "an RSA key for PSS alone, id-RSASSA-PSS (expected: rsaEncryption, with which PSS"
              + " signatures verify as well)");
    }
    if (Arrays.equals(oid, EC_OID)) {
      throw notAllowed(
          "elliptic curve by explicit parameters or of another name (expected: P-256 or P-384 by"
              + " name)");
    }
    throw notAllowed("algorithm of the key (expected: EC P-256, EC P-384, RSA, Ed25519 or ML-DSA)");
  }

  private static void requireLength(CertKey kind, byte[] keyBits) throws Refused {
    int expected =
        switch (kind) {
          case ML_DSA_44 -> 1312;
          case ML_DSA_65 -> 1952;
          case ML_DSA_87 -> 2592;
          case EC_P256, EC_P384, RSA_2048_AND_UP, ED25519 -> 0;
        };
    if (keyBits.length != expected) {
      throw notAllowed(kind + " of " + keyBits.length + " octets (expected: " + expected + ")");
    }
  }

  private static void requirePointOn(ECParameterSpec spec, int width, byte[] point) throws Refused {
    if (point.length != 1 + 2 * width || point[0] != 4) {
      throw notAllowed("the point of the key is not in uncompressed form");
    }
    BigInteger p = ((ECFieldFp) spec.getCurve().getField()).getP();
    BigInteger x = new BigInteger(1, point, 1, width);
    BigInteger y = new BigInteger(1, point, 1 + width, width);
    BigInteger right =
        x.multiply(x).add(spec.getCurve().getA()).multiply(x).add(spec.getCurve().getB()).mod(p);
    // Both curves have cofactor 1: a point on the curve is in the right group.
    if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.multiply(y).mod(p).equals(right)) {
      throw notAllowed("the point of the key is not on its curve");
    }
  }

  private static void requireDecentRsa(byte[] keyBits) throws Refused, MalformedDer {
    DerReader.check(keyBits, 2);
    DerReader numbers = new DerReader(keyBits).next(Der.SEQUENCE, "RSAPublicKey").reader();
    BigInteger modulus = minimalInteger(numbers.next(Der.INTEGER, "modulus").content());
    BigInteger exponent = minimalInteger(numbers.next(Der.INTEGER, "exponent").content());
    numbers.end("RSAPublicKey");
    if (modulus.signum() <= 0 || modulus.bitLength() < 2048 || modulus.bitLength() > 4096) {
      throw notAllowed("RSA of " + modulus.bitLength() + " bits (expected: 2048 to 4096)");
    }
    if (!modulus.testBit(0)) {
      throw notAllowed("RSA modulus is even");
    }
    if (exponent.compareTo(SMALLEST_EXPONENT) < 0
        || exponent.bitLength() > 256
        || !exponent.testBit(0)) {
      throw notAllowed("RSA exponent (expected: odd, from 65537 up to 256 bits)");
    }
  }

  private static BigInteger minimalInteger(byte[] content) throws MalformedDer {
    if (content.length == 0
        || (content.length > 1
            && ((content[0] == 0 && content[1] >= 0) || (content[0] == -1 && content[1] < 0)))) {
      throw new MalformedDer("an INTEGER is not minimal");
    }
    return new BigInteger(content);
  }

  /// That of an RSA key.
  Optional<BigInteger> modulus() {
    if (kind != CertKey.RSA_2048_AND_UP) {
      return Optional.empty();
    }
    try {
      DerReader info = new DerReader(der).next().reader();
      info.next();
      byte[] bits = info.next().content();
      DerReader numbers = new DerReader(Arrays.copyOfRange(bits, 1, bits.length)).next().reader();
      return Optional.of(new BigInteger(numbers.next().content()));
    } catch (MalformedDer e) {
      throw new IllegalStateException("checked when it was read", e);
    }
  }

  public CertKey kind() {
    return kind;
  }

  /// The DER of the SubjectPublicKeyInfo.
  public byte[] der() {
    return der.clone();
  }

  /// SHA-256 over the DER: the name of this key in the whole fleet.
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /// The key identifier for certificates: the leftmost 160 bits of SHA-256 (RFC 7093, method 1), as
  /// nothing here is to depend on SHA-1.
  public byte[] identifier() {
    return identifier.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectPublicKey that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return kind + " " + fingerprint;
  }

  static Refused notAllowed(String detail) {
    return new Refused(Refusal.KEY_NOT_ALLOWED, detail);
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static ECParameterSpec curve(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks " + name, e);
    }
  }
}

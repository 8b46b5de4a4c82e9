package io.cardea.platform.keys;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.SignatureScheme;
import io.cardea.life.pki.SubjectPublicKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;

/// The key of an authority that no server has, in a file under a passphrase: PKCS#8 as every tool
/// reads it (PBES2 with AES-256, PBKDF2 with HMAC-SHA256). While it is open, it lives in this
/// process's memory.
public final class SealedKey implements AuthorityKey {
  public static final int SHORTEST_PASSPHRASE = 12;

  private static final int ITERATIONS = 600_000;

  private static final String LABEL = "ENCRYPTED PRIVATE KEY";
  private static final int MAX_LENGTH = 16 * 1024;
  private static final byte[] TRIAL = "cardea key opened".getBytes(StandardCharsets.US_ASCII);

  private final CryptoBackend backend;
  private final PrivateKey privateKey;
  private final SubjectPublicKey publicKey;
  private final String pem;

  private SealedKey(
      CryptoBackend backend, PrivateKey privateKey, SubjectPublicKey publicKey, String pem) {
    this.backend = backend;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.pem = pem;
  }

  /// A fresh key.
  public static SealedKey make(CertKey kind, char[] passphrase, CryptoBackend backend)
      throws Refused {
    if (passphrase.length < SHORTEST_PASSPHRASE) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "passphrase of "
              + passphrase.length
              + " characters (expected: "
              + SHORTEST_PASSPHRASE
              + " or more)");
    }
    KeyPair pair = backend.generateKeyPair(kind);
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    try {
      PKCS8EncryptedPrivateKeyInfo sealed =
          new PKCS8EncryptedPrivateKeyInfoBuilder(PrivateKeyInfo.getInstance(pkcs8))
              .build(
                  new JcePKCSPBEOutputEncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                      .setProvider(new BouncyCastleProvider())
                      .setPRF(
                          new AlgorithmIdentifier(
                              PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE))
                      .setIterationCount(ITERATIONS)
                      .build(passphrase));
      return new SealedKey(
          backend,
          pair.getPrivate(),
          SubjectPublicKey.of(pair.getPublic().getEncoded()),
          Pem.encode(LABEL, sealed.getEncoded()));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("this Java platform cannot seal a key", e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  /// Opens the key in a file; what is not that key, or not under that passphrase, is refused, and
  /// nothing says which.
  public static SealedKey open(
      String pem, SubjectPublicKey publicKey, char[] passphrase, CryptoBackend backend)
      throws Refused {
    if (pem.length() > MAX_LENGTH) {
      throw unavailable();
    }
    try {
      List<Pem> blocks = Pem.decode(pem);
      if (blocks.size() != 1 || !blocks.getFirst().label().equals(LABEL)) {
        throw unavailable();
      }
      byte[] pkcs8 =
          new PKCS8EncryptedPrivateKeyInfo(blocks.getFirst().der())
              .decryptPrivateKeyInfo(
                  new JcePKCSPBEInputDecryptorProviderBuilder()
                      .setProvider(new BouncyCastleProvider())
                      .build(passphrase))
              .getEncoded();
      try {
        SealedKey opened =
            new SealedKey(backend, backend.privateKey(publicKey.kind(), pkcs8), publicKey, pem);
        if (!backend.verify(opened.scheme(), publicKey, TRIAL, opened.sign(TRIAL))) {
          throw unavailable();
        }
        return opened;
      } finally {
        Arrays.fill(pkcs8, (byte) 0);
      }
    } catch (IOException | PKCSException | IllegalArgumentException e) {
      throw unavailable();
    }
  }

  /// The file.
  public String pem() {
    return pem;
  }

  @Override
  public SignatureScheme scheme() {
    return publicKey.kind().scheme();
  }

  @Override
  public SubjectPublicKey publicKey() {
    return publicKey;
  }

  @Override
  public byte[] sign(byte[] toBeSigned) {
    return backend.sign(scheme(), privateKey, toBeSigned);
  }

  @Override
  public String toString() {
    return "AuthorityKey[" + publicKey + "]";
  }

  private static Refused unavailable() {
    return new Refused(
        Refusal.AUTHORITY_UNAVAILABLE,
        "the key does not open: the passphrase is another one, or the file is not that of the"
            + " certificate");
  }
}

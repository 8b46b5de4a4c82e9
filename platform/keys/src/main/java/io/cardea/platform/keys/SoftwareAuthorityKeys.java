package io.cardea.platform.keys;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.SignatureScheme;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.WrappedKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/// Authority keys in software: PKCS#8 under the wrapping key, bound to the key's id and public
/// half. An open key lives in this process's memory, and nothing gives it out.
public final class SoftwareAuthorityKeys implements AuthorityKeys {
  private static final byte[] PURPOSE =
      "cardea authority key 1\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRIAL = "cardea key opened\0".getBytes(StandardCharsets.US_ASCII);

  private final CryptoBackend backend;
  private final WrappingKey wrappingKey;
  private final SecureRandom random = new SecureRandom();

  public SoftwareAuthorityKeys(CryptoBackend backend, WrappingKey wrappingKey) {
    this.backend = backend;
    this.wrappingKey = wrappingKey;
  }

  @Override
  public WrappedKey create(CertKey kind, KeyHome home) throws Refused {
    if (home != KeyHome.SOFTWARE) {
      throw noToken();
    }
    KeyPair pair = backend.generateKeyPair(kind);
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    try {
      return wrapped(SubjectPublicKey.of(pair.getPublic().getEncoded()), pkcs8);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  @Override
  public WrappedKey adopt(SubjectPublicKey publicKey, byte[] pkcs8) throws Refused {
    WrappedKey wrapped = wrapped(publicKey, pkcs8);
    try {
      open(wrapped);
    } catch (Refused e) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED, "the private key does not fit " + publicKey.kind());
    }
    return wrapped;
  }

  @Override
  public WrappedKey inToken(SubjectPublicKey publicKey, String labelOrId) throws Refused {
    throw noToken();
  }

  private WrappedKey wrapped(SubjectPublicKey publicKey, byte[] pkcs8) {
    byte[] idBits = new byte[8];
    random.nextBytes(idBits);
    String id = KeyHome.SOFTWARE.prefix() + HexFormat.of().formatHex(idBits);
    return new WrappedKey(id, publicKey, wrappingKey.wrap(pkcs8, context(id, publicKey)));
  }

  private static Refused noToken() {
    return new Refused(
        Refusal.AUTHORITY_UNAVAILABLE, "no token is configured: set keys.pkcs11.module");
  }

  @Override
  public AuthorityKey open(WrappedKey key) throws Refused {
    byte[] pkcs8 =
        wrappingKey
            .unwrap(key.bytes(), context(key.id(), key.publicKey()))
            .orElseThrow(() -> unavailable(key, "was wrapped under another key, or altered"));
    try {
      PrivateKey privateKey = backend.privateKey(key.kind(), pkcs8);
      SoftwareKey opened = new SoftwareKey(backend, privateKey, key.publicKey());
      if (!backend.verify(opened.scheme(), key.publicKey(), TRIAL, opened.sign(TRIAL))) {
        throw unavailable(key, "does not fit its public half");
      }
      return opened;
    } catch (IllegalArgumentException e) {
      throw unavailable(key, "is damaged");
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private record SoftwareKey(
      CryptoBackend backend, PrivateKey privateKey, SubjectPublicKey publicKey)
      implements AuthorityKey {
    @Override
    public SignatureScheme scheme() {
      return publicKey.kind().scheme();
    }

    @Override
    public byte[] sign(byte[] toBeSigned) {
      return backend.sign(scheme(), privateKey, toBeSigned);
    }

    @Override
    public String toString() {
      return "AuthorityKey[" + publicKey + "]";
    }
  }

  private static byte[] context(String id, SubjectPublicKey publicKey) {
    byte[] name = id.getBytes(StandardCharsets.US_ASCII);
    byte[] spki = publicKey.der();
    return ByteBuffer.allocate(PURPOSE.length + name.length + 1 + spki.length)
        .put(PURPOSE)
        .put(name)
        .put((byte) 0)
        .put(spki)
        .array();
  }

  private static Refused unavailable(WrappedKey key, String why) {
    return new Refused(Refusal.AUTHORITY_UNAVAILABLE, "key " + key.id() + " " + why);
  }
}

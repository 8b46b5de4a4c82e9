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
import io.cardea.platform.keys.Cryptoki.Attribute;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/// Authority keys in a PKCS#11 token: made there, sensitive, not extractable. What is stored of one
/// is a reference, the id of the object, bound to the row's id and public half; what it says is
/// believed only after a signature that verifies.
public final class Pkcs11Keys implements AuthorityKeys {
  private static final byte[] PURPOSE =
      "cardea key in a token 1\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRIAL = "cardea key opened\0".getBytes(StandardCharsets.US_ASCII);
  private static final int TAG = 16;
  private static final int MAX_ID = 64;

  private final Pkcs11Token token;
  private final CryptoBackend backend;
  private final SecureRandom random = new SecureRandom();

  public Pkcs11Keys(Pkcs11Token token, CryptoBackend backend) {
    this.token = token;
    this.backend = backend;
  }

  @Override
  public WrappedKey create(CertKey kind, KeyHome home) throws Refused {
    if (home != KeyHome.PKCS11) {
      throw new Refused(Refusal.KEY_NOT_ALLOWED, "a token makes no keys in " + home);
    }
    Pkcs11Algorithm algorithm = Pkcs11Algorithm.of(kind);
    byte[] objectId = new byte[16];
    random.nextBytes(objectId);
    String label = "cardea " + HexFormat.of().formatHex(objectId, 0, 8);
    byte[] publicKey =
        token.call((module, session, handles) -> {
          long object =
              module.generate(
                  session,
                  algorithm.generator(),
                  algorithm.publicTemplate(objectId, label),
                  Pkcs11Algorithm.privateTemplate(objectId, label));
          return algorithm.publicKey(module, session, object);
        });
    WrappedKey key = reference(SubjectPublicKey.of(publicKey), objectId);
    open(key);
    return key;
  }

  @Override
  public WrappedKey adopt(SubjectPublicKey publicKey, byte[] pkcs8) throws Refused {
    throw new Refused(
        Refusal.NOT_OFFERED, "a key that was outside of a token does not become one of it");
  }

  @Override
  public WrappedKey inToken(SubjectPublicKey publicKey, String labelOrId) throws Refused {
    byte[] label = labelOrId.getBytes(StandardCharsets.UTF_8);
    byte[] objectId =
        token.call((module, session, handles) -> {
          List<Long> found =
              module.find(session, 2, of(new Attribute(Pkcs11Algorithm.LABEL, label)));
          if (found.isEmpty() && labelOrId.matches("([0-9a-fA-F]{2}){1,64}")) {
            byte[] id = HexFormat.of().parseHex(labelOrId);
            found = module.find(session, 2, of(new Attribute(Pkcs11Algorithm.ID, id)));
          }
          OptionalLong only = Cryptoki.only(found);
          return only.isEmpty()
              ? new byte[0]
              : module.value(session, only.getAsLong(), Pkcs11Algorithm.ID);
        });
    if (objectId.length == 0 || objectId.length > MAX_ID) {
      throw new Refused(
          Refusal.NOT_FOUND, "private key in the token, one of that label or id, with an id");
    }
    WrappedKey key = reference(publicKey, objectId);
    open(key);
    return key;
  }

  /// The id of the object in the token, in hexadecimal digits: what [#inToken] finds it by.
  public static String objectId(WrappedKey key) {
    byte[] bytes = key.bytes();
    return HexFormat.of().formatHex(bytes, Math.min(TAG, bytes.length), bytes.length);
  }

  @Override
  public AuthorityKey open(WrappedKey key) throws Refused {
    byte[] bytes = key.bytes();
    if (bytes.length <= TAG || bytes.length > TAG + MAX_ID) {
      throw unavailable(key, "is no reference into a token");
    }
    byte[] objectId = Arrays.copyOfRange(bytes, TAG, bytes.length);
    if (!MessageDigest.isEqual(bytes, reference(key.id(), key.publicKey(), objectId))) {
      throw unavailable(key, "refers to another key, or was altered");
    }
    TokenKey opened =
        new TokenKey(token, objectId, key.publicKey(), Pkcs11Algorithm.of(key.kind()), key.id());
    if (!backend.verify(opened.scheme(), key.publicKey(), TRIAL, opened.sign(TRIAL))) {
      throw unavailable(key, "does not fit its public half");
    }
    return opened;
  }

  private WrappedKey reference(SubjectPublicKey publicKey, byte[] objectId) {
    byte[] idBits = new byte[8];
    random.nextBytes(idBits);
    String id = KeyHome.PKCS11.prefix() + HexFormat.of().formatHex(idBits);
    return new WrappedKey(id, publicKey, reference(id, publicKey, objectId));
  }

  /// A tag over what belongs together, and the object's id. It is no secret and stops no attacker,
  /// who would need the token: it stops mistakes.
  private static byte[] reference(String id, SubjectPublicKey publicKey, byte[] objectId) {
    MessageDigest digest = Pkcs11Algorithm.digest("SHA-256");
    digest.update(PURPOSE);
    digest.update(id.getBytes(StandardCharsets.US_ASCII));
    digest.update((byte) 0);
    digest.update(publicKey.der());
    digest.update(objectId);
    return ByteBuffer.allocate(TAG + objectId.length)
        .put(digest.digest(), 0, TAG)
        .put(objectId)
        .array();
  }

  private static List<Attribute> of(Attribute attribute) {
    return List.of(Attribute.of(Pkcs11Algorithm.CLASS, Pkcs11Algorithm.PRIVATE_KEY), attribute);
  }

  /// Finds its object again after each time that the token was gone.
  private record TokenKey(
      Pkcs11Token token,
      byte[] objectId,
      SubjectPublicKey publicKey,
      Pkcs11Algorithm algorithm,
      String id)
      implements AuthorityKey {
    @Override
    public SignatureScheme scheme() {
      return publicKey.kind().scheme();
    }

    @Override
    public byte[] sign(byte[] toBeSigned) throws Refused {
      byte[] input = algorithm.input(scheme(), toBeSigned);
      byte[] raw =
          token.call((module, session, handles) -> {
            Long handle = handles.get(id);
            if (handle == null) {
              OptionalLong found =
                  Cryptoki.only(
                      module.find(session, 2, of(new Attribute(Pkcs11Algorithm.ID, objectId))));
              if (found.isEmpty()) {
                return new byte[0];
              }
              handle = found.getAsLong();
              handles.put(id, handle);
            }
            return module.sign(session, algorithm.signer(), handle, input);
          });
      if (raw.length == 0) {
        throw new Refused(
            Refusal.AUTHORITY_UNAVAILABLE, "key " + id + " is not in the token, or twice");
      }
      return algorithm.signature(raw);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof TokenKey that
          && token.equals(that.token)
          && publicKey.equals(that.publicKey)
          && id.equals(that.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }

    @Override
    public String toString() {
      return "AuthorityKey[" + publicKey + " in a token]";
    }
  }

  private static Refused unavailable(WrappedKey key, String why) {
    return new Refused(Refusal.AUTHORITY_UNAVAILABLE, "key " + key.id() + " " + why);
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Authority keys that live as long as this object, with a switch for bad days.
public final class MemoryAuthorityKeys implements AuthorityKeys {
  private final CryptoBackend backend;
  private final Map<String, PrivateKey> keys = new ConcurrentHashMap<>();
  private volatile boolean outOfReach;

  public MemoryAuthorityKeys(CryptoBackend backend) {
    this.backend = backend;
  }

  /// From now on nothing opens and nothing signs, as when a token was pulled; or it does again.
  public void outOfReach(boolean now) {
    outOfReach = now;
  }

  @Override
  public WrappedKey create(CertKey kind, KeyHome home) throws Refused {
    requireReach();
    KeyPair pair = backend.generateKeyPair(kind);
    return keep(SubjectPublicKey.of(pair.getPublic().getEncoded()), pair.getPrivate(), home);
  }

  @Override
  public WrappedKey adopt(SubjectPublicKey publicKey, byte[] pkcs8) throws Refused {
    requireReach();
    return keep(publicKey, backend.privateKey(publicKey.kind(), pkcs8), KeyHome.SOFTWARE);
  }

  /// Finds what [#create] made in a token, by its id.
  @Override
  public WrappedKey inToken(SubjectPublicKey publicKey, String labelOrId) throws Refused {
    requireReach();
    if (!labelOrId.startsWith(KeyHome.PKCS11.prefix()) || !keys.containsKey(labelOrId)) {
      throw new Refused(Refusal.NOT_FOUND, "key in the token: " + labelOrId);
    }
    return new WrappedKey(labelOrId, publicKey, publicKey.fingerprint().bytes());
  }

  private WrappedKey keep(SubjectPublicKey publicKey, PrivateKey privateKey, KeyHome home) {
    String id = home.prefix() + "memory-" + publicKey.fingerprint().hex().substring(0, 16);
    keys.put(id, privateKey);
    return new WrappedKey(id, publicKey, publicKey.fingerprint().bytes());
  }

  @Override
  public AuthorityKey open(WrappedKey key) throws Refused {
    requireReach();
    PrivateKey privateKey = keys.get(key.id());
    if (privateKey == null || !Arrays.equals(key.bytes(), key.publicKey().fingerprint().bytes())) {
      throw new Refused(Refusal.AUTHORITY_UNAVAILABLE, "key " + key.id() + " is not here");
    }
    return new AuthorityKey() {
      @Override
      public SignatureScheme scheme() {
        return key.kind().scheme();
      }

      @Override
      public SubjectPublicKey publicKey() {
        return key.publicKey();
      }

      @Override
      public byte[] sign(byte[] toBeSigned) throws Refused {
        requireReach();
        return backend.sign(scheme(), privateKey, toBeSigned);
      }
    };
  }

  private void requireReach() throws Refused {
    if (outOfReach) {
      throw new Refused(Refusal.AUTHORITY_UNAVAILABLE, "the keys are out of reach");
    }
  }
}

package io.cardea.platform.keys;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.WrappedKey;
import java.util.Optional;

/// Every home that a key can have; which one, its id says.
public final class Keyring implements AuthorityKeys {
  private final AuthorityKeys software;
  private final Optional<? extends AuthorityKeys> token;

  public Keyring(AuthorityKeys software, Optional<? extends AuthorityKeys> token) {
    this.software = software;
    this.token = token;
  }

  @Override
  public WrappedKey create(CertKey kind, KeyHome home) throws Refused {
    return in(home).create(kind, home);
  }

  @Override
  public WrappedKey adopt(SubjectPublicKey publicKey, byte[] pkcs8) throws Refused {
    return software.adopt(publicKey, pkcs8);
  }

  @Override
  public WrappedKey inToken(SubjectPublicKey publicKey, String labelOrId) throws Refused {
    return in(KeyHome.PKCS11).inToken(publicKey, labelOrId);
  }

  @Override
  public AuthorityKey open(WrappedKey key) throws Refused {
    return in(key.home()).open(key);
  }

  private AuthorityKeys in(KeyHome home) throws Refused {
    return switch (home) {
      case SOFTWARE -> software;
      case PKCS11 -> {
        if (token.isEmpty()) {
          throw new Refused(
              Refusal.AUTHORITY_UNAVAILABLE, "no token is configured: set keys.pkcs11.module");
        }
        yield token.get();
      }
    };
  }
}

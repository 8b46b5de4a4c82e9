package io.cardea.life.pki;

import io.cardea.life.Refused;
import java.security.KeyPair;
import java.time.Instant;

/// A root and an issuing authority in memory, made at a fixed moment, for whoever needs real
/// certificates in a test.
public final class Ceremony {
  public static final Instant AT = Instant.parse("2026-11-21T12:00:00Z");
  public static final PublicUrls URLS = PublicUrls.of("http://pki.example.com:8080/");

  public final CryptoBackend backend = new JdkBackend();
  public final MemoryAuthorityKeys keys = new MemoryAuthorityKeys(backend);
  public final AuthorityMaker maker = new AuthorityMaker(keys, backend, URLS);
  public final Authority root;
  public final AuthorityKey rootKey;
  public final Authority issuing;
  public final AuthorityKey issuingKey;
  public final Issuer issuer;

  public Ceremony(CertKey rootKind, CertKey issuingKind) throws Refused {
    root = maker.root("Test Root", rootKind, AuthorityMaker.ROOT_LIFE, AT);
    rootKey = keys.open(root.key());
    issuing =
        maker.issuing("Test Issuing", root, rootKey, issuingKind, AuthorityMaker.ISSUING_LIFE, AT);
    issuingKey = keys.open(issuing.key());
    issuer = new Issuer(issuing, issuingKey, backend, URLS);
  }

  public Ceremony() throws Refused {
    this(AuthorityMaker.ROOT_KEY, AuthorityMaker.ISSUING_KEY);
  }

  public SubjectPublicKey newKey(CertKey kind) throws Refused {
    KeyPair pair = backend.generateKeyPair(kind);
    return SubjectPublicKey.of(pair.getPublic().getEncoded());
  }
}

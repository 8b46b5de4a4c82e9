package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The ceremony: makes a root, and issuing authorities under it. It stores and records nothing; the
/// caller does, in one commit, before anyone relies on the result.
public final class AuthorityMaker {
  /// Long-lived, seldom used: the stronger curve.
  public static final CertKey ROOT_KEY = CertKey.EC_P384;

  /// Signs every certificate of every device: the faster curve.
  public static final CertKey ISSUING_KEY = CertKey.EC_P256;

  public static final Duration ROOT_LIFE = Duration.ofDays(20 * 365L + 5);
  public static final Duration ISSUING_LIFE = Duration.ofDays(5 * 365L + 1);

  /// Authorities are valid from a day before they are made, or the backdated certificates of
  /// devices with slow clocks would be older than their issuer.
  private static final Duration BACKDATE = Duration.ofDays(1);

  private final AuthorityKeys keys;
  private final CryptoBackend backend;
  private final PublicUrls urls;
  private final SecureRandom random = new SecureRandom();

  public AuthorityMaker(AuthorityKeys keys, CryptoBackend backend, PublicUrls urls) {
    this.keys = keys;
    this.backend = backend;
    this.urls = urls;
  }

  /// A self-signed root.
  public Authority root(String name, CertKey kind, Duration life, Instant at) throws Refused {
    WrappedKey wrapped = keys.create(kind);
    AuthorityKey key = keys.open(wrapped);
    byte[] subject = name(name);
    byte[] identifier = wrapped.publicKey().identifier();
    byte[] toBeSigned =
        Encoding.toBeSigned(
            Serial.random(random),
            key.scheme().algorithmIdentifier(),
            subject,
            start(at),
            end(at, life),
            subject,
            wrapped.publicKey().der(),
            Encoding.authorityKeyIdentifier(identifier),
            Encoding.subjectKeyIdentifier(identifier),
            Encoding.authority(false),
            Encoding.authorityKeyUsage());
    return authority(Authority.Kind.ROOT, name, toBeSigned, key, wrapped, Optional.empty(), at);
  }

  public Authority root(String name, Instant at) throws Refused {
    return root(name, ROOT_KEY, ROOT_LIFE, at);
  }

  /// An issuing authority that has none below it. Its life ends with its issuer's at the latest.
  public Authority issuing(
      String name, Authority root, AuthorityKey rootKey, CertKey kind, Duration life, Instant at)
      throws Refused {
    Certificate above = root.certificate();
    if (!above.publicKey().equals(rootKey.publicKey())) {
      throw unavailable(root, "the key is not that of its certificate");
    }
    if (at.isBefore(above.notBefore()) || !at.isBefore(above.notAfter())) {
      throw unavailable(root, "its certificate is not valid at " + at);
    }
    WrappedKey wrapped = keys.create(kind);
    Instant from = start(at).isBefore(above.notBefore()) ? above.notBefore() : start(at);
    Instant to = end(at, life).isAfter(above.notAfter()) ? above.notAfter() : end(at, life);
    byte[] toBeSigned =
        Encoding.toBeSigned(
            Serial.random(random),
            rootKey.scheme().algorithmIdentifier(),
            above.subjectDer(),
            from,
            to,
            name(name),
            wrapped.publicKey().der(),
            Encoding.authorityKeyIdentifier(above.subjectKeyIdentifier().orElseThrow()),
            Encoding.subjectKeyIdentifier(wrapped.publicKey().identifier()),
            Encoding.authority(true),
            Encoding.authorityKeyUsage(),
            Encoding.distributionPoint(urls.crl(root.id(), 0)),
            Encoding.authorityInformation(urls.certificate(root.id())));
    return authority(
        Authority.Kind.ISSUING, name, toBeSigned, rootKey, wrapped, Optional.of(root.id()), at);
  }

  public Authority issuing(String name, Authority root, AuthorityKey rootKey, Instant at)
      throws Refused {
    return issuing(name, root, rootKey, ISSUING_KEY, ISSUING_LIFE, at);
  }

  private Authority authority(
      Authority.Kind kind,
      String name,
      byte[] toBeSigned,
      AuthorityKey signer,
      WrappedKey key,
      Optional<AuthorityId> issuer,
      Instant at)
      throws Refused {
    byte[] signature = signer.sign(toBeSigned);
    if (!backend.verify(signer.scheme(), signer.publicKey(), toBeSigned, signature)) {
      throw new Refused(
          Refusal.AUTHORITY_UNAVAILABLE, "the signature of " + name + " does not verify");
    }
    byte[] der = Encoding.signed(toBeSigned, signer.scheme().algorithmIdentifier(), signature);
    return new Authority(
        AuthorityId.of(key.publicKey()), kind, name, Certificate.of(der), issuer, key, at);
  }

  private static byte[] name(String name) throws Refused {
    return Der.sequence(Encoding.rdn(SubjectAttribute.COMMON_NAME, name));
  }

  private static Instant start(Instant at) {
    return at.minus(BACKDATE).truncatedTo(ChronoUnit.SECONDS);
  }

  private static Instant end(Instant at, Duration life) {
    return at.plus(life).truncatedTo(ChronoUnit.SECONDS);
  }

  private static Refused unavailable(Authority authority, String why) {
    return new Refused(Refusal.AUTHORITY_UNAVAILABLE, "authority " + authority.id() + ": " + why);
  }
}

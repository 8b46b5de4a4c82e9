package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// The ceremony: makes a root, issuing authorities under it, their next certificates, and the
/// certificates that lead from one generation of a root to the next. It stores and records nothing;
/// the caller does, in one commit, before anyone relies on the result.
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
    return root(name, commonName(name), keys.create(kind), life, at);
  }

  public Authority root(String name, Instant at) throws Refused {
    return root(name, KeyHome.SOFTWARE, at);
  }

  public Authority root(String name, KeyHome home, Instant at) throws Refused {
    return root(name, commonName(name), keys.create(ROOT_KEY, home), ROOT_LIFE, at);
  }

  /// A self-signed root on a key that was made before.
  ///
  /// @param subject the DER of its name
  Authority root(String name, byte[] subject, WrappedKey key, Duration life, Instant at)
      throws Refused {
    Certificate certificate = selfSigned(subject, key, life, at);
    return new Authority(
        AuthorityId.of(key.publicKey()),
        Authority.Kind.ROOT,
        name,
        certificate,
        Optional.empty(),
        key,
        at);
  }

  /// An issuing authority that has none below it. Its life ends with its issuer's at the latest.
  public Authority issuing(
      String name, Authority root, AuthorityKey rootKey, CertKey kind, Duration life, Instant at)
      throws Refused {
    requireUsable(root, rootKey, at);
    return issuing(name, commonName(name), root, rootKey, keys.create(kind), life, at);
  }

  public Authority issuing(String name, Authority root, AuthorityKey rootKey, Instant at)
      throws Refused {
    return issuing(name, root, rootKey, KeyHome.SOFTWARE, at);
  }

  public Authority issuing(
      String name, Authority root, AuthorityKey rootKey, KeyHome home, Instant at) throws Refused {
    requireUsable(root, rootKey, at);
    return issuing(
        name, commonName(name), root, rootKey, keys.create(ISSUING_KEY, home), ISSUING_LIFE, at);
  }

  Authority issuing(
      String name,
      byte[] subject,
      Authority root,
      AuthorityKey rootKey,
      WrappedKey key,
      Duration life,
      Instant at)
      throws Refused {
    Certificate certificate =
        signedBy(
            root, rootKey, subject, key.publicKey(), key.publicKey().identifier(), true, at, life);
    return new Authority(
        AuthorityId.of(key.publicKey()),
        Authority.Kind.ISSUING,
        name,
        certificate,
        Optional.of(root.id()),
        key,
        at);
  }

  /// The next certificate of a root, for the same key.
  Certificate selfSigned(byte[] subject, WrappedKey key, Duration life, Instant at) throws Refused {
    AuthorityKey opened = keys.open(key);
    byte[] identifier = key.publicKey().identifier();
    byte[] toBeSigned =
        Encoding.toBeSigned(
            Serial.random(random),
            opened.scheme().algorithmIdentifier(),
            subject,
            start(at),
            end(at, life),
            subject,
            key.publicKey().der(),
            Encoding.authorityKeyIdentifier(identifier),
            Encoding.subjectKeyIdentifier(identifier),
            Encoding.authority(false),
            Encoding.authorityKeyUsage());
    return certificate(toBeSigned, opened);
  }

  /// The next certificate of an issuing authority, for the same key and name.
  Certificate next(
      Authority authority, Authority root, AuthorityKey rootKey, Duration life, Instant at)
      throws Refused {
    Certificate now = authority.certificate();
    return signedBy(
        root,
        rootKey,
        now.subjectDer(),
        now.publicKey(),
        now.subjectKeyIdentifier().orElse(now.publicKey().identifier()),
        true,
        at,
        life);
  }

  /// The two certificates that lead from one generation of a root to the other (RFC 4210 §4.4):
  /// whoever trusts the old one alone gets to what the new one signed, and the other way round.
  /// Both generations have one name, so each is self-issued and takes no length of a path.
  List<Authority.Other> rollOver(
      Authority old, AuthorityKey oldKey, Authority fresh, AuthorityKey freshKey) throws Refused {
    return List.of(
        new Authority.Other(
            Authority.Purpose.OLD_WITH_NEW, cross(old.certificate(), fresh, freshKey)),
        new Authority.Other(
            Authority.Purpose.NEW_WITH_OLD, cross(fresh.certificate(), old, oldKey)));
  }

  private Certificate cross(Certificate subject, Authority signer, AuthorityKey key)
      throws Refused {
    Certificate above = signer.certificate();
    return crossed(
        signer,
        key,
        subject.subjectDer(),
        subject.publicKey(),
        subject.subjectKeyIdentifier().orElse(subject.publicKey().identifier()),
        false,
        latest(subject.notBefore(), above.notBefore()),
        earliest(subject.notAfter(), above.notAfter()));
  }

  private Certificate signedBy(
      Authority root,
      AuthorityKey rootKey,
      byte[] subject,
      SubjectPublicKey key,
      byte[] identifier,
      boolean leavesAlone,
      Instant at,
      Duration life)
      throws Refused {
    requireUsable(root, rootKey, at);
    Certificate above = root.certificate();
    return crossed(
        root,
        rootKey,
        subject,
        key,
        identifier,
        leavesAlone,
        latest(start(at), above.notBefore()),
        earliest(end(at, life), above.notAfter()));
  }

  private Certificate crossed(
      Authority signer,
      AuthorityKey signerKey,
      byte[] subject,
      SubjectPublicKey key,
      byte[] identifier,
      boolean leavesAlone,
      Instant from,
      Instant to)
      throws Refused {
    byte[] toBeSigned =
        Encoding.toBeSigned(
            Serial.random(random),
            signerKey.scheme().algorithmIdentifier(),
            signer.certificate().subjectDer(),
            from,
            to,
            subject,
            key.der(),
            Encoding.authorityKeyIdentifier(
                signer.certificate().subjectKeyIdentifier().orElseThrow()),
            Encoding.subjectKeyIdentifier(identifier),
            Encoding.authority(leavesAlone),
            Encoding.authorityKeyUsage(),
            Encoding.distributionPoint(urls.crl(signer.id(), 0)),
            Encoding.authorityInformation(urls.certificate(signer.id())));
    return certificate(toBeSigned, signerKey);
  }

  private static void requireUsable(Authority signer, AuthorityKey key, Instant at) throws Refused {
    if (!signer.key().publicKey().equals(key.publicKey())) {
      throw unavailable(signer, "the key is not that of its certificate");
    }
    Certificate own = signer.certificate();
    if (at.isBefore(own.notBefore()) || !at.isBefore(own.notAfter())) {
      throw unavailable(signer, "its certificate is not valid at " + at);
    }
  }

  private Certificate certificate(byte[] toBeSigned, AuthorityKey signer) throws Refused {
    byte[] signature = signer.sign(toBeSigned);
    if (!backend.verify(signer.scheme(), signer.publicKey(), toBeSigned, signature)) {
      throw new Refused(
          Refusal.AUTHORITY_UNAVAILABLE,
          "a signature of " + signer.publicKey() + " does not verify");
    }
    return Certificate.of(
        Encoding.signed(toBeSigned, signer.scheme().algorithmIdentifier(), signature));
  }

  static byte[] commonName(String name) throws Refused {
    return Der.sequence(Encoding.rdn(SubjectAttribute.COMMON_NAME, name));
  }

  static Instant start(Instant at) {
    return at.minus(BACKDATE).truncatedTo(ChronoUnit.SECONDS);
  }

  static Instant end(Instant at, Duration life) {
    return at.plus(life).truncatedTo(ChronoUnit.SECONDS);
  }

  static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  static Instant earliest(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Refused unavailable(Authority authority, String why) {
    return new Refused(Refusal.AUTHORITY_UNAVAILABLE, "authority " + authority.id() + ": " + why);
  }
}

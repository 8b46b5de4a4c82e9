package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Issues certificates of one authority in two steps: [#prepare] builds and lints under a
/// throw-away key, [#issue] redeems the ticket once. The octets that the authority signs are those
/// that were linted, all of them: issuer name and key identifier are the authority's from the
/// start, and only the signature differs.
///
/// It records nothing. Whoever calls [#issue] must make the row and the ledger entry durable before
/// the certificate leaves the process. All methods may be called from any thread.
public final class Issuer {
  private static final int MAX_SHAPES = 256;
  private static final int THROW_AWAY_USES = 65_536;
  private static final byte[] SELF_TEST =
      "cardea authority key self-test".getBytes(StandardCharsets.US_ASCII);

  private final Authority authority;
  private final AuthorityKey key;
  private final CryptoBackend backend;
  private final PublicUrls urls;
  private final SecureRandom random = new SecureRandom();
  private final byte[] algorithm;
  private final byte[] issuerName;
  private final byte[] keyIdentifier;
  private final Map<ShapeKey, Shape> shapes = new ConcurrentHashMap<>();
  private final AtomicInteger throwAwayUses = new AtomicInteger();
  private volatile KeyPair throwAway;

  /// What is the same in all certificates of one profile, kind of key and shard.
  private record ShapeKey(Profile profile, CertKey kind, int shard) {}

  private static final class Shape {
    private final byte[] extensions;
    private final LintCase.Expected expected;

    Shape(byte[] extensions, LintCase.Expected expected) {
      this.extensions = extensions;
      this.expected = expected;
    }
  }

  /// Checks that the key is the authority's, by a signature.
  ///
  /// @throws Refused AUTHORITY_UNAVAILABLE if it is not, or cannot sign
  public Issuer(Authority authority, AuthorityKey key, CryptoBackend backend, PublicUrls urls)
      throws Refused {
    this.authority = authority;
    this.key = key;
    this.backend = backend;
    this.urls = urls;
    this.algorithm = key.scheme().algorithmIdentifier();
    this.issuerName = authority.certificate().subjectDer();
    this.keyIdentifier =
        authority
            .certificate()
            .subjectKeyIdentifier()
            .orElseThrow(() -> unavailable("its certificate has no subject key identifier"));
    if (!authority.certificate().publicKey().equals(key.publicKey())
        || !backend.verify(key.scheme(), key.publicKey(), SELF_TEST, key.sign(SELF_TEST))) {
      throw unavailable("the key is not that of its certificate");
    }
    this.throwAway = backend.generateKeyPair(key.publicKey().kind());
  }

  public Authority authority() {
    return authority;
  }

  /// Builds the certificate and lints it, signed under a throw-away key of the authority's kind.
  ///
  /// A life that would outlast the authority is cut short there: a short credential is better than
  /// none.
  ///
  /// @throws Refused KEY_NOT_ALLOWED or PROFILE_VIOLATION for what the request brings; LINT_FAILED
  ///   with the codes of the broken rules; AUTHORITY_UNAVAILABLE if the authority is not valid at
  ///   that moment
  public Prepared prepare(Profile profile, IssuanceRequest request) throws Refused {
    profile.requireKey(request.key());
    if (!request.hostNames().isEmpty() && !profile.requestedHostNames()) {
      throw new Refused(
          Refusal.PROFILE_VIOLATION, "profile " + profile.name() + " gives no host names");
    }
    if (!authority.isActive() && !profile.answersForAuthority()) {
      throw unavailable("it is retired: it certifies nobody but who answers for it");
    }
    Certificate own = authority.certificate();
    Instant at = request.at().truncatedTo(ChronoUnit.SECONDS);
    Instant notBefore = latest(at.minus(profile.backdate()), own.notBefore());
    Instant notAfter = earliest(at.plus(profile.life()), own.notAfter());
    if (at.isBefore(own.notBefore()) || !at.isBefore(own.notAfter())) {
      throw unavailable("its certificate is not valid at " + at);
    }
    Optional<String> identity = profile.identityUri(request.fields());
    Serial serial = Serial.random(random);
    Shape shape = shape(profile, request.key().kind(), request.shard());
    byte[] toBeSigned =
        Encoding.toBeSigned(
            serial,
            algorithm,
            issuerName,
            notBefore,
            notAfter,
            Encoding.subject(profile.subject(), request.fields()),
            request.key().der(),
            shape.extensions,
            Encoding.subjectKeyIdentifier(request.key().identifier()),
            Encoding.alternativeNames(identity, request.hostNames(), request.ipAddresses()));
    byte[] signature = backend.sign(key.scheme(), throwAway().getPrivate(), toBeSigned);
    List<Lint.Finding> findings =
        Lint.check(
            Encoding.signed(toBeSigned, algorithm, signature), shape.expected, profile, request);
    if (!findings.isEmpty()) {
      throw new Refused(
          Refusal.LINT_FAILED,
          String.join("; ", findings.stream().map(Lint.Finding::toString).toList()));
    }
    return new Prepared(
        this,
        toBeSigned,
        serial,
        request.key().fingerprint(),
        notBefore,
        notAfter,
        profile.name(),
        request.shard());
  }

  /// Signs what was prepared. A ticket is spent even if the key then fails: prepare another one.
  ///
  /// @throws IllegalStateException if the ticket was redeemed before
  /// @throws Refused AUTHORITY_UNAVAILABLE if the key cannot sign now
  public IssuedCertificate issue(Prepared once) throws Refused {
    byte[] toBeSigned = once.redeem(this);
    byte[] der = Encoding.signed(toBeSigned, algorithm, key.sign(toBeSigned));
    return new IssuedCertificate(der, once, authority.id(), keyIdentifier);
  }

  private Shape shape(Profile profile, CertKey kind, int shard) {
    ShapeKey wanted = new ShapeKey(profile, kind, shard);
    Shape known = shapes.get(wanted);
    if (known != null) {
      return known;
    }
    String crl = urls.crl(authority.id(), shard);
    String ocsp = urls.ocsp(authority.id());
    String certificate = urls.certificate(authority.id());
    Shape made =
        new Shape(
            concatenated(
                Encoding.authorityKeyIdentifier(keyIdentifier),
                Encoding.endEntity(),
                Encoding.keyUsage(profile.keyUse(), kind),
                Encoding.extendedKeyUsage(profile.extendedKeyUse()),
                Encoding.distributionPoint(crl),
                Encoding.authorityInformation(ocsp, certificate),
                profile.answersForAuthority() ? Encoding.noCheck() : new byte[0]),
            new LintCase.Expected(authority.certificate(), key.scheme(), crl, ocsp, certificate));
    if (shapes.size() >= MAX_SHAPES) {
      shapes.clear();
    }
    shapes.put(wanted, made);
    return made;
  }

  /// One pair serves many certificates, as nobody ever sees what it signs; it is replaced all the
  /// same.
  private KeyPair throwAway() {
    if (throwAwayUses.incrementAndGet() >= THROW_AWAY_USES) {
      throwAwayUses.set(0);
      throwAway = backend.generateKeyPair(key.publicKey().kind());
    }
    return throwAway;
  }

  private Refused unavailable(String why) {
    return new Refused(Refusal.AUTHORITY_UNAVAILABLE, "authority " + authority.id() + ": " + why);
  }

  private static byte[] concatenated(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earliest(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A root that no server has: it signs what is brought to it, and is put away again.
///
/// Whatever it signs, an authority here takes: it is judged as `cardea ca install` judges it before
/// it is given out. It records nothing; whoever holds the ceremony does.
public final class OfflineRoot {
  private static final Duration LONGEST = Duration.ofDays(50 * 366L);

  private final Certificate certificate;
  private final AuthorityKey key;
  private final CryptoBackend backend;
  private final SecureRandom random = new SecureRandom();

  /// Where relying parties find what is said about the root; it is baked into certificates for
  /// years.
  ///
  /// @param list the root's revocation list
  /// @param certificate its certificate
  public record Whereabouts(Optional<String> list, Optional<String> certificate) {
    public static final Whereabouts UNSAID = new Whereabouts(Optional.empty(), Optional.empty());

    public Whereabouts {
      list.ifPresent(Whereabouts::require);
      certificate.ifPresent(Whereabouts::require);
    }

    private static void require(String url) {
      if (!url.matches("https?://[!-~]{1,500}")) {
        throw new IllegalArgumentException("url: " + url + " (expected: http or https)");
      }
    }
  }

  private OfflineRoot(Certificate certificate, AuthorityKey key, CryptoBackend backend) {
    this.certificate = certificate;
    this.key = key;
    this.backend = backend;
  }

  /// Makes the certificate of a root on a key that was just made.
  ///
  /// @param subject as people write it, such as `CN=Factory Root,O=Example`
  public static OfflineRoot make(
      String subject, AuthorityKey key, Duration life, CryptoBackend backend, Instant at)
      throws Refused {
    requireLife(life);
    byte[] name = AuthorityCsr.subject(subject);
    byte[] identifier = key.publicKey().identifier();
    byte[] toBeSigned =
        Encoding.toBeSigned(
            Serial.random(new SecureRandom()),
            key.scheme().algorithmIdentifier(),
            name,
            AuthorityMaker.start(at),
            AuthorityMaker.end(at, life),
            name,
            key.publicKey().der(),
            Encoding.authorityKeyIdentifier(identifier),
            Encoding.subjectKeyIdentifier(identifier),
            Encoding.authority(false),
            Encoding.authorityKeyUsage());
    return open(signed(toBeSigned, key), key, backend, at);
  }

  /// The root of an earlier ceremony, with its key.
  ///
  /// @throws Refused AUTHORITY_CERTIFICATE_REFUSED if it is no root that can sign now, or the key
  ///   is another one
  public static OfflineRoot open(
      Certificate certificate, AuthorityKey key, CryptoBackend backend, Instant at) throws Refused {
    List<Certificate> above =
        new AuthorityCheck(backend, at).chain(certificate, List.of(), List.of());
    if (!above.isEmpty() || !certificate.keyFingerprint().equals(key.publicKey().fingerprint())) {
      throw AuthorityCheck.refused("the certificate is not that of a root with this key");
    }
    return new OfflineRoot(certificate, key, backend);
  }

  public Certificate certificate() {
    return certificate;
  }

  /// Reads what is to be signed, and has it prove possession of its key.
  public static Csr request(String pem, CryptoBackend backend) throws Refused {
    List<Pem> blocks =
        Pem.decode(pem).stream().filter(block -> block.label().equals(Pem.REQUEST)).toList();
    if (blocks.size() != 1) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED, blocks.size() + " certificate requests (expected: 1)");
    }
    Csr csr = Csr.parse(blocks.getFirst().der()).verified(backend);
    if (csr.subject().isEmpty()) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED, "the request names nobody (expected: a subject)");
    }
    return csr;
  }

  /// Certifies an issuing authority that has none below it. Of the request, name and key are taken,
  /// and nothing else. Its life ends with the root's at the latest.
  public Certificate sign(Csr request, Duration life, Whereabouts where, Instant at)
      throws Refused {
    requireLife(life);
    if (request.keyFingerprint().equals(certificate.keyFingerprint())) {
      throw new Refused(Refusal.KEY_NOT_ALLOWED, "the request has the root's own key");
    }
    byte[] toBeSigned =
        Encoding.toBeSigned(
            Serial.random(random),
            key.scheme().algorithmIdentifier(),
            certificate.subjectDer(),
            AuthorityMaker.latest(AuthorityMaker.start(at), certificate.notBefore()),
            AuthorityMaker.earliest(AuthorityMaker.end(at, life), certificate.notAfter()),
            request.subjectDer(),
            request.key().der(),
            Encoding.authorityKeyIdentifier(certificate.subjectKeyIdentifier().orElseThrow()),
            Encoding.subjectKeyIdentifier(request.key().identifier()),
            Encoding.authority(true),
            Encoding.authorityKeyUsage(),
            where.list().map(Encoding::distributionPoint).orElse(new byte[0]),
            where.certificate().map(Encoding::authorityInformation).orElse(new byte[0]));
    Certificate made = signed(toBeSigned, key);
    new AuthorityCheck(backend, at).chain(made, List.of(certificate), List.of(certificate));
    return made;
  }

  /// Why an authority below is not to be trusted any more; what it means is in RFC 5280 §5.3.1.
  public enum Reason {
    UNSPECIFIED(0),
    CA_COMPROMISE(2),
    AFFILIATION_CHANGED(3),
    SUPERSEDED(4),
    CESSATION_OF_OPERATION(5);

    private final int code;

    Reason(int code) {
      this.code = code;
    }
  }

  /// The root's next revocation list.
  ///
  /// @param before what the last one had; none of it is left out
  /// @param number above that of the last one
  /// @param revoked certificates that this root signed
  /// @throws Refused AUTHORITY_CERTIFICATE_REFUSED for a certificate that it did not
  public Crl list(
      CrlEntries before,
      BigInteger number,
      List<Certificate> revoked,
      Reason reason,
      Duration life,
      Instant at)
      throws Refused {
    requireLife(life);
    Instant second = at.truncatedTo(ChronoUnit.SECONDS);
    List<Crl.Entry> fresh = new ArrayList<>();
    for (Certificate each : revoked) {
      if (!each.isSignedBy(certificate, backend)) {
        throw AuthorityCheck.refused(each.subject() + " was not signed by this root");
      }
      if (!before.serials().contains(each.serial())) {
        fresh.add(new Crl.Entry(each.serial(), second, reason.code));
      }
    }
    return Crl.ofRoot(certificate, key, number, second, second.plus(life), before.with(fresh));
  }

  private static Certificate signed(byte[] toBeSigned, AuthorityKey key) throws Refused {
    return Certificate.of(
        Encoding.signed(toBeSigned, key.scheme().algorithmIdentifier(), key.sign(toBeSigned)));
  }

  private static void requireLife(Duration life) throws Refused {
    if (life.compareTo(Duration.ofDays(1)) < 0 || life.compareTo(LONGEST) > 0) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED, "life: " + life + " (expected: a day to 50 years)");
    }
  }
}

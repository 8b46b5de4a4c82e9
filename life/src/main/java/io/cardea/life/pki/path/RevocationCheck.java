package io.cardea.life.pki.path;

import io.cardea.life.pki.path.PathStep.Outcome;
import java.io.IOException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;

/// Whether a certificate is revoked, by the lists at hand (RFC 5280 §6.3). Lists count that the
/// certificate's own issuer signed, with the same key or with another one that stands in the path
/// above it. Indirect ones, and those of a key that stands elsewhere, do not, and then the
/// certificate's standing is unknown.
final class RevocationCheck {
  private static final int ALL_REASONS =
      ReasonFlags.keyCompromise
          | ReasonFlags.cACompromise
          | ReasonFlags.affiliationChanged
          | ReasonFlags.superseded
          | ReasonFlags.cessationOfOperation
          | ReasonFlags.certificateHold
          | ReasonFlags.privilegeWithdrawn
          | ReasonFlags.aACompromise;

  private final List<RevocationList> lists;
  private final boolean required;
  private final Instant at;
  private final Verifications verifications;

  /// @param why in words
  record Result(Outcome outcome, String why) {}

  RevocationCheck(PathQuestion question, Verifications verifications) {
    this.lists = question.lists();
    this.required = question.listsRequired();
    this.at = question.at();
    this.verifications = verifications;
  }

  /// @param above the path down to the certificate's issuer
  Result check(PathCertificate certificate, List<PathCertificate> above) {
    List<PathCertificate> issuers =
        above.stream().filter(each -> each.subject.equals(certificate.issuer)).toList();
    List<RevocationList> its =
        lists.stream().filter(list -> list.issuerName().equals(certificate.issuer)).toList();
    if (its.isEmpty()) {
      return required
          ? new Result(Outcome.FAILED, "there is no revocation list of its issuer")
          : new Result(Outcome.NOTED, "not looked up: no revocation list of its issuer is at hand");
    }
    int covered = 0;
    String problem = "no list speaks of it";
    for (RevocationList list : its) {
      if (list.base().isPresent()) {
        continue;
      }
      Optional<String> unusable = unusable(list, certificate, issuers);
      if (unusable.isPresent()) {
        problem = unusable.get();
        continue;
      }
      int reasons = reasons(list, certificate);
      if (reasons == 0) {
        problem = "a list is for other certificates";
        continue;
      }
      Optional<X509CRLEntry> entry = list.entry(certificate);
      for (RevocationList delta : deltas(its, list, certificate, issuers)) {
        Optional<X509CRLEntry> newer = delta.entry(certificate);
        entry = newer.isPresent() ? newer : entry;
      }
      if (entry.filter(RevocationCheck::counts).isPresent()) {
        return new Result(Outcome.FAILED, revoked(entry.get()));
      }
      covered |= reasons;
    }
    return covered == ALL_REASONS
        ? new Result(Outcome.PASSED, "no list of its issuer names it")
        : new Result(Outcome.FAILED, "whether it is revoked cannot be said: " + problem);
  }

  /// Why a list says nothing about the certificate.
  private Optional<String> unusable(
      RevocationList list, PathCertificate certificate, List<PathCertificate> issuers) {
    if (list.thisUpdate().isAfter(at)) {
      return Optional.of("the list is of the future");
    }
    if (list.nextUpdate().isEmpty() || list.nextUpdate().get().isBefore(at)) {
      return Optional.of("the list is older than its next one should be");
    }
    if (!list.notUnderstood().isEmpty()) {
      return Optional.of("the list has critical extensions " + list.notUnderstood());
    }
    Optional<IssuingDistributionPoint> scope = list.scope();
    if (scope.isPresent()) {
      if (scope.get().isIndirectCRL()) {
        return Optional.of("the list is an indirect one, which is not supported");
      }
      if (scope.get().onlyContainsAttributeCerts()
          || (scope.get().onlyContainsUserCerts() && certificate.isAuthority())
          || (scope.get().onlyContainsCACerts() && !certificate.isAuthority())) {
        return Optional.of("the list is for other kinds of certificates");
      }
    }
    return signer(list, issuers);
  }

  private Optional<String> signer(RevocationList list, List<PathCertificate> issuers) {
    Optional<String> problem = Optional.of("its issuer's key is not for signing lists");
    for (PathCertificate issuer : issuers) {
      if (issuer.keyUsage.isEmpty() || issuer.keyUsage.get().hasUsages(KeyUsage.cRLSign)) {
        problem = verifications.refusal(list, issuer).map(why -> "the list: " + why);
        if (problem.isEmpty()) {
          return problem;
        }
      }
    }
    return problem;
  }

  /// The reasons for which the list would name the certificate (RFC 5280 §6.3.3 (b)(2) and (d));
  /// none if it is for other distribution points.
  private static int reasons(RevocationList list, PathCertificate certificate) {
    int some =
        list.scope()
            .map(IssuingDistributionPoint::getOnlySomeReasons)
            .map(flags -> flags.intValue())
            .orElse(ALL_REASONS);
    Optional<DistributionPointName> of =
        list.scope().map(IssuingDistributionPoint::getDistributionPoint);
    if (of.isEmpty()) {
      // It speaks of every certificate of its issuer.
      return some & ALL_REASONS;
    }
    X500Name issuer = certificate.parsed.getIssuer();
    Set<GeneralName> names = names(of.get(), issuer);
    int covered = 0;
    for (DistributionPoint point : certificate.distributionPoints) {
      // Somebody else's list, which is an indirect one.
      if (point.getCRLIssuer() == null
          && point.getDistributionPoint() != null
          && names(point.getDistributionPoint(), issuer).stream().anyMatch(names::contains)) {
        covered |= point.getReasons() == null ? ALL_REASONS : point.getReasons().intValue();
      }
    }
    if (certificate.distributionPoints.isEmpty() && names.contains(new GeneralName(issuer))) {
      covered = ALL_REASONS;
    }
    return covered & some & ALL_REASONS;
  }

  private static Set<GeneralName> names(DistributionPointName point, X500Name issuer) {
    Set<GeneralName> names = new HashSet<>();
    if (point.getType() == DistributionPointName.FULL_NAME) {
      names.addAll(Arrays.asList(GeneralNames.getInstance(point.getName()).getNames()));
    } else {
      List<RDN> rdns = new ArrayList<>(Arrays.asList(issuer.getRDNs()));
      rdns.add(RDN.getInstance(point.getName()));
      names.add(new GeneralName(new X500Name(rdns.toArray(RDN[]::new))));
    }
    return names;
  }

  /// What was added to the list since, oldest first (RFC 5280 §6.3.3 (c)).
  private List<RevocationList> deltas(
      List<RevocationList> its,
      RevocationList complete,
      PathCertificate certificate,
      List<PathCertificate> issuers) {
    List<RevocationList> deltas = new ArrayList<>();
    for (RevocationList list : its) {
      if (list.base().isPresent()
          && list.number().isPresent()
          && complete.number().isPresent()
          && list.base().get().compareTo(complete.number().get()) <= 0
          && list.number().get().compareTo(complete.number().get()) >= 0
          && sameScope(list, complete)
          && unusable(list, certificate, issuers).isEmpty()) {
        deltas.add(list);
      }
    }
    deltas.sort((a, b) -> a.number().orElseThrow().compareTo(b.number().orElseThrow()));
    return deltas;
  }

  private static boolean sameScope(RevocationList one, RevocationList other) {
    try {
      return Arrays.equals(encoded(one), encoded(other));
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] encoded(RevocationList list) throws IOException {
    return list.scope().isPresent() ? list.scope().get().getEncoded() : new byte[0];
  }

  private static boolean counts(X509CRLEntry entry) {
    return entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL;
  }

  private static String revoked(X509CRLEntry entry) {
    CRLReason reason = entry.getRevocationReason();
    return "it was revoked at "
        + entry.getRevocationDate().toInstant()
        + (reason == null
            ? ""
            : ", reason " + reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}

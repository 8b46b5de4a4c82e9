package io.cardea.life.pki.path;

import io.cardea.life.pki.path.PathQuestion.Policies;
import io.cardea.life.pki.path.PathStep.Outcome;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/// Walks one path from its anchor down, as RFC 5280 §6.1 does, and notes what it finds at each
/// certificate. It goes on after a failure: who reads the steps wants to see all that is wrong.
final class PathWalk {
  private final PathQuestion question;
  private final Verifications verifications;
  private final RevocationCheck revocation;
  private final List<PathStep> steps = new ArrayList<>();
  private final NameSpace names = new NameSpace();
  private final PolicyGraph policies = new PolicyGraph();
  private int explicitPolicy;
  private int inhibitAny;
  private int mapping;
  private int below = PathLimits.DEPTH;
  private int mappingProduct = 1;

  PathWalk(PathQuestion question, Verifications verifications) {
    this.question = question;
    this.verifications = verifications;
    this.revocation = new RevocationCheck(question, verifications);
  }

  /// @param path the anchor first, the certificate that is judged last
  List<PathStep> walk(List<PathCertificate> path) {
    int n = path.size() - 1;
    Policies wanted = question.policies();
    explicitPolicy = wanted.explicit() ? 0 : n + 1;
    inhibitAny = wanted.inhibitAny() ? 0 : n + 1;
    mapping = wanted.inhibitMapping() ? 0 : n + 1;
    anchor(path.getFirst());
    for (int i = 1; i <= n; i++) {
      PathCertificate certificate = path.get(i);
      basics(certificate, path.subList(0, i));
      if (i == n || !certificate.isSelfIssued()) {
        nameConstraints(certificate);
      }
      policies(certificate, i == n);
      if (i < n) {
        prepareNext(certificate);
      } else {
        wrapUp(certificate);
      }
      passed(
          certificate.notUnderstood.isEmpty(),
          "critical extensions",
          certificate,
          "all are understood",
          "not understood: " + certificate.notUnderstood,
          "RFC 5280 §4.2");
    }
    return steps;
  }

  /// What an anchor constrains counts as if it were a certificate of the path (RFC 5937 §3); its
  /// signature and its dates do not.
  private void anchor(PathCertificate anchor) {
    steps.add(
        new PathStep(
            Outcome.NOTED,
            "anchor",
            anchor.name(),
            "it is trusted because it was imported; its own dates and signature are not judged",
            "RFC 5280 §6.1.1(d)"));
    anchor
        .nameConstraints
        .flatMap(names::constrain)
        .ifPresent(why -> failed("name constraints", anchor, why, "RFC 5280 §6.1.4(g)"));
    if (anchor.basicConstraints.isPresent()) {
      limitDepth(anchor);
    }
    if (anchor.keyUsage.isPresent() && !anchor.keyUsage.get().hasUsages(KeyUsage.keyCertSign)) {
      failed("key usage", anchor, "its key is not for signing certificates", "RFC 5280 §4.2.1.3");
    }
  }

  /// RFC 5280 §6.1.3 (a).
  private void basics(PathCertificate certificate, List<PathCertificate> above) {
    PathCertificate issuer = above.getLast();
    check(verifications.refusalOfKey(certificate), "key", certificate, "strong enough", "CertKey");
    check(
        verifications.refusal(certificate, issuer),
        "signature",
        certificate,
        "verifies under the key of " + issuer.name(),
        "RFC 5280 §6.1.3(a)(1)");
    Instant at = question.at();
    Instant from = certificate.certificate.notBefore();
    Instant until = certificate.certificate.notAfter();
    passed(
        !at.isBefore(from) && !at.isAfter(until),
        "dates",
        certificate,
        "valid from " + from + " to " + until,
        at + " is not between " + from + " and " + until,
        "RFC 5280 §6.1.3(a)(2)");
    RevocationCheck.Result revoked = revocation.check(certificate, above);
    steps.add(
        new PathStep(
            revoked.outcome(),
            "revocation",
            certificate.name(),
            revoked.why(),
            "RFC 5280 §6.1.3(a)(3)"));
    passed(
        certificate.issuer.equals(issuer.subject) && !issuer.subject.getName().isEmpty(),
        "issuer's name",
        certificate,
        "names " + issuer.name(),
        "names " + certificate.certificate.issuer() + " and not " + issuer.name(),
        "RFC 5280 §6.1.3(a)(4)");
  }

  private void nameConstraints(PathCertificate certificate) {
    Optional<String> refusal = names.refusal(certificate);
    if (refusal.isPresent() || names.isConstrained()) {
      check(
          refusal,
          "name constraints",
          certificate,
          "its names are within what the authorities above allow",
          "RFC 5280 §6.1.3(b)(c)");
    }
  }

  /// RFC 5280 §6.1.3 (d), (e) and (f).
  private void policies(PathCertificate certificate, boolean last) {
    if (certificate.policies.isEmpty()) {
      policies.end();
    } else if (certificate.policies.get().size() > PathLimits.POLICIES) {
      failed(
          "policies",
          certificate,
          certificate.policies.get().size()
              + " policies (expected: at most "
              + PathLimits.POLICIES
              + ")",
          "bound");
      policies.end();
    } else {
      policies.descend(
          certificate.policies.get(), inhibitAny > 0 || (!last && certificate.isSelfIssued()));
    }
    if (explicitPolicy == 0 && policies.isNone()) {
      failed(
          "policies", certificate, "a policy is required, and none is left", "RFC 5280 §6.1.3(f)");
    }
  }

  /// RFC 5280 §6.1.4.
  private void prepareNext(PathCertificate certificate) {
    map(certificate);
    certificate
        .nameConstraints
        .flatMap(names::constrain)
        .ifPresent(why -> failed("name constraints", certificate, why, "RFC 5280 §6.1.4(g)"));
    if (!certificate.isSelfIssued()) {
      explicitPolicy = Math.max(0, explicitPolicy - 1);
      mapping = Math.max(0, mapping - 1);
      inhibitAny = Math.max(0, inhibitAny - 1);
    }
    explicitPolicy = least(explicitPolicy, certificate.requireExplicitPolicy);
    mapping = least(mapping, certificate.inhibitPolicyMapping);
    inhibitAny = least(inhibitAny, certificate.inhibitAnyPolicy);
    passed(
        certificate.x509.getVersion() == 3 && certificate.isAuthority(),
        "basic constraints",
        certificate,
        "it is an authority",
        "it is no authority: nothing that it signs counts",
        "RFC 5280 §6.1.4(k)");
    if (!certificate.isSelfIssued()) {
      passed(
          below > 0,
          "path length",
          certificate,
          "within what the authorities above allow",
          "more authorities than one above allows below it",
          "RFC 5280 §6.1.4(l)");
      below = Math.max(0, below - 1);
    }
    limitDepth(certificate);
    if (certificate.keyUsage.isPresent()) {
      passed(
          certificate.keyUsage.get().hasUsages(KeyUsage.keyCertSign),
          "key usage",
          certificate,
          "its key may sign certificates",
          "its key is not for signing certificates",
          "RFC 5280 §6.1.4(n)");
    }
  }

  private void map(PathCertificate certificate) {
    Map<String, Set<String>> mappings = certificate.mappings;
    if (mappings.isEmpty()) {
      return;
    }
    int pairs = 0;
    int widest = 1;
    boolean any = false;
    for (Map.Entry<String, Set<String>> each : mappings.entrySet()) {
      pairs += each.getValue().size();
      widest = Math.max(widest, each.getValue().size());
      any |= each.getKey().equals(PolicyGraph.ANY) || each.getValue().contains(PolicyGraph.ANY);
    }
    // The graph does not grow by it; Java's own tree would.
    mappingProduct = Math.min(Integer.MAX_VALUE / 64, mappingProduct * widest);
    if (pairs > PathLimits.MAPPINGS || mappingProduct > PathLimits.MAPPING_PRODUCT) {
      failed("policy mappings", certificate, "there are too many of them", "bound");
      policies.end();
    } else if (any) {
      failed("policy mappings", certificate, "anyPolicy is mapped", "RFC 5280 §6.1.4(a)");
    } else {
      mappings.forEach((from, to) -> policies.map(from, to, mapping > 0));
    }
  }

  private void limitDepth(PathCertificate certificate) {
    BigInteger limit =
        certificate.basicConstraints.map(its -> its.getPathLenConstraint()).orElse(null);
    if (limit != null && certificate.isAuthority()) {
      below = least(below, Optional.of(limit));
    }
  }

  /// RFC 5280 §6.1.5.
  private void wrapUp(PathCertificate leaf) {
    explicitPolicy = Math.max(0, explicitPolicy - 1);
    if (leaf.requireExplicitPolicy.filter(number -> number.signum() == 0).isPresent()) {
      explicitPolicy = 0;
    }
    Set<String> its = policies.constrainedByAuthorities();
    Set<String> wanted = question.policies().wanted();
    boolean found =
        !its.isEmpty()
            && (wanted.isEmpty()
                || its.contains(PolicyGraph.ANY)
                || its.stream().anyMatch(wanted::contains));
    if (explicitPolicy == 0) {
      passed(
          found,
          "policies",
          leaf,
          "valid under a policy that is accepted",
          "valid under no policy that is accepted",
          "RFC 5280 §6.1.5(g)");
    }
    purpose(leaf);
  }

  private void purpose(PathCertificate leaf) {
    switch (question.purpose()) {
      case ANY -> {}
      case TLS_CLIENT -> {
        boolean signs =
            leaf.keyUsage.isEmpty() || leaf.keyUsage.get().hasUsages(KeyUsage.digitalSignature);
        boolean clients =
            leaf.purposes.isEmpty()
                || leaf.purposes.contains(KeyPurposeId.id_kp_clientAuth.getId())
                || leaf.purposes.contains(KeyPurposeId.anyExtendedKeyUsage.getId());
        passed(
            signs && clients,
            "purpose",
            leaf,
            "its key may authenticate a client",
            signs
                ? "its extended key usage leaves out authenticating clients"
                : "its key usage leaves out signatures",
            "RFC 5280 §4.2.1.12");
      }
    }
  }

  private static int least(int counter, Optional<BigInteger> limit) {
    return limit.isPresent() && limit.get().bitLength() < 31
        ? Math.min(counter, Math.max(0, limit.get().intValue()))
        : counter;
  }

  private void check(
      Optional<String> refusal,
      String check,
      PathCertificate certificate,
      String good,
      String rule) {
    passed(refusal.isEmpty(), check, certificate, good, refusal.orElse(""), rule);
  }

  private void passed(
      boolean passed,
      String check,
      PathCertificate certificate,
      String good,
      String bad,
      String rule) {
    steps.add(
        new PathStep(
            passed ? Outcome.PASSED : Outcome.FAILED,
            check,
            certificate.name(),
            passed ? good : bad,
            rule));
  }

  private void failed(String check, PathCertificate certificate, String why, String rule) {
    passed(false, check, certificate, "", why, rule);
  }
}

package io.cardea.life.pki.path;

import io.cardea.life.pki.path.PathStep.Outcome;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/// A second opinion: what Java's own PKIX says of the same path. A chain is trusted only where both
/// agree, so that a mistake has to be made twice. It is asked about paths alone that passed before,
/// whose sizes are within bounds.
final class JavaOpinion {
  private JavaOpinion() {}

  /// @param path the anchor first
  static PathStep of(PathQuestion question, List<PathCertificate> path) {
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (PathCertificate each : path.subList(1, path.size()).reversed()) {
        certificates.add(each.x509);
      }
      CertPath chain = CertificateFactory.getInstance("X.509").generateCertPath(certificates);
      PKIXParameters parameters =
          new PKIXParameters(Set.of(new TrustAnchor(path.getFirst().x509, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(question.at()));
      parameters.setPolicyQualifiersRejected(false);
      parameters.setInitialPolicies(
          question.policies().wanted().isEmpty()
              ? Set.of(PolicyGraph.ANY)
              : question.policies().wanted());
      parameters.setExplicitPolicyRequired(question.policies().explicit());
      parameters.setPolicyMappingInhibited(question.policies().inhibitMapping());
      parameters.setAnyPolicyInhibited(question.policies().inhibitAny());
      CertPathValidator.getInstance("PKIX").validate(chain, parameters);
      return step(Outcome.PASSED, "Java's own validation of the path agrees");
    } catch (GeneralSecurityException | RuntimeException e) {
      // Whatever made it stumble, it did not say yes.
      return step(
          Outcome.FAILED, "Java's own validation of the path refuses it: " + e.getMessage());
    }
  }

  private static PathStep step(Outcome outcome, String why) {
    return new PathStep(outcome, "second opinion", "", why, "java.security.cert");
  }
}

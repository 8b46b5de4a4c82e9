package io.cardea.life.pki.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;

/// The names that a path still allows (RFC 5280 §6.1.1 (b) and (c)): what every authority so far
/// permits, and none excludes.
final class NameSpace {
  private final List<List<GeneralName>> permitted = new ArrayList<>();
  private final List<GeneralName> excluded = new ArrayList<>();
  private int comparisons = PathLimits.COMPARISONS;

  /// Takes in the constraints of one authority, or says why it cannot (RFC 5280 §6.1.4 (g)).
  Optional<String> constrain(NameConstraints constraints) {
    List<GeneralName> allowed = new ArrayList<>();
    Optional<String> refusal = collect(constraints.getPermittedSubtrees(), allowed);
    if (refusal.isEmpty()) {
      refusal = collect(constraints.getExcludedSubtrees(), excluded);
    }
    if (!allowed.isEmpty()) {
      permitted.add(allowed);
    }
    return refusal;
  }

  private static Optional<String> collect(
      GeneralSubtree @org.jspecify.annotations.Nullable [] subtrees, List<GeneralName> into) {
    if (subtrees == null) {
      return Optional.empty();
    }
    if (subtrees.length > PathLimits.SUBTREES) {
      return Optional.of(
          subtrees.length + " name constraints (expected: at most " + PathLimits.SUBTREES + ")");
    }
    for (GeneralSubtree subtree : subtrees) {
      if (subtree.getMinimum().signum() != 0 || subtree.getMaximum() != null) {
        return Optional.of("a name constraint with a minimum or a maximum");
      }
      into.add(subtree.getBase());
    }
    return Optional.empty();
  }

  /// Why the certificate's names are not allowed, if they are not (RFC 5280 §6.1.3 (b) and (c)).
  Optional<String> refusal(PathCertificate certificate) {
    List<GeneralName> names = new ArrayList<>(certificate.alternativeNames);
    if (names.size() > PathLimits.NAMES) {
      return Optional.of(
          names.size() + " alternative names (expected: at most " + PathLimits.NAMES + ")");
    }
    X500Name subject = certificate.parsed.getSubject();
    if (subject.getRDNs().length > 0) {
      names.add(new GeneralName(subject));
    }
    for (RDN rdn : subject.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(BCStyle.EmailAddress)
            && attribute.getValue() instanceof ASN1String address) {
          names.add(new GeneralName(GeneralName.rfc822Name, new DERIA5String(address.getString())));
        }
      }
    }
    for (GeneralName name : names) {
      Optional<String> refusal = refusal(name);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private Optional<String> refusal(GeneralName name) {
    for (GeneralName base : excluded) {
      if (base.getTagNo() == name.getTagNo()) {
        if (--comparisons < 0) {
          return tooMany();
        }
        if (NameForms.touches(name, base)) {
          return Optional.of("a name is in what an authority above excludes");
        }
      }
    }
    for (List<GeneralName> allowed : permitted) {
      boolean constrained = false;
      boolean found = false;
      for (GeneralName base : allowed) {
        if (base.getTagNo() == name.getTagNo()) {
          if (--comparisons < 0) {
            return tooMany();
          }
          constrained = true;
          found |= NameForms.isWithin(name, base);
        }
      }
      if (constrained && !found) {
        return Optional.of("a name is not in what an authority above permits");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> tooMany() {
    return Optional.of("names and constraints together are too many to compare");
  }

  boolean isConstrained() {
    return !permitted.isEmpty() || !excluded.isEmpty();
  }
}

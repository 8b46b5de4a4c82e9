package io.cardea.life.pki.path;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;

/// How names of each form lie in a subtree (RFC 5280 §4.2.1.10). A name that cannot be compared
/// lies in no permitted subtree, and touches every excluded one.
final class NameForms {
  private static final Pattern LABELS =
      Pattern.compile(
          "(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");
  private static final Pattern DOTTED_NUMBER = Pattern.compile("[0-9.]+");

  private NameForms() {}

  static boolean isWithin(GeneralName name, GeneralName base) {
    return compare(name, base).orElse(false);
  }

  static boolean touches(GeneralName name, GeneralName base) {
    return compare(name, base).orElse(true) || coveredByWildcard(name, base);
  }

  /// Empty when the two cannot be compared.
  private static Optional<Boolean> compare(GeneralName name, GeneralName base) {
    return switch (name.getTagNo()) {
      case GeneralName.directoryName ->
          Optional.of(
              isWithin(
                  X500Name.getInstance(name.getName()).getRDNs(),
                  X500Name.getInstance(base.getName()).getRDNs()));
      case GeneralName.dNSName -> dns(text(name), text(base));
      case GeneralName.rfc822Name -> mail(text(name), text(base));
      case GeneralName.uniformResourceIdentifier -> uri(text(name), text(base));
      case GeneralName.iPAddress ->
          address(
              ASN1OctetString.getInstance(name.getName()).getOctets(),
              ASN1OctetString.getInstance(base.getName()).getOctets());
      // otherName, x400Address, ediPartyName, registeredID: nobody said how they would nest.
      default -> Optional.empty();
    };
  }

  private static String text(GeneralName name) {
    return ASN1IA5String.getInstance(name.getName()).getString();
  }

  private static boolean isWithin(RDN[] name, RDN[] base) {
    if (base.length > name.length) {
      return false;
    }
    for (int i = 0; i < base.length; i++) {
      if (!IETFUtils.rDNAreEqual(name[i], base[i])) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Boolean> dns(String name, String base) {
    if (base.isEmpty()) {
      return Optional.of(true);
    }
    Optional<String> host = host(name.startsWith("*.") ? name.substring(2) : name);
    boolean below = base.startsWith(".");
    Optional<String> domain = host(below ? base.substring(1) : base);
    if (host.isEmpty() || domain.isEmpty()) {
      return Optional.empty();
    }
    boolean under = host.get().endsWith("." + domain.get());
    boolean wildcardUnder = name.startsWith("*.") && host.get().equals(domain.get());
    return Optional.of(under || wildcardUnder || (!below && host.get().equals(domain.get())));
  }

  /// Whether a wildcard stands for names in the subtree though it does not lie in it itself.
  private static boolean coveredByWildcard(GeneralName name, GeneralName base) {
    if (name.getTagNo() != GeneralName.dNSName || !text(name).startsWith("*.")) {
      return false;
    }
    String domain = text(base).toLowerCase(Locale.ROOT);
    return domain.endsWith(text(name).substring(1).toLowerCase(Locale.ROOT));
  }

  /// A mailbox, a host, or (with a dot in front) everything below a domain.
  private static Optional<Boolean> mail(String name, String base) {
    int at = name.lastIndexOf('@');
    if (at < 1 || name.indexOf('@') != at) {
      return Optional.empty();
    }
    Optional<String> host = host(name.substring(at + 1));
    if (host.isEmpty()) {
      return Optional.empty();
    }
    if (base.isEmpty()) {
      return Optional.of(true);
    }
    int baseAt = base.lastIndexOf('@');
    if (baseAt >= 0) {
      return host(base.substring(baseAt + 1))
          .map(its ->
              its.equals(host.get()) && base.substring(0, baseAt).equals(name.substring(0, at)));
    }
    return hostIn(host.get(), base);
  }

  private static Optional<Boolean> uri(String name, String base) {
    try {
      String host = new URI(name).getHost();
      if (host == null || host.startsWith("[") || DOTTED_NUMBER.matcher(host).matches()) {
        return Optional.empty();
      }
      return base.isEmpty() ? Optional.of(true) : host(host).flatMap(its -> hostIn(its, base));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<Boolean> hostIn(String host, String base) {
    return base.startsWith(".")
        ? host(base.substring(1)).map(domain -> host.endsWith("." + domain))
        : host(base).map(host::equals);
  }

  /// In lower case and without the dot of the root; empty if it is no host name.
  private static Optional<String> host(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    String host = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    return host.length() <= 253 && LABELS.matcher(host).matches()
        ? Optional.of(host)
        : Optional.empty();
  }

  private static Optional<Boolean> address(byte[] address, byte[] range) {
    if ((address.length != 4 && address.length != 16)
        || (range.length != 8 && range.length != 32)) {
      return Optional.empty();
    }
    if (range.length != 2 * address.length) {
      return Optional.of(false); // of the other family
    }
    for (int i = 0; i < address.length; i++) {
      if (((address[i] ^ range[i]) & range[address.length + i]) != 0) {
        return Optional.of(false);
      }
    }
    return Optional.of(true);
  }
}

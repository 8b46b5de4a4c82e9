package io.cardea.life.pki;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/// The subjectAltName of a certificate or of a request, by kind of name.
///
/// @param others whether there are names of kinds that Cardea has no use for
public record AlternativeNames(
    List<String> dns,
    List<String> ipAddresses,
    List<String> uris,
    List<String> emails,
    boolean others) {
  static final int MAX_NAMES = 100;
  static final AlternativeNames NONE =
      new AlternativeNames(List.of(), List.of(), List.of(), List.of(), false);

  public AlternativeNames {
    dns = List.copyOf(dns);
    ipAddresses = List.copyOf(ipAddresses);
    uris = List.copyOf(uris);
    emails = List.copyOf(emails);
  }

  static AlternativeNames of(@Nullable Extensions extensions) throws MalformedDer {
    Extension extension =
        extensions == null ? null : extensions.getExtension(Extension.subjectAlternativeName);
    if (extension == null) {
      return NONE;
    }
    byte[] value = extension.getExtnValue().getOctets();
    DerReader.check(value, 8);
    GeneralName[] names = GeneralNames.getInstance(value).getNames();
    if (names.length > MAX_NAMES) {
      throw new MalformedDer(names.length + " alternative names (expected: at most 100)");
    }
    List<String> dns = new ArrayList<>();
    List<String> ips = new ArrayList<>();
    List<String> uris = new ArrayList<>();
    List<String> emails = new ArrayList<>();
    boolean others = false;
    for (GeneralName name : names) {
      switch (name.getTagNo()) {
        case GeneralName.dNSName -> dns.add(text(name));
        case GeneralName.uniformResourceIdentifier -> uris.add(text(name));
        case GeneralName.rfc822Name -> emails.add(text(name));
        case GeneralName.iPAddress -> ips.add(address(name));
        default -> others = true;
      }
    }
    return new AlternativeNames(dns, ips, uris, emails, others);
  }

  private static String text(GeneralName name) throws MalformedDer {
    String text = ASN1IA5String.getInstance(name.getName()).getString();
    if (text.isEmpty() || text.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      throw new MalformedDer("an alternative name is not printable ASCII");
    }
    return text;
  }

  private static String address(GeneralName name) throws MalformedDer {
    try {
      return InetAddress.getByAddress(ASN1OctetString.getInstance(name.getName()).getOctets())
          .getHostAddress();
    } catch (UnknownHostException e) {
      throw new MalformedDer("an alternative name is not an IPv4 or IPv6 address");
    }
  }
}

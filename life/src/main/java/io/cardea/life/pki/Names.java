package io.cardea.life.pki;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/// Distinguished names as text.
final class Names {
  private Names() {}

  /// RFC 4514: the last RDN first. Control characters are shown as hexadecimal, so that a name
  /// cannot forge a line of a log.
  static String text(X500Name name) {
    RDN[] rdns = name.getRDNs();
    RDN[] reversed = new RDN[rdns.length];
    for (int i = 0; i < rdns.length; i++) {
      reversed[i] = rdns[rdns.length - 1 - i];
    }
    return withoutControls(BCStyle.INSTANCE.toString(new X500Name(reversed)));
  }

  static List<String> commonNames(X500Name name) {
    return values(name, BCStyle.CN);
  }

  static List<String> serialNumbers(X500Name name) {
    return values(name, BCStyle.SERIALNUMBER);
  }

  private static List<String> values(X500Name name, ASN1ObjectIdentifier type) {
    List<String> values = new ArrayList<>();
    for (RDN rdn : name.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(type)) {
          values.add(
              attribute.getValue() instanceof ASN1String string
                  ? string.getString()
                  : IETFUtils.valueToString(attribute.getValue()));
        }
      }
    }
    return List.copyOf(values);
  }

  static String withoutControls(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        shown.append(String.format("\\%02X", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }
}

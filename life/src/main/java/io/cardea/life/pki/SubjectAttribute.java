package io.cardea.life.pki;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.style.BCStyle;

/// The attributes that a subject may have, with the upper bounds of RFC 5280, appendix A.
public enum SubjectAttribute {
  COMMON_NAME(BCStyle.CN, 64, false),
  ORGANIZATION(BCStyle.O, 64, false),
  ORGANIZATIONAL_UNIT(BCStyle.OU, 64, false),
  SERIAL_NUMBER(BCStyle.SERIALNUMBER, 64, true);

  private final String oid;
  private final int maxLength;
  private final boolean printable;

  SubjectAttribute(ASN1ObjectIdentifier oid, int maxLength, boolean printable) {
    this.oid = oid.getId();
    this.maxLength = maxLength;
    this.printable = printable;
  }

  ASN1ObjectIdentifier oid() {
    return new ASN1ObjectIdentifier(oid);
  }

  int maxLength() {
    return maxLength;
  }

  /// Whether it is a PrintableString; the others are UTF8String.
  boolean printable() {
    return printable;
  }
}

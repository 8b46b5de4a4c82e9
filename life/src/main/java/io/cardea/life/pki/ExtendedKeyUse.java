package io.cardea.life.pki;

/// The purposes of a certificate (RFC 5280 §4.2.1.12).
public enum ExtendedKeyUse {
  CLIENT_AUTH("1.3.6.1.5.5.7.3.2"),
  SERVER_AUTH("1.3.6.1.5.5.7.3.1"),
  /// To sign what people and programs read later (RFC 9336), outside of TLS.
  DOCUMENT_SIGNING("1.3.6.1.5.5.7.3.36"),
  /// To answer for the authority about its certificates (RFC 6960 §4.2.2.2), and for nothing else.
  OCSP_SIGNING("1.3.6.1.5.5.7.3.9");

  private final String oid;

  ExtendedKeyUse(String oid) {
    this.oid = oid;
  }

  public String oid() {
    return oid;
  }
}

package io.cardea.life.pki;

/// Bytes that are not the DER they should be. Without a stack trace: strangers cause it.
final class MalformedDer extends Exception {
  private static final long serialVersionUID = 1L;

  private final String detail;

  MalformedDer(String detail) {
    super(detail, null, false, false);
    this.detail = detail;
  }

  String detail() {
    return detail;
  }
}

package io.cardea.protocols.est;

/// A body of another type than PKCS#10. Without a stack trace: strangers cause it.
final class UnsupportedType extends Exception {
  private static final long serialVersionUID = 1L;

  UnsupportedType() {
    super("unsupported type", null, false, false);
  }
}

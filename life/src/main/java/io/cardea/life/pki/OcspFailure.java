package io.cardea.life.pki;

/// An answer of OCSP that is not signed (RFC 6960 §4.2.1). Without a stack trace: strangers cause
/// it.
public final class OcspFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// The statuses that are given.
  public enum Kind {
    MALFORMED_REQUEST(1),
    TRY_LATER(3),
    /// There is no authoritative answer here (RFC 5019 §2.2.3).
    UNAUTHORIZED(6);

    private final int status;

    Kind(int status) {
      this.status = status;
    }
  }

  public OcspFailure(Kind kind) {
    super(kind.name(), null, false, false);
    this.kind = kind;
  }

  public static OcspFailure malformed() {
    return new OcspFailure(Kind.MALFORMED_REQUEST);
  }

  public static OcspFailure unauthorized() {
    return new OcspFailure(Kind.UNAUTHORIZED);
  }

  static OcspFailure tryLater() {
    return new OcspFailure(Kind.TRY_LATER);
  }

  public Kind kind() {
    return kind;
  }

  /// The OCSPResponse, DER.
  public byte[] response() {
    return new byte[] {Der.SEQUENCE, 3, 10, 1, (byte) kind.status};
  }
}

package io.cardea.life;

import org.jspecify.annotations.Nullable;

/// An expected refusal on its way to the edge, where one switch turns it into the protocol's own
/// form.
///
/// The detail may be shown to the caller: it names the offending value and never holds a secret.
/// There is no stack trace: strangers cause these, and must not make us pay for them.
public final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;
  private final String detail;

  public Refused(Refusal refusal, String detail) {
    this(refusal, detail, null);
  }

  /// With what made it so, for our own log.
  public Refused(Refusal refusal, String detail, @Nullable Throwable cause) {
    super(refusal.code() + ": " + detail, cause, false, false);
    this.refusal = refusal;
    this.detail = detail;
  }

  public Refusal refusal() {
    return refusal;
  }

  public String detail() {
    return detail;
  }
}

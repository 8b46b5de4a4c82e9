package io.cardea.protocols.est.client;

/// Answered, and not with what was asked for.
///
/// @param status of HTTP, 300 to 599
/// @param code the stable code of `Cardea-Code`, or empty: then something else than Cardea may have
///   answered (a proxy, a captive portal), and nothing is to be concluded about a credential
/// @param detail for people, one line of printable characters
public record Declined(int status, String code, String detail)
    implements EnrolAnswer, CaAnswer, RenewalAnswer, Admission {

  /// Whether Cardea itself said so.
  public boolean coded() {
    return !code.isEmpty();
  }
}

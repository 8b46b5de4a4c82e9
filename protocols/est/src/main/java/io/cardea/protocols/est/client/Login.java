package io.cardea.protocols.est.client;

/// A device's registered id and its enrolment token, sent by HTTP Basic inside TLS.
public record Login(String deviceId, String token) {
  public Login {
    if (deviceId.isEmpty() || token.isEmpty()) {
      throw new IllegalArgumentException("login: empty id or token (expected: both)");
    }
  }

  /// Never the token.
  @Override
  public String toString() {
    return "Login[" + deviceId + "]";
  }
}

package io.cardea.connectors.mosquitto;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;

/// Where the broker's administrator is let in.
///
/// @param trust whom to believe; none for a plain listener, on the loopback interface alone
/// @param user the administrator of the dynamic security plugin
public record MosquittoSettings(
    String host,
    int port,
    Optional<TrustManagerFactory> trust,
    String user,
    String password,
    Duration timeout) {
  /// Never the password.
  @Override
  public String toString() {
    return "MosquittoSettings[" + user + "@" + host + ":" + port + "]";
  }
}

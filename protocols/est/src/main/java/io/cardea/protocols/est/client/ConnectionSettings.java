package io.cardea.protocols.est.client;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import javax.net.ssl.X509TrustManager;

/// Where the server is and why it is believed.
///
/// @param server `https://host:port`, no path
/// @param anchors the only certificates that the server's chain may end in
/// @param notBefore a moment that has certainly passed, for instance the beginning of a certificate
///   that the server gave us; a server certificate that ended earlier is refused. It stands in for
///   a clock, which a device may not have
/// @param connectTimeout for TCP and TLS
/// @param answerTimeout from the request to the answer's last byte
public record ConnectionSettings(
    URI server,
    Set<X509Certificate> anchors,
    Instant notBefore,
    Duration connectTimeout,
    Duration answerTimeout) {

  public ConnectionSettings {
    anchors = Set.copyOf(anchors);
    String path = server.getRawPath();
    if (!"https".equals(server.getScheme())
        || server.getHost() == null
        || (path != null && !path.isEmpty() && !path.equals("/"))) {
      throw new IllegalArgumentException("server: " + server + " (expected: https://host:port)");
    }
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("anchors: none (expected: at least one CA certificate)");
    }
  }

  /// With 10 seconds to connect and 30 for an answer.
  public ConnectionSettings(URI server, Set<X509Certificate> anchors) {
    this(server, anchors, Instant.EPOCH, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  public ConnectionSettings withNotBefore(Instant passed) {
    return new ConnectionSettings(server, anchors, passed, connectTimeout, answerTimeout);
  }

  public ConnectionSettings withAnchors(Set<X509Certificate> others) {
    return new ConnectionSettings(server, others, notBefore, connectTimeout, answerTimeout);
  }

  public ConnectionSettings withTimeouts(Duration connect, Duration answer) {
    return new ConnectionSettings(server, anchors, notBefore, connect, answer);
  }

  /// Believes what these settings believe: for another protocol's connection to the same server.
  public X509TrustManager trust() {
    return new ServerTrust(anchors, notBefore);
  }

  URI at(String path) {
    String authority =
        server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort();
    return URI.create("https://" + authority + path);
  }
}

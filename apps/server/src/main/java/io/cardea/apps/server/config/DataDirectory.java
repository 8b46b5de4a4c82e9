package io.cardea.apps.server.config;

import java.nio.file.Path;

/// Where a server keeps what must outlive it, and where a command line on the same host finds it.
public record DataDirectory(Path path) {
  /// The certificates, in PEM, that the server's own certificate chains to. No secret.
  public Path trustedAuthorities() {
    return path.resolve("ca.pem");
  }

  /// The first administrator's bearer token, readable by the server's owner alone.
  public Path administratorToken() {
    return path.resolve("administrator.token");
  }
}

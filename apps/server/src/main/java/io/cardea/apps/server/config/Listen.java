package io.cardea.apps.server.config;

import java.net.InetSocketAddress;

/// Where a listener binds. Port 0 takes a free one.
public record Listen(String host, int port) {
  public Listen {
    if (!Kind.isHost(host) || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("listen: " + host + ":" + port);
    }
  }

  static Listen parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("listen: " + text);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException("listen: " + text);
    }
    return new Listen(host, Integer.parseInt(text.substring(colon + 1)));
  }

  /// Resolves the host name, if it is one.
  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  /// Whether two listeners would take the port from each other.
  boolean clashesWith(Listen other) {
    return port != 0
        && port == other.port
        && (host.equals(other.host) || isEverywhere() || other.isEverywhere());
  }

  private boolean isEverywhere() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

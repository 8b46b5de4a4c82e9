package io.cardea.protocols.edge;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/// One listener.
///
/// @param bind port 0 takes a free one, see [EdgeServer#address]
/// @param tls asked at each new connection, on an event loop: it returns what it has, at once;
///   empty for plain HTTP
/// @param proxies who stands in front
/// @param threads event loops; handlers that block run elsewhere
public record EdgeConfig(
    InetSocketAddress bind,
    Optional<Supplier<TlsMaterial>> tls,
    EdgeLimits limits,
    Proxies proxies,
    int threads) {

  public EdgeConfig {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
    }
  }

  public static EdgeConfig tls(
      InetSocketAddress bind, Supplier<TlsMaterial> material, EdgeLimits limits) {
    return new EdgeConfig(bind, Optional.of(material), limits, Proxies.NONE, cores());
  }

  public static EdgeConfig plain(InetSocketAddress bind, EdgeLimits limits) {
    return new EdgeConfig(bind, Optional.empty(), limits, Proxies.NONE, cores());
  }

  public EdgeConfig behind(Proxies others) {
    return new EdgeConfig(bind, tls, limits, others, threads);
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }
}

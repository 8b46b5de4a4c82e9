package io.cardea.protocols.est.client;

import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.EdgeLimits;
import io.cardea.protocols.edge.EdgeServer;
import io.cardea.protocols.edge.Routes;
import io.cardea.protocols.edge.TlsMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/// A real TLS edge on a free port of the loopback, with handlers of a test behind it.
public final class TestDoor implements AutoCloseable {
  private final TestAuthority authority;
  private final EdgeServer server;

  /// @param now what the server takes for the time when it makes its own certificate
  public TestDoor(TestAuthority authority, Instant now, Routes.Builder routes) {
    this(
        authority,
        routes,
        (door, key) ->
            door.server(
                key.getPublic(), now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(30))));
  }

  TestDoor(
      TestAuthority authority,
      Routes.Builder routes,
      BiFunction<TestAuthority, KeyPair, X509Certificate> certificate) {
    this.authority = authority;
    KeyPair key = KeyKind.EC_P256.generate();
    TlsMaterial material =
        new TlsMaterial(
            new TlsMaterial.Chain(key.getPrivate(), List.of(certificate.apply(authority, key))));
    EdgeLimits limits =
        EdgeLimits.defaults()
            .withTimeouts(
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(200));
    try {
      this.server =
          EdgeServer.start(
              EdgeConfig.tls(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  () -> material,
                  limits),
              routes.build(),
              EdgeEvents.NONE,
              InstantSource.system());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public URI address() {
    return URI.create("https://localhost:" + server.address().getPort());
  }

  public ConnectionSettings settings() {
    return new ConnectionSettings(address(), Set.of(authority.root()))
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  @Override
  public void close() {
    server.close();
  }
}

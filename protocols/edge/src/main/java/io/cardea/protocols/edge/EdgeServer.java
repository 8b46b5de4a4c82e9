package io.cardea.protocols.edge;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One listener with everything behind it. Serves from [#start] until [#close].
///
/// A stranger can make it use no more than the [EdgeLimits] say, of anything; other connections
/// keep their service meanwhile.
public final class EdgeServer implements AutoCloseable {
  private final EdgeConfig config;
  private final EdgeEvents events;
  private final Dispatch dispatch;
  private final ResponseBytes responses;
  private final AtomicLong connectionIds = new AtomicLong();
  private final Listener listener;
  private final Duration checkEvery;

  private EdgeServer(
      EdgeConfig config,
      Routes routes,
      EdgeEvents events,
      InstantSource clock,
      SslProvider provider)
      throws IOException {
    this.config = config;
    this.events = events;
    this.checkEvery = config.limits().shortestTimeout().dividedBy(4);
    this.dispatch = new Dispatch(routes, config.limits(), clock);
    this.responses = new ResponseBytes(clock);
    this.listener = new Listener(config, events, provider, this::finish);
    listener.open();
  }

  /// Listens and serves.
  ///
  /// @param clock for the Date field, and to tell who expires first when not all can be served
  /// @throws IOException when the address cannot be bound or the TLS material cannot be used
  public static EdgeServer start(
      EdgeConfig config, Routes routes, EdgeEvents events, InstantSource clock) throws IOException {
    return start(config, routes, events, clock, TlsContexts.best());
  }

  static EdgeServer start(
      EdgeConfig config,
      Routes routes,
      EdgeEvents events,
      InstantSource clock,
      SslProvider provider)
      throws IOException {
    return new EdgeServer(config, routes, events, clock, provider);
  }

  private void finish(
      SocketChannel channel, InetSocketAddress remote, @Nullable HandshakeGate gate) {
    EdgeConnection connection =
        new EdgeConnection(this, connectionIds.incrementAndGet(), remote, gate);
    channel
        .pipeline()
        .addLast(connection.arrivals())
        .addLast(new RequestDecoder(config.limits()))
        .addLast(connection);
  }

  /// What the client had shown when its handshake failed.
  Optional<ClientCertificate> shown(SslHandler handler) {
    return listener.shown(handler);
  }

  /// Where it listens, with the port that port 0 became.
  public InetSocketAddress address() {
    return listener.address();
  }

  public int port() {
    return address().getPort();
  }

  /// Stops accepting, lets requests that have begun be answered until [EdgeLimits#drainTimeout],
  /// closes the rest. Blocks until done; calling it again does nothing.
  @Override
  public void close() {
    if (listener.drain(EdgeServer::drain)) {
      dispatch.close();
      listener.close();
    }
  }

  private static void drain(Channel channel) {
    EdgeConnection connection = channel.pipeline().get(EdgeConnection.class);
    if (connection == null) {
      var _ = channel.close();
    } else {
      channel.eventLoop().execute(connection::drain);
    }
  }

  boolean isDraining() {
    return listener.isDraining();
  }

  boolean isPlatformTls() {
    return listener.isPlatformTls();
  }

  /// How often a connection looks at its deadline: often enough to be a quarter late at worst.
  Duration checkEvery() {
    return checkEvery;
  }

  Proxies proxies() {
    return config.proxies();
  }

  EdgeLimits limits() {
    return config.limits();
  }

  EdgeEvents events() {
    return events;
  }

  Dispatch dispatch() {
    return dispatch;
  }

  ResponseBytes responses() {
    return responses;
  }
}

package io.cardea.protocols.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One listener with everything behind it. Serves from [#start] until [#close].
///
/// A stranger can make it use no more than the [EdgeLimits] say, of anything; other connections
/// keep their service meanwhile.
public final class EdgeServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EdgeServer.class);

  /// Bytes of a PROXY header beyond the addresses, such as what a proxy tells of a TLS session.
  private static final int MAX_PROXY_EXTRAS = 2_048;

  /// Connections that wait to be accepted. One that finds no place there is not refused: its client
  /// tries again after one second, then two, then four. So accepting has a thread of its own, which
  /// no handshake holds up.
  private static final int BACKLOG = 4_096;

  private final EdgeConfig config;
  private final EdgeEvents events;
  private final Dispatch dispatch;
  private final ResponseBytes responses;
  private final Optional<TlsContexts> tls;
  private final ConnectionCounts counts;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicLong connectionIds = new AtomicLong();
  private final Map<EventLoop, HandshakeBudget> budgets = new ConcurrentHashMap<>();
  private final EventLoopGroup acceptor;
  private final EventLoopGroup loops;
  private final Channel listener;
  private final boolean platformTls;
  private final Duration checkEvery;
  private volatile boolean draining;

  private EdgeServer(
      EdgeConfig config,
      Routes routes,
      EdgeEvents events,
      InstantSource clock,
      SslProvider provider)
      throws IOException {
    this.config = config;
    this.events = events;
    this.platformTls = provider == SslProvider.JDK;
    this.checkEvery = config.limits().shortestTimeout().dividedBy(4);
    this.dispatch = new Dispatch(routes, config.limits(), clock);
    this.responses = new ResponseBytes(clock);
    this.counts = new ConnectionCounts(config.limits());
    this.tls =
        config.tls().isPresent()
            ? Optional.of(new TlsContexts(config.tls().get(), provider))
            : Optional.empty();
    boolean epoll = Epoll.isAvailable();
    this.acceptor = new MultiThreadIoEventLoopGroup(1, io(epoll));
    this.loops = new MultiThreadIoEventLoopGroup(config.threads(), io(epoll));
    try {
      this.listener = listen(epoll);
    } catch (IOException e) {
      var _ = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      tls.ifPresent(TlsContexts::close);
      throw e;
    }
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

  private static IoHandlerFactory io(boolean epoll) {
    return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private Channel listen(boolean epoll) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor, loops)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel);
                  }
                });
    io.netty.channel.ChannelFuture bound = bootstrap.bind(config.bind()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + config.bind() + ": " + bound.cause().getMessage());
    }
    return bound.channel();
  }

  private void accept(SocketChannel channel) {
    InetSocketAddress remote = channel.remoteAddress();
    if (draining || remote == null) {
      var _ = channel.close();
      return;
    }
    Optional<EdgeEvents.Limit> full = counts.enter();
    if (full.isPresent()) {
      refuse(channel, remote, full.get());
      return;
    }
    events.accepted();
    channel
        .closeFuture()
        .addListener(closed -> {
          counts.leave();
          events.closed();
        });
    connections.add(channel);
    if (config.proxies().passesThrough(remote)) {
      channel
          .pipeline()
          .addLast(new HAProxyMessageDecoder(MAX_PROXY_EXTRAS))
          .addLast(
              new ProxyPreamble(
                  remote,
                  config.limits().handshakeTimeout(),
                  source -> serve(channel, source),
                  () ->
                      events.handshakeFailed(
                          FailedHandshake.early(
                              remote.getAddress(), EdgeEvents.HandshakeFailure.PROXY_HEADER))));
    } else {
      serve(channel, remote);
    }
  }

  private void refuse(SocketChannel channel, InetSocketAddress remote, EdgeEvents.Limit limit) {
    events.refused(limit);
    log.debug("refused a connection from {}: {}", remote, limit);
    var _ = channel.close();
  }

  /// @param remote whom the connection comes from, whoever carries it
  private void serve(SocketChannel channel, InetSocketAddress remote) {
    InetAddress address = remote.getAddress();
    Optional<EdgeEvents.Limit> full = counts.enterFrom(address);
    if (full.isPresent()) {
      refuse(channel, remote, full.get());
      return;
    }
    channel.closeFuture().addListener(closed -> counts.leaveFrom(address));
    if (tls.isPresent()) {
      HandshakeGate gate = new HandshakeGate(budget(channel.eventLoop()), address);
      SslHandler handler = tls.get().newHandler(channel.alloc());
      channel.pipeline().addLast(gate).addLast(handler);
      channel.closeFuture().addListener(closed -> tls.get().shown(handler.engine()));
      finish(channel, new EdgeConnection(this, connectionIds.incrementAndGet(), remote, gate));
    } else {
      finish(channel, new EdgeConnection(this, connectionIds.incrementAndGet(), remote, null));
    }
  }

  private void finish(SocketChannel channel, EdgeConnection connection) {
    channel
        .pipeline()
        .addLast(connection.arrivals())
        .addLast(new RequestDecoder(config.limits()))
        .addLast(connection);
  }

  private HandshakeBudget budget(EventLoop loop) {
    return budgets.computeIfAbsent(
        loop,
        its ->
            new HandshakeBudget(
                config.limits().handshakeShare(),
                new HandshakeBudget.Loop() {
                  @Override
                  public long nanoTime() {
                    return System.nanoTime();
                  }

                  @Override
                  public void later(Runnable task, long nanos) {
                    var _ = its.schedule(task, nanos, TimeUnit.NANOSECONDS);
                  }
                }));
  }

  /// What the client had shown when its handshake failed.
  Optional<ClientCertificate> shown(SslHandler handler) {
    return tls.flatMap(contexts -> contexts.shown(handler.engine()));
  }

  /// Where it listens, with the port that port 0 became.
  public InetSocketAddress address() {
    if (listener.localAddress() instanceof InetSocketAddress address) {
      return address;
    }
    return config.bind();
  }

  public int port() {
    return address().getPort();
  }

  /// Stops accepting, lets requests that have begun be answered until [EdgeLimits#drainTimeout],
  /// closes the rest. Blocks until done; calling it again does nothing.
  @Override
  public void close() {
    if (draining) {
      return;
    }
    draining = true;
    listener.close().awaitUninterruptibly();
    for (Channel channel : connections) {
      EdgeConnection connection = channel.pipeline().get(EdgeConnection.class);
      if (connection == null) {
        var _ = channel.close();
      } else {
        channel.eventLoop().execute(connection::drain);
      }
    }
    Duration limit = config.limits().drainTimeout();
    connections.newCloseFuture().awaitUninterruptibly(limit.toMillis());
    connections.close().awaitUninterruptibly(1_000);
    dispatch.close();
    acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    tls.ifPresent(TlsContexts::close);
  }

  boolean isDraining() {
    return draining;
  }

  boolean isPlatformTls() {
    return platformTls;
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

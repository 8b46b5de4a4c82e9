package io.cardea.protocols.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections, counts them, learns from a proxy whom they bring, and puts TLS before them
/// behind a [HandshakeGate]. What comes behind TLS is somebody else's.
final class Listener {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /// Bytes of a PROXY header beyond the addresses, such as what a proxy tells of a TLS session.
  private static final int MAX_PROXY_EXTRAS = 2_048;

  /// Connections that wait to be accepted. One that finds no place there is not refused: its client
  /// tries again after one second, then two, then four. So accepting has a thread of its own, which
  /// no handshake holds up.
  private static final int BACKLOG = 4_096;

  /// Adds to the pipeline what stands behind TLS.
  interface Behind {
    /// @param remote whom the connection comes from, whoever carries it
    /// @param gate before the TLS; a plain connection has none
    void finish(SocketChannel channel, InetSocketAddress remote, @Nullable HandshakeGate gate);
  }

  private final EdgeConfig config;
  private final EdgeEvents events;
  private final Behind behind;
  private final Optional<TlsContexts> tls;
  private final boolean platformTls;
  private final ConnectionCounts counts;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Map<EventLoop, HandshakeBudget> budgets = new ConcurrentHashMap<>();
  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup acceptor;
  private final EventLoopGroup loops;
  private @Nullable Channel channel;
  private volatile boolean draining;

  Listener(EdgeConfig config, EdgeEvents events, SslProvider provider, Behind behind)
      throws IOException {
    this.config = config;
    this.events = events;
    this.behind = behind;
    this.platformTls = provider == SslProvider.JDK;
    this.counts = new ConnectionCounts(config.limits());
    this.tls =
        config.tls().isPresent()
            ? Optional.of(new TlsContexts(config.tls().get(), provider))
            : Optional.empty();
    this.acceptor = new MultiThreadIoEventLoopGroup(1, io());
    this.loops = new MultiThreadIoEventLoopGroup(config.threads(), io());
  }

  /// Begins to accept. Apart from the constructor, so that whoever owns it knows it by the time the
  /// first connection comes.
  ///
  /// @throws IOException when the address cannot be bound; nothing is left running then
  void open() throws IOException {
    try {
      this.channel = listen();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private IoHandlerFactory io() {
    return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private Channel listen() throws IOException {
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
                  protected void initChannel(SocketChannel accepted) {
                    accept(accepted);
                  }
                });
    ChannelFuture bound = bootstrap.bind(config.bind()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + config.bind() + ": " + bound.cause().getMessage());
    }
    return bound.channel();
  }

  private void accept(SocketChannel accepted) {
    InetSocketAddress remote = accepted.remoteAddress();
    if (draining || remote == null) {
      var _ = accepted.close();
      return;
    }
    Optional<EdgeEvents.Limit> full = counts.enter();
    if (full.isPresent()) {
      refuse(accepted, remote, full.get());
      return;
    }
    events.accepted();
    accepted
        .closeFuture()
        .addListener(closed -> {
          counts.leave();
          events.closed();
        });
    connections.add(accepted);
    if (config.proxies().passesThrough(remote)) {
      accepted
          .pipeline()
          .addLast(new HAProxyMessageDecoder(MAX_PROXY_EXTRAS))
          .addLast(
              new ProxyPreamble(
                  remote,
                  config.limits().handshakeTimeout(),
                  source -> serve(accepted, source),
                  () ->
                      events.handshakeFailed(
                          FailedHandshake.early(
                              remote.getAddress(), EdgeEvents.HandshakeFailure.PROXY_HEADER))));
    } else {
      serve(accepted, remote);
    }
  }

  private void refuse(SocketChannel accepted, InetSocketAddress remote, EdgeEvents.Limit limit) {
    events.refused(limit);
    log.debug("refused a connection from {}: {}", remote, limit);
    var _ = accepted.close();
  }

  /// @param remote whom the connection comes from, whoever carries it
  private void serve(SocketChannel accepted, InetSocketAddress remote) {
    InetAddress address = remote.getAddress();
    Optional<EdgeEvents.Limit> full = counts.enterFrom(address);
    if (full.isPresent()) {
      refuse(accepted, remote, full.get());
      return;
    }
    accepted.closeFuture().addListener(closed -> counts.leaveFrom(address));
    if (tls.isPresent()) {
      HandshakeGate gate = new HandshakeGate(budget(accepted.eventLoop()), address);
      SslHandler handler = tls.get().newHandler(accepted.alloc());
      accepted.pipeline().addLast(gate).addLast(handler);
      accepted.closeFuture().addListener(closed -> tls.get().shown(handler.engine()));
      behind.finish(accepted, remote, gate);
    } else {
      behind.finish(accepted, remote, null);
    }
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

  /// What a socket of ours to elsewhere has to be, to live on a loop of this listener.
  Class<? extends SocketChannel> socketType() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /// Where it listens, with the port that port 0 became.
  InetSocketAddress address() {
    return channel != null && channel.localAddress() instanceof InetSocketAddress address
        ? address
        : config.bind();
  }

  boolean isPlatformTls() {
    return platformTls;
  }

  boolean isDraining() {
    return draining;
  }

  /// Stops accepting, tells each connection to come to its end, waits for them as long as
  /// [EdgeLimits#drainTimeout] says, and closes the rest.
  ///
  /// @param end called on the caller's thread, once for each connection
  /// @return false when that had been done before
  boolean drain(Consumer<Channel> end) {
    if (draining) {
      return false;
    }
    draining = true;
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
    connections.forEach(end);
    connections.newCloseFuture().awaitUninterruptibly(config.limits().drainTimeout().toMillis());
    connections.close().awaitUninterruptibly(1_000);
    return true;
  }

  /// After [#drain].
  void close() {
    acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    tls.ifPresent(TlsContexts::close);
  }
}

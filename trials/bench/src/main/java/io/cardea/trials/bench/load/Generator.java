package io.cardea.trials.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// All the devices of a benchmark on one thread: they take little of the machine, and their books
/// need no locks.
public final class Generator implements AutoCloseable {
  private static final int LARGEST_ANSWER = 64 * 1024;

  private final MultiThreadIoEventLoopGroup loops;
  private final KnownServer trust;

  /// @param authorities who may have signed a server's certificate
  public Generator(List<X509Certificate> authorities) {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loops = new MultiThreadIoEventLoopGroup(1, io);
    this.trust = new KnownServer(authorities);
  }

  EventLoop loop() {
    return loops.next();
  }

  /// How often a server showed its certificate, hence how many handshakes were whole ones.
  public long fullHandshakes() {
    return trust.fullHandshakes();
  }

  /// TLS 1.3 alone, with this certificate and no memory of earlier connections.
  public SslContext context(Identity identity) {
    try {
      return SslContextBuilder.forClient()
          .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
          .protocols("TLSv1.3")
          .keyManager(identity.key(), identity.certificate())
          .trustManager(trust)
          .endpointIdentificationAlgorithm("")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("this certificate cannot be shown: " + identity, e);
    }
  }

  /// Opens a connection whose answers go to this lane.
  ChannelFuture connect(int port, Optional<SslContext> tls, Lane lane) {
    return new Bootstrap()
        .group(loops)
        .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls.isPresent()) {
                  SslHandler handler = tls.get().newHandler(channel.alloc());
                  lane.shakes(handler.handshakeFuture());
                  channel.pipeline().addLast(handler);
                }
                channel
                    .pipeline()
                    .addLast(new HttpClientCodec())
                    .addLast(new HttpObjectAggregator(LARGEST_ANSWER))
                    .addLast(lane);
              }
            })
        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
  }
}

package io.cardea.trials.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// Strangers who open a connection, say hello, wait for the server's flight, and leave: it costs
/// them next to nothing, and the server a signature each. They come from [#SOURCES] addresses, on a
/// thread of their own.
public final class Flood implements AutoCloseable {
  public static final int SOURCES = 64;

  /// Whoever has not been served by then leaves.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  private final int port;
  private final long perSecond;
  private final byte[] hello = clientHello();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong turnedAway = new AtomicLong();
  private final long began = System.nanoTime();
  private long opened;

  private Flood(int port, long perSecond) {
    this.port = port;
    this.perSecond = perSecond;
  }

  /// Goes on until it is closed.
  public static Flood begin(int port, int perSecond) {
    Flood flood = new Flood(port, perSecond);
    flood.loop.execute(flood::tick);
    return flood;
  }

  /// How many got the server's flight.
  public long served() {
    return served.get();
  }

  /// How many were closed before, or left without it.
  public long turnedAway() {
    return turnedAway.get();
  }

  public Duration lasted() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private void tick() {
    if (ended.get()) {
      return;
    }
    long due = (System.nanoTime() - began) * perSecond / 1_000_000_000L;
    while (opened < due) {
      open(opened++);
    }
    var _ = loop.schedule(this::tick, TICK, TimeUnit.NANOSECONDS);
  }

  private void open(long number) {
    var _ =
        new Bootstrap()
            .group(loop)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new Stranger());
                  }
                })
            .connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                new InetSocketAddress(source(number), 0))
            .addListener(connected -> {
              if (!connected.isSuccess()) {
                turnedAway.incrementAndGet();
              }
            });
  }

  private static InetAddress source(long number) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + number % SOURCES)});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private final class Stranger extends ChannelInboundHandlerAdapter {
    private boolean heard;

    @Override
    public void channelActive(ChannelHandlerContext context) {
      var _ = context.writeAndFlush(Unpooled.wrappedBuffer(hello));
      var _ =
          context
              .executor()
              .schedule(
                  () -> {
                    var _ = context.close();
                  },
                  PATIENCE.toNanos(),
                  TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      // A handshake record: ServerHello and what follows it.
      heard |= message instanceof ByteBuf bytes && bytes.isReadable() && bytes.getByte(0) == 22;
      ReferenceCountUtil.release(message);
      var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      (heard ? served : turnedAway).incrementAndGet();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }

  /// What a client of the platform says first; each of them may say the same.
  private static byte[] clientHello() {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
      engine.setUseClientMode(true);
      ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      var _ = engine.wrap(ByteBuffer.allocate(0), record);
      byte[] hello = new byte[record.flip().remaining()];
      record.get(hello);
      return hello;
    } catch (NoSuchAlgorithmException | SSLException e) {
      throw new IllegalStateException("this platform says no hello", e);
    }
  }

  @Override
  public void close() {
    ended.set(true);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
  }
}

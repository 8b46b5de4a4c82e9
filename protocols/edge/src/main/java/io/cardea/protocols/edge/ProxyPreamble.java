package io.cardea.protocols.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Learns from a proxy's first bytes whom a connection brings, and then leaves it alone. A
/// connection that does not begin so, or not in time, is closed.
final class ProxyPreamble extends ChannelInboundHandlerAdapter {
  private final InetSocketAddress proxy;
  private final Duration patience;
  private final Consumer<InetSocketAddress> known;
  private final Runnable failed;
  private boolean over;

  /// @param known told once who it is; what it adds to the pipeline sees the bytes that follow
  /// @param failed told once when nobody can say
  ProxyPreamble(
      InetSocketAddress proxy,
      Duration patience,
      Consumer<InetSocketAddress> known,
      Runnable failed) {
    this.proxy = proxy;
    this.patience = patience;
    this.known = known;
    this.failed = failed;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    var _ =
        context.executor().schedule(() -> fail(context), patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HAProxyMessage header)) {
      context.fireChannelRead(message);
      return;
    }
    Optional<InetSocketAddress> source;
    try {
      source = source(header);
    } finally {
      header.release();
    }
    if (over || source.isEmpty()) {
      fail(context);
      return;
    }
    over = true;
    known.accept(source.get());
    context.pipeline().remove(this);
  }

  /// The proxy itself when it checks our health (`LOCAL`), or does not know either (`UNKNOWN`).
  private Optional<InetSocketAddress> source(HAProxyMessage header) {
    if (header.command() == HAProxyCommand.LOCAL) {
      return Optional.of(proxy);
    }
    return switch (header.proxiedProtocol()) {
      case TCP4, TCP6 ->
          Optional.of(new InetSocketAddress(header.sourceAddress(), header.sourcePort()));
      case UNKNOWN -> Optional.of(proxy);
      case UDP4, UDP6, UNIX_STREAM, UNIX_DGRAM -> Optional.empty();
    };
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context);
    context.fireChannelInactive();
  }

  /// The header is malformed, or is no header.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context);
  }

  private void fail(ChannelHandlerContext context) {
    if (!over) {
      over = true;
      failed.run();
      var _ = context.close();
    }
  }
}

package io.cardea.protocols.edge;

import io.cardea.protocols.edge.TlsTunnel.Judgement;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The outer side of one passage, from accept to close. Both sides live on one event loop, and
/// neither reads faster than the other one writes.
final class TunnelEntrance extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(TunnelEntrance.class);
  private static final int CONNECT_MILLIS = 5_000;

  private enum State {
    HANDSHAKE,
    FIRST,
    JUDGEMENT,
    CONNECTING,
    OPEN,
    CLOSED
  }

  private final TlsTunnel tunnel;
  private final long id;
  private final InetSocketAddress remote;
  private final @Nullable HandshakeGate gate;
  private final long accepted = System.nanoTime();
  private final ByteBuf early = Unpooled.buffer(0);
  private State state = State.HANDSHAKE;
  private boolean letIn;
  private @Nullable Passage passage;
  private @Nullable Channel exit;

  TunnelEntrance(
      TlsTunnel tunnel, long id, InetSocketAddress remote, @Nullable HandshakeGate gate) {
    this.tunnel = tunnel;
    this.id = id;
    this.remote = remote;
    this.gate = gate;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    var _ =
        ctx.executor()
            .schedule(
                () -> handshakeLate(ctx),
                tunnel.limits().handshakeTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void handshakeLate(ChannelHandlerContext ctx) {
    if (state != State.HANDSHAKE) {
      return;
    }
    if (gate != null && gate.isWaiting()) {
      tunnel.events().refused(EdgeEvents.Limit.HANDSHAKE_SHARE);
      var _ = ctx.close();
    } else {
      handshakeFailed(
          ctx,
          new FailedHandshake(
              remote.getAddress(),
              EdgeEvents.HandshakeFailure.TIMEOUT,
              "",
              tunnel.shown(ctx.pipeline().get(SslHandler.class))));
    }
  }

  private void handshakeFailed(ChannelHandlerContext ctx, FailedHandshake failed) {
    state = State.CLOSED;
    if (gate != null) {
      gate.over(false);
    }
    tunnel.events().handshakeFailed(failed);
    var _ = ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && state != State.CLOSED) {
      handshakeEnded(ctx, handshake);
    }
    ctx.fireUserEventTriggered(event);
  }

  private void handshakeEnded(ChannelHandlerContext ctx, SslHandshakeCompletionEvent handshake) {
    SslHandler handler = ctx.pipeline().get(SslHandler.class);
    Optional<ClientCertificate> shown = tunnel.shown(handler);
    if (!handshake.isSuccess()) {
      handshakeFailed(ctx, Handshake.failed(remote, ctx.channel(), handshake.cause(), gate, shown));
      return;
    }
    if (gate != null) {
      gate.over(true);
    }
    if (state != State.HANDSHAKE) { // a renegotiation: nobody needs one
      var _ = ctx.close();
      return;
    }
    Peer peer = Handshake.done(id, remote, handler, tunnel.isPlatformTls());
    tunnel.events().handshakeDone(peer, System.nanoTime() - accepted);
    passage = new Passage(peer, ctx.channel());
    state = State.FIRST;
    var _ =
        ctx.executor()
            .schedule(
                () -> firstLate(ctx),
                tunnel.limits().requestTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void firstLate(ChannelHandlerContext ctx) {
    if (state == State.FIRST) {
      tunnel.events().refused(EdgeEvents.Limit.REQUEST_TIME);
      var _ = ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel inner = exit;
    if (state == State.OPEN && inner != null) {
      var _ = inner.write(message);
      return;
    }
    try {
      if (state != State.CLOSED && message instanceof ByteBuf bytes) {
        early.writeBytes(bytes);
        if (state == State.FIRST) {
          first(ctx);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void first(ChannelHandlerContext ctx) {
    int length = tunnel.doorkeeper().length(early.nioBuffer().asReadOnlyBuffer());
    int needed = length == 0 ? early.readableBytes() : length;
    if (length < 0) {
      var _ = ctx.close();
    } else if (needed > tunnel.longestFirst()) {
      tunnel.events().refused(EdgeEvents.Limit.BODY_SIZE);
      var _ = ctx.close();
    } else if (length > 0 && early.readableBytes() >= length) {
      byte[] first = new byte[length];
      early.readBytes(first);
      judge(ctx, first);
    }
  }

  private void judge(ChannelHandlerContext ctx, byte[] first) {
    state = State.JUDGEMENT;
    ctx.channel().config().setAutoRead(false);
    Passage judged = Objects.requireNonNull(passage);
    boolean taken =
        tunnel.judge(() -> {
          try {
            Judgement judgement = tunnel.doorkeeper().judge(judged, first);
            ctx.executor().execute(() -> judged(ctx, judgement));
          } catch (RuntimeException e) {
            // A defect of ours, or the end of the server. Fails closed.
            log.error("passage {} from {} could not be judged", id, remote, e);
            judged.close();
          }
        });
    if (!taken) {
      tunnel.events().refused(EdgeEvents.Limit.REQUESTS_IN_FLIGHT);
      judged(ctx, new Judgement.Refuse(tunnel.doorkeeper().busy(first)));
    }
  }

  private void judged(ChannelHandlerContext ctx, Judgement judgement) {
    boolean gone = state == State.CLOSED;
    switch (judgement) {
      case Judgement.Pass(var first) -> {
        letIn = true;
        if (gone) {
          ended();
        } else {
          connect(ctx, first);
        }
      }
      case Judgement.Refuse(var answer) -> {
        if (!gone) {
          state = State.CLOSED;
          ctx.writeAndFlush(Unpooled.wrappedBuffer(answer))
              .addListener(ChannelFutureListener.CLOSE);
        }
      }
    }
  }

  private void connect(ChannelHandlerContext ctx, byte[] first) {
    state = State.CONNECTING;
    ChannelFuture connecting =
        new Bootstrap()
            .group(ctx.channel().eventLoop())
            .channel(tunnel.socketType())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new TunnelExit(ctx.channel()))
            .connect(tunnel.inside());
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        log.warn("nobody listens inside: {}", String.valueOf(done.cause()));
        var _ = ctx.close();
      } else if (state == State.CLOSED) {
        var _ = connecting.channel().close();
      } else {
        connected(ctx, first, connecting.channel());
      }
    });
  }

  private void connected(ChannelHandlerContext ctx, byte[] first, Channel inner) {
    exit = inner;
    state = State.OPEN;
    var _ = inner.write(Unpooled.wrappedBuffer(first));
    var _ = inner.writeAndFlush(early.copy());
    early.clear().capacity(0);
    inner.config().setAutoRead(true);
    ctx.channel().config().setAutoRead(inner.isWritable());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Channel inner = exit;
    if (state == State.OPEN && inner != null) {
      inner.flush();
      if (!inner.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Channel inner = exit;
    if (state == State.OPEN && inner != null) {
      inner.config().setAutoRead(ctx.channel().isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state == State.HANDSHAKE && gate != null) {
      gate.over(false);
    }
    boolean judging = state == State.JUDGEMENT;
    state = State.CLOSED;
    if (exit != null) {
      var _ = exit.close();
    }
    if (!judging) {
      ended();
    }
    ctx.fireChannelInactive();
  }

  private void ended() {
    if (letIn && passage != null) {
      letIn = false;
      tunnel.closed(passage);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset connection, or broken TLS: whatever it is, the passage ends, and both ends notice.
    log.debug("passage {} from {}: {}", id, remote, cause.toString());
    var _ = ctx.close();
  }
}

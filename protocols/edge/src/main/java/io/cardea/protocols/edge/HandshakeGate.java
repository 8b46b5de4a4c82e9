package io.cardea.protocols.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Stands before the TLS of one connection: holds its first bytes back until the [HandshakeBudget]
/// has time for them, and charges what the handshake takes. Once it is over, bytes pass untouched.
final class HandshakeGate extends ChannelInboundHandlerAdapter implements HandshakeBudget.Waiting {
  /// More than a client says before it has heard from us.
  private static final int HELD_BYTES = 64 * 1024;

  private enum State {
    FRESH,
    WAITING,
    OPEN,
    OVER
  }

  private final HandshakeBudget budget;
  private final InetAddress source;
  private final ArrayDeque<Object> held = new ArrayDeque<>();
  private int heldBytes;
  private Optional<String> alert = Optional.empty();
  private @Nullable ChannelHandlerContext context;
  private State state = State.FRESH;

  HandshakeGate(HandshakeBudget budget, InetAddress source) {
    this.budget = budget;
    this.source = source;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (state) {
      case FRESH -> {
        hold(message);
        state = State.WAITING;
        budget.ask(source, this);
      }
      case WAITING -> {
        hold(message);
        if (heldBytes > HELD_BYTES) {
          var _ = ctx.close();
        }
      }
      case OPEN -> pass(ctx, message);
      case OVER -> ctx.fireChannelRead(message);
    }
  }

  private void hold(Object message) {
    held.add(message);
    heldBytes += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
  }

  @Override
  public void goOn() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return; // nothing was read through a handler that was never added
    }
    state = State.OPEN;
    while (!held.isEmpty()) {
      pass(ctx, held.remove());
    }
    ctx.fireChannelReadComplete();
  }

  private void pass(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      alert = Alerts.in(bytes).or(() -> alert);
    }
    long begun = budget.now();
    ctx.fireChannelRead(message);
    budget.spend(budget.now() - begun);
  }

  /// The last alert that came in the clear.
  Optional<String> alert() {
    return alert;
  }

  /// Whether it stands in the queue of the budget.
  boolean isWaiting() {
    return state == State.WAITING;
  }

  @Override
  public boolean gone() {
    return state == State.OVER;
  }

  /// The handshake ended, well or not; what follows is not charged.
  void over(boolean well) {
    if (state == State.OPEN) {
      budget.ended(source, well);
    }
    if (state == State.WAITING) {
      budget.left();
      held.forEach(ReferenceCountUtil::release);
      held.clear();
    }
    state = State.OVER;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state != State.OVER) {
      over(false);
    }
    ctx.fireChannelInactive();
  }
}

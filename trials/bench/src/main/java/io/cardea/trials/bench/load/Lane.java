package io.cardea.trials.bench.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One connection with at most one request in flight. Lives on the generator's thread.
final class Lane extends SimpleChannelInboundHandler<FullHttpResponse> {
  /// Who hears what became of a request.
  interface Listener {
    void answered(Lane lane, long latency, byte[] fingerprint);

    void failed(Lane lane, String how);
  }

  private final Dialect dialect;
  private Listener listener;
  private @Nullable Channel channel;
  private @Nullable Future<Channel> handshake;
  private @Nullable Csr asked;
  private long since;
  private boolean waits;

  Lane(Dialect dialect, Listener listener) {
    this.dialect = dialect;
    this.listener = listener;
  }

  void shakes(Future<Channel> future) {
    handshake = future;
  }

  /// Done when the connection can be used, if it is one with TLS.
  @Nullable Future<Channel> handshake() {
    return handshake;
  }

  void tells(Listener other) {
    listener = other;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    var _ = context.fireChannelActive();
  }

  /// @param from the moment from which its latency counts
  void ask(Csr csr, long from) {
    asked = csr;
    since = from;
    if (channel == null || !channel.isActive()) {
      fail("closed");
      return;
    }
    var _ = channel.writeAndFlush(dialect.request(csr));
  }

  /// Asks as soon as the handshake is done.
  void asksWhenReady(Csr csr, long from) {
    asked = csr;
    since = from;
    waits = true;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (waits && event instanceof SslHandshakeCompletionEvent shaken && shaken.isSuccess()) {
      waits = false;
      Csr csr = asked;
      if (csr != null) {
        ask(csr, since);
      }
    }
    var _ = context.fireUserEventTriggered(event);
  }

  void close() {
    if (channel != null) {
      var _ = channel.close();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpResponse answer) {
    Csr csr = asked;
    asked = null;
    if (csr == null) {
      close();
      return;
    }
    try {
      byte[] fingerprint = dialect.read(answer, csr);
      listener.answered(this, System.nanoTime() - since, fingerprint);
    } catch (BadAnswerException e) {
      listener.failed(this, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail("closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(cause.getClass().getSimpleName());
    var _ = context.close();
  }

  private void fail(String how) {
    if (asked != null) {
      asked = null;
      listener.failed(this, how);
    }
  }
}

package io.cardea.protocols.edge;

import io.cardea.life.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection, from accept to close. Confined to its event loop.
///
/// It is always in one state, and each state but [State#HANDLING] has a deadline that progress does
/// not move: a stranger who sends a byte a second gains nothing. One request is in flight at a
/// time; while it is, nothing more is read than what had already arrived.
final class EdgeConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(EdgeConnection.class);

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /// After an early refusal we read on for so long, and so much, that the client finds our answer
  /// and not a reset of the connection.
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final int LINGER_BYTES = 1024 * 1024;

  private enum State {
    OPENING,
    IDLE,
    READING,
    HANDLING,
    WRITING,
    LINGERING,
    CLOSED
  }

  private final EdgeServer server;
  private final long id;
  private final InetSocketAddress remote;
  private final @Nullable HandshakeGate gate;
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();
  private final long opened = System.nanoTime();
  private State state = State.OPENING;
  private long deadline;
  private long begun;
  private int requests;
  private int lingered;
  private boolean drainingQueue;
  private @Nullable Peer peer;
  private @Nullable RequestAssembly assembly;
  private @Nullable ChannelHandlerContext context;

  /// @param gate before the TLS; a plain connection has none
  EdgeConnection(
      EdgeServer server, long id, InetSocketAddress remote, @Nullable HandshakeGate gate) {
    this.server = server;
    this.id = id;
    this.remote = remote;
    this.gate = gate;
  }

  /// Sees bytes before they are HTTP, to start a request's clock at its first byte.
  ChannelHandler arrivals() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes && !arrived(bytes)) {
          bytes.release();
        } else {
          ctx.fireChannelRead(message);
        }
      }
    };
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    enter(State.OPENING, server.limits().handshakeTimeout());
    if (gate == null) {
      peer = new Peer(id, remote, Optional.empty(), Optional.empty());
    }
    scheduleCheck(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      handshakeEnded(ctx, handshake);
    }
    ctx.fireUserEventTriggered(event);
  }

  private void handshakeEnded(ChannelHandlerContext ctx, SslHandshakeCompletionEvent handshake) {
    if (state == State.CLOSED) {
      return;
    }
    SslHandler handler = ctx.pipeline().get(SslHandler.class);
    if (!handshake.isSuccess()) {
      failed(
          Handshake.failed(remote, ctx.channel(), handshake.cause(), gate, server.shown(handler)));
      close(ctx);
      return;
    }
    if (gate != null) {
      gate.over(true);
    }
    var _ = server.shown(handler);
    if (state != State.OPENING) { // a renegotiation: nobody needs one
      close(ctx);
      return;
    }
    Peer known = Handshake.done(id, remote, handler, server.isPlatformTls());
    peer = known;
    server.events().handshakeDone(known, System.nanoTime() - opened);
    enter(State.IDLE, server.limits().idleTimeout());
  }

  private void failed(FailedHandshake failed) {
    if (gate != null) {
      gate.over(false);
    }
    server.events().handshakeFailed(failed);
    log.debug(
        "connection {} from {}: handshake failed, {} {}",
        id,
        remote,
        failed.reason(),
        failed.detail());
  }

  /// Whether the bytes are still wanted.
  private boolean arrived(ByteBuf bytes) {
    return switch (state) {
      case OPENING, IDLE -> {
        if (!onlyLineEnds(bytes)) {
          enter(State.READING, server.limits().requestTimeout());
          begun = System.nanoTime();
        }
        yield true;
      }
      case READING, HANDLING, WRITING -> true;
      case LINGERING -> {
        lingered += bytes.readableBytes();
        if (lingered > LINGER_BYTES && context != null) {
          close(context);
        }
        yield false;
      }
      case CLOSED -> false;
    };
  }

  /// Some clients send stray line ends after a body; they begin no request.
  private static boolean onlyLineEnds(ByteBuf bytes) {
    return bytes.forEachByte(b -> b == '\r' || b == '\n') < 0;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.HANDLING || state == State.WRITING || !waiting.isEmpty()) {
      waiting.add(message);
      ctx.channel().config().setAutoRead(false);
    } else {
      part(ctx, message);
    }
  }

  private void part(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.LINGERING || state == State.CLOSED) {
        return;
      }
      if (message instanceof HttpRequest head) {
        begin(ctx, head);
      }
      if (message instanceof HttpContent content && assembly != null && state == State.READING) {
        gather(ctx, assembly, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest head) {
    if (state != State.READING) { // it was here before the last answer was
      enter(State.READING, server.limits().requestTimeout());
      begun = System.nanoTime();
    }
    requests++;
    RequestAssembly begins = new RequestAssembly(head, server.limits(), server.dispatch());
    assembly = begins;
    switch (begins.judgeHead()) {
      case RequestAssembly.Verdict.Refuse refuse -> refuse(ctx, refuse);
      case RequestAssembly.Verdict.GoOn _ -> {
        if (begins.expectsContinue()) {
          var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
        }
      }
    }
  }

  private void gather(ChannelHandlerContext ctx, RequestAssembly gathering, HttpContent content) {
    if (gathering.judge(content.decoderResult()) instanceof RequestAssembly.Verdict.Refuse refuse) {
      refuse(ctx, refuse);
    } else if (gathering.add(content.content()) instanceof RequestAssembly.Verdict.Refuse refuse) {
      refuse(ctx, refuse);
    } else if (content instanceof LastHttpContent && peer != null) {
      handle(ctx, gathering, peer);
    }
  }

  private void handle(ChannelHandlerContext ctx, RequestAssembly gathered, Peer connected) {
    Peer asking = connected;
    if (connected.certificate().filter(server.proxies()::isPinned).isPresent()) {
      switch (ForwardedCertificate.read(gathered.fields(ForwardedCertificate.FIELD))) {
        case ForwardedCertificate.None _ ->
            asking = connected.broughtAlong(Optional.empty(), false);
        case ForwardedCertificate.Of(var certificate) ->
            asking = connected.broughtAlong(Optional.of(certificate), server.proxies().prove());
        case ForwardedCertificate.Malformed _ -> {
          refuse(
              ctx,
              RequestAssembly.refuse(
                  400, Refusal.REQUEST_MALFORMED, "Client-Cert: expected one byte sequence"));
          return;
        }
      }
    }
    EdgeRequest request = gathered.finish(asking, requests);
    state = State.HANDLING;
    server
        .dispatch()
        .run(request, server.events(), (route, response) -> answered(ctx, route, response));
  }

  private void refuse(ChannelHandlerContext ctx, RequestAssembly.Verdict.Refuse refuse) {
    refuse.limit().ifPresent(server.events()::refused);
    log.debug("connection {} from {}: {}", id, remote, refuse.response());
    answer(ctx, Dispatch.NO_ROUTE, refuse.response().withClose(), true);
  }

  private void answered(ChannelHandlerContext ctx, String route, EdgeResponse response) {
    if (ctx.executor().inEventLoop()) {
      answer(ctx, route, response, false);
      return;
    }
    try {
      ctx.executor().execute(() -> answer(ctx, route, response, false));
    } catch (RejectedExecutionException e) {
      log.debug("connection {}: answered after the end of the drain", id);
    }
  }

  private void answer(
      ChannelHandlerContext ctx, String route, EdgeResponse response, boolean early) {
    RequestAssembly answers = assembly;
    assembly = null;
    if (answers != null) {
      answers.release();
    }
    long nanos = System.nanoTime() - begun;
    server.events().requestFinished(route, response.status(), nanos);
    if (state == State.CLOSED) {
      return;
    }
    ResponseBytes.Connection says =
        early ? ResponseBytes.Connection.CLOSE : fate(answers, response);
    boolean stays = says != ResponseBytes.Connection.CLOSE;
    boolean head = answers != null && answers.isHead();
    enter(State.WRITING, server.limits().writeTimeout());
    ChannelFuture written =
        ctx.writeAndFlush(server.responses().write(ctx.alloc(), response, head, says));
    if (written.isSuccess()) {
      written(ctx, stays, early);
    } else {
      written.addListener(done -> {
        if (done.isSuccess()) {
          written(ctx, stays, early);
        } else {
          close(ctx);
        }
      });
    }
  }

  private ResponseBytes.Connection fate(@Nullable RequestAssembly answers, EdgeResponse response) {
    if (answers == null
        || response.close()
        || !answers.keepAlive()
        || requests >= server.limits().requestsPerConnection()
        || server.isDraining()) {
      return ResponseBytes.Connection.CLOSE;
    }
    return answers.isOldVersion()
        ? ResponseBytes.Connection.KEEP_ALIVE_SAID
        : ResponseBytes.Connection.KEEP_ALIVE;
  }

  private void written(ChannelHandlerContext ctx, boolean stays, boolean early) {
    if (state != State.WRITING) {
      return;
    }
    if (stays) {
      enter(State.IDLE, server.limits().idleTimeout());
      next(ctx);
    } else if (early) {
      linger(ctx);
    } else {
      close(ctx);
    }
  }

  /// Takes up what arrived while a request was in flight.
  private void next(ChannelHandlerContext ctx) {
    if (drainingQueue) {
      return; // an answer from memory: the loop below goes on
    }
    drainingQueue = true;
    while (!waiting.isEmpty() && state != State.HANDLING && state != State.WRITING) {
      part(ctx, waiting.remove());
    }
    drainingQueue = false;
    if (waiting.isEmpty() && state != State.HANDLING && !ctx.channel().config().isAutoRead()) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private void linger(ChannelHandlerContext ctx) {
    enter(State.LINGERING, LINGER);
    dropWaiting();
    ctx.channel().config().setAutoRead(true);
    SslHandler ssl = ctx.pipeline().get(SslHandler.class);
    if (ssl != null) {
      var _ = ssl.closeOutbound();
    } else if (ctx.channel() instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    }
  }

  /// Ends an idle connection now, a busy one after its answer.
  void drain() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && (state == State.IDLE || state == State.OPENING)) {
      close(ctx);
    }
  }

  private void enter(State next, Duration limit) {
    state = next;
    deadline = System.nanoTime() + limit.toNanos();
  }

  /// One timer a connection, so that a request costs none. Deadlines are met a quarter late at
  /// worst.
  private void scheduleCheck(ChannelHandlerContext ctx) {
    var _ =
        ctx.executor()
            .schedule(() -> check(ctx), server.checkEvery().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void check(ChannelHandlerContext ctx) {
    if (state == State.CLOSED) {
      return;
    }
    if (System.nanoTime() - deadline >= 0) {
      expired(ctx);
    }
    if (state != State.CLOSED) {
      scheduleCheck(ctx);
    }
  }

  private void expired(ChannelHandlerContext ctx) {
    switch (state) {
      case OPENING -> {
        SslHandler handler = ctx.pipeline().get(SslHandler.class);
        if (gate != null && gate.isWaiting()) {
          server.events().refused(EdgeEvents.Limit.HANDSHAKE_SHARE);
        } else if (handler != null) {
          failed(
              new FailedHandshake(
                  remote.getAddress(),
                  EdgeEvents.HandshakeFailure.TIMEOUT,
                  "",
                  server.shown(handler)));
        } else {
          server.events().refused(EdgeEvents.Limit.IDLE_TIME);
        }
        log.debug("connection {} from {}: nothing arrived in time", id, remote);
        close(ctx);
      }
      case IDLE -> {
        server.events().refused(EdgeEvents.Limit.IDLE_TIME);
        close(ctx);
      }
      case READING -> {
        server.events().refused(EdgeEvents.Limit.REQUEST_TIME);
        log.debug("connection {} from {}: the request took too long", id, remote);
        EdgeResponse late =
            Dispatch.refusal(408, Refusal.REQUEST_TIMEOUT, "the request did not arrive in time");
        answer(ctx, Dispatch.NO_ROUTE, late.withClose(), true);
      }
      case WRITING -> {
        server.events().refused(EdgeEvents.Limit.WRITE_TIME);
        log.debug("connection {} from {}: the answer was not taken in time", id, remote);
        close(ctx);
      }
      case LINGERING -> close(ctx);
      case HANDLING, CLOSED -> {}
    }
  }

  private void close(ChannelHandlerContext ctx) {
    closed();
    var _ = ctx.close();
  }

  private void closed() {
    boolean handling = state == State.HANDLING;
    state = State.CLOSED;
    if (!handling && assembly != null) {
      assembly.release();
      assembly = null;
    }
    dropWaiting();
  }

  private void dropWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed();
    ctx.fireChannelInactive();
  }

  /// One line, no trace: whatever breaks here, a stranger sent it or hung up.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection {} from {}: {}", id, remote, cause.toString());
    close(ctx);
  }
}

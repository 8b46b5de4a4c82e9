package io.cardea.protocols.edge;

import io.cardea.life.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One request while its parts arrive: the head is judged at once, the body is gathered.
///
/// Room for the body is taken as its bytes arrive, never because a header announces them.
final class RequestAssembly {

  /// What to do after a part: go on, or answer so and close.
  sealed interface Verdict {
    record GoOn() implements Verdict {}

    record Refuse(EdgeResponse response, Optional<EdgeEvents.Limit> limit) implements Verdict {}
  }

  private static final Verdict GO_ON = new Verdict.GoOn();
  private static final byte[] EMPTY = {};

  private final HttpRequest head;
  private final EdgeLimits limits;
  private final Dispatch dispatch;
  private byte[] body = EMPTY;
  private int length;
  private int reserved;

  RequestAssembly(HttpRequest head, EdgeLimits limits, Dispatch dispatch) {
    this.head = head;
    this.limits = limits;
    this.dispatch = dispatch;
  }

  Verdict judgeHead() {
    Verdict decoded = judge(head.decoderResult());
    if (decoded instanceof Verdict.Refuse) {
      return decoded;
    }
    HttpVersion version = head.protocolVersion();
    if (version.majorVersion() != 1 || version.minorVersion() > 1) {
      return refuse(505, Refusal.REQUEST_MALFORMED, "HTTP/1.1 is spoken here");
    }
    int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_1))) {
      return refuse(400, Refusal.REQUEST_MALFORMED, "exactly one Host field is required");
    }
    List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty()
        && (codings.size() > 1
            || !codings.getFirst().equalsIgnoreCase("chunked")
            || version.equals(HttpVersion.HTTP_1_0))) {
      return refuse(501, Refusal.REQUEST_MALFORMED, "chunked is the only transfer coding here");
    }
    if (HttpUtil.getContentLength(head, 0L) > limits.bodyBytes()) {
      return tooLarge();
    }
    String expect = head.headers().get(HttpHeaderNames.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      return refuse(
          417, Refusal.REQUEST_MALFORMED, "the only expectation met here is 100-continue");
    }
    return GO_ON;
  }

  /// Whether the client waits for a word before it sends the body.
  boolean expectsContinue() {
    return head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && head.headers().contains(HttpHeaderNames.EXPECT);
  }

  Verdict add(ByteBuf content) {
    int more = content.readableBytes();
    if (more > limits.bodyBytes() - length) {
      return tooLarge();
    }
    if (length + more > body.length) {
      int capacity = Math.min(limits.bodyBytes(), Math.max(length + more, 2 * body.length));
      if (!dispatch.reserve(capacity - reserved)) {
        return new Verdict.Refuse(
            Dispatch.busy(), Optional.of(EdgeEvents.Limit.REQUESTS_IN_FLIGHT));
      }
      reserved = capacity;
      body = Arrays.copyOf(body, capacity);
    }
    content.getBytes(content.readerIndex(), body, length, more);
    length += more;
    return GO_ON;
  }

  Verdict judge(DecoderResult result) {
    if (result.isSuccess()) {
      return GO_ON;
    }
    Throwable cause = result.cause();
    if (cause instanceof TooLongHttpLineException || cause instanceof TooLongHttpHeaderException) {
      return new Verdict.Refuse(
          Dispatch.refusal(
              431,
              Refusal.REQUEST_TOO_LARGE,
              "header fields: at most " + limits.headerBytes() + " bytes"),
          Optional.of(EdgeEvents.Limit.HEADER_SIZE));
    }
    return refuse(400, Refusal.REQUEST_MALFORMED, "this is not HTTP/1.1");
  }

  List<String> fields(String name) {
    return head.headers().getAll(name);
  }

  EdgeRequest finish(Peer peer, int number) {
    String target = head.uri();
    if (!target.startsWith("/")) {
      target = withoutAuthority(target);
    }
    int question = target.indexOf('?');
    return new EdgeRequest(
        head.method().name(),
        question < 0 ? target : target.substring(0, question),
        question < 0 ? Optional.empty() : Optional.of(target.substring(question + 1)),
        new Headers(head.headers()),
        length == body.length ? body : Arrays.copyOf(body, length),
        peer,
        number,
        Map.of());
  }

  /// Gives the room for the body back. To be called once, when the answer is known.
  void release() {
    dispatch.giveBack(reserved);
    reserved = 0;
    body = EMPTY;
  }

  boolean isHead() {
    return head.method().name().equals("HEAD");
  }

  boolean keepAlive() {
    return HttpUtil.isKeepAlive(head);
  }

  boolean isOldVersion() {
    return head.protocolVersion().equals(HttpVersion.HTTP_1_0);
  }

  /// RFC 9112 §3.2.2: the absolute form must be understood, and its authority means nothing here.
  private static String withoutAuthority(String target) {
    int scheme = target.indexOf("://");
    if (scheme < 0) {
      return target;
    }
    int path = target.indexOf('/', scheme + 3);
    return path < 0 ? "/" : target.substring(path);
  }

  private Verdict tooLarge() {
    return new Verdict.Refuse(
        Dispatch.refusal(
            413, Refusal.REQUEST_TOO_LARGE, "a body: at most " + limits.bodyBytes() + " bytes"),
        Optional.of(EdgeEvents.Limit.BODY_SIZE));
  }

  static Verdict.Refuse refuse(int status, Refusal refusal, String text) {
    return new Verdict.Refuse(Dispatch.refusal(status, refusal, text), Optional.empty());
  }
}

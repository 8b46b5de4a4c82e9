package io.cardea.trials.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Base64;

/// Ours, the peer's, and none at all.
public final class Dialects {
  private static final byte[] NOTHING = {};

  private Dialects() {}

  /// EST's simplereenroll (RFC 7030 §4.2.2).
  public static Dialect est() {
    return new Dialect() {
      @Override
      public FullHttpRequest request(Csr csr) {
        FullHttpRequest request =
            post("/.well-known/est/simplereenroll", Base64.getEncoder().encode(csr.der()));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/pkcs10");
        request.headers().set("Content-Transfer-Encoding", "base64");
        return request;
      }

      @Override
      public byte[] read(FullHttpResponse answer, Csr csr) throws BadAnswerException {
        byte[] message = decoded(Base64.getMimeDecoder(), body(answer));
        return IssuedRead.matched(IssuedRead.onlyCertificate(message), csr.publicKey());
      }
    };
  }

  /// The `sign` of `cfssl serve`.
  public static Dialect cfssl() {
    return new Dialect() {
      private static final String BEGIN = "-----BEGIN CERTIFICATE-----\\n";
      private static final String END = "-----END CERTIFICATE-----";

      @Override
      public FullHttpRequest request(Csr csr) {
        String pem = Base64.getEncoder().encodeToString(csr.der());
        String json =
            "{\"hosts\":[\"device-1\"],\"certificate_request\":\"-----BEGIN CERTIFICATE REQUEST-----\\n"
                + pem
                + "\\n-----END CERTIFICATE REQUEST-----\\n\"}";
        FullHttpRequest request = post("/api/v1/cfssl/sign", json.getBytes(US_ASCII));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        return request;
      }

      @Override
      public byte[] read(FullHttpResponse answer, Csr csr) throws BadAnswerException {
        String json = new String(body(answer), US_ASCII);
        int begin = json.indexOf(BEGIN);
        int end = json.indexOf(END);
        if (begin < 0 || end < begin) {
          throw new BadAnswerException("no certificate");
        }
        String pem = json.substring(begin + BEGIN.length(), end).replace("\\n", "");
        return IssuedRead.matched(
            decoded(Base64.getDecoder(), pem.getBytes(US_ASCII)), csr.publicKey());
      }
    };
  }

  /// A path that is answered at once, by nobody who knows devices.
  public static Dialect bare(String path) {
    return new Dialect() {
      @Override
      public FullHttpRequest request(Csr csr) {
        FullHttpRequest request =
            new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
        request.headers().set(HttpHeaderNames.HOST, "localhost");
        return request;
      }

      @Override
      public byte[] read(FullHttpResponse answer, Csr csr) throws BadAnswerException {
        var _ = body(answer);
        return NOTHING;
      }
    };
  }

  private static FullHttpRequest post(String path, byte[] body) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, path, Unpooled.wrappedBuffer(body));
    request.headers().set(HttpHeaderNames.HOST, "localhost");
    request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return request;
  }

  private static byte[] body(FullHttpResponse answer) throws BadAnswerException {
    if (answer.status().code() != 200) {
      throw new BadAnswerException(
          "status " + answer.status().code() + " " + answer.headers().get("Cardea-Code", ""));
    }
    return ByteBufUtil.getBytes(answer.content());
  }

  private static byte[] decoded(Base64.Decoder decoder, byte[] text) throws BadAnswerException {
    try {
      return decoder.decode(text);
    } catch (IllegalArgumentException e) {
      throw new BadAnswerException("no base64");
    }
  }
}

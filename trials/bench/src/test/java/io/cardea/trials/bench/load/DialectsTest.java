package io.cardea.trials.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.pki.Csr;
import io.cardea.platform.keys.CryptoBackends;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DialectsTest {
  private final CsrMaker maker = new CsrMaker(CryptoBackends.fastest());

  private static FullHttpResponse answer(int status, String body) {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1,
        HttpResponseStatus.valueOf(status),
        Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
  }

  @Test
  void request_isOneThatTheProductAccepts() throws Exception {
    io.cardea.trials.bench.load.Csr made = maker.make();

    Csr read = Csr.parse(made.der()).verified(CryptoBackends.pureJava());

    assertThat(read.key().der()).isEqualTo(made.publicKey());
  }

  @Test
  void refusal_isAFailureWithItsCode() {
    FullHttpResponse answer = answer(403, "");
    answer.headers().set("Cardea-Code", "credential-expired");

    assertThatThrownBy(() -> Dialects.est().read(answer, maker.make()))
        .isInstanceOf(BadAnswerException.class)
        .hasMessage("status 403 credential-expired");
  }

  @Test
  void rubbish_isAFailure() {
    assertThatThrownBy(() -> Dialects.est().read(answer(200, "MAMC"), maker.make()))
        .isInstanceOf(BadAnswerException.class);
    assertThatThrownBy(() -> Dialects.est().read(answer(200, ""), maker.make()))
        .isInstanceOf(BadAnswerException.class);
    assertThatThrownBy(() -> Dialects.cfssl().read(answer(200, "{}"), maker.make()))
        .isInstanceOf(BadAnswerException.class);
  }
}

package io.cardea.protocols.est;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Csr;
import io.cardea.life.pki.JdkBackend;
import io.cardea.protocols.edge.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whatever a body holds, it comes out as octets or as a refusal, in bounds.
class RequestBodyTest {

  private static final Set<Refusal> EXPECTED =
      Set.of(
          Refusal.CSR_MALFORMED,
          Refusal.CSR_TOO_LARGE,
          Refusal.CSR_BAD_PROOF,
          Refusal.KEY_NOT_ALLOWED);

  @FuzzTest(maxDuration = "1m")
  void body_isReadOrRefused(byte[] body) {
    check(body);
  }

  @FuzzTest(maxDuration = "1m")
  void login_isReadOrRefused(byte[] field) {
    checkLogin(new String(field, StandardCharsets.ISO_8859_1));
  }

  /// The same without the fuzzer's patience: small changes to a good request, from a fixed seed.
  @Test
  void spoiltRequests_areReadOrRefused() throws Exception {
    byte[] der = Requests.csr(TestFleet.ec());
    byte[] text = Base64.getMimeEncoder().encode(der);
    Random random = new Random(7030);
    for (int i = 0; i < 3_000; i++) {
      check(spoil(i % 2 == 0 ? der : text, random));
    }
  }

  @Test
  void spoiltLogins_areReadOrRefused() {
    byte[] good = TestClient.basic("pump:17", "secret").getBytes(StandardCharsets.ISO_8859_1);
    Random random = new Random(7617);
    for (int i = 0; i < 20_000; i++) {
      checkLogin(new String(spoil(good, random), StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void goodRequest_survives() throws Exception {
    byte[] der = Requests.csr(TestFleet.ec());
    assertThat(RequestBody.decode(Base64.getMimeEncoder().encode(der))).isEqualTo(der);
    assertThat(RequestBody.decode(der)).isEqualTo(der);
  }

  private static byte[] spoil(byte[] good, Random random) {
    byte[] bytes =
        Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(good.length) : good.length);
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static void check(byte[] body) {
    try {
      byte[] der = RequestBody.decode(body);
      assertThat(der.length).isLessThanOrEqualTo(Csr.MAX_LENGTH);
      Csr.parse(der).verified(new JdkBackend());
    } catch (Refused refused) {
      assertThat(refused.refusal()).isIn(EXPECTED);
    }
  }

  private static void checkLogin(String field) {
    Headers headers;
    try {
      headers = Headers.of(Map.of("Authorization", field));
    } catch (IllegalArgumentException e) {
      return; // no header field: the edge never lets it through
    }
    try {
      BasicLogin.of(headers, "");
    } catch (Refused refused) {
      assertThat(refused.refusal()).isEqualTo(Refusal.REQUEST_MALFORMED);
      assertThat(refused.detail()).doesNotContain("pump");
    }
  }
}

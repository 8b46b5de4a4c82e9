package io.cardea.protocols.est.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.protocols.edge.EdgeHandler;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 7030 and 8951, the client's side")
class EstClientTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Login LOGIN = new Login("pump-0001", "secret-token");

  private final TestAuthority authority = new TestAuthority("Root", NOW);
  private final KeyPair key = KeyKind.EC_P256.generate();
  private final byte[] csr = CertificateRequests.der(key, "pump-0001");
  private final AtomicReference<EdgeRequest> seen = new AtomicReference<>();
  private final AtomicReference<EdgeHandler> behaviour =
      new AtomicReference<>(request -> EdgeResponse.of(404));
  private final CountDownLatch over = new CountDownLatch(1);
  private final TestDoor door = new TestDoor(authority, NOW, routes());

  private Routes.Builder routes() {
    EdgeHandler handler =
        request -> {
          seen.set(request);
          return behaviour.get().handle(request);
        };
    return Routes.builder()
        .route("GET", "/.well-known/est/cacerts", handler)
        .route("POST", "/.well-known/est/simpleenroll", handler)
        .route("POST", "/.well-known/est/simplereenroll", handler)
        .route("GET", "/elsewhere", handler);
  }

  @AfterEach
  void close() {
    over.countDown();
    door.close();
  }

  private X509Certificate certificate(KeyPair of) {
    return authority.device("pump-0001", of.getPublic(), NOW, NOW.plus(Duration.ofDays(1)));
  }

  private static EdgeResponse pkcs7(byte[] body) {
    return EdgeResponse.of(200)
        .withHeader("Content-Transfer-Encoding", "base64")
        .withBody("application/pkcs7-mime; smime-type=certs-only", body);
  }

  private void answer(EdgeResponse response) {
    behaviour.set(request -> response);
  }

  private EnrolAnswer enrol() throws IOException {
    return enrol(door.settings());
  }

  private EnrolAnswer enrol(ConnectionSettings settings) throws IOException {
    try (DeviceConnection connection = DeviceConnection.anonymous(settings)) {
      return new EstClient(connection).enrol(csr, LOGIN);
    }
  }

  @Nested
  @DisplayName("§3.2.3 and §4.2.1 - enrolment by HTTP Basic")
  class Enrolment {
    @Test
    void request_carriesLoginAndEncodedRequest() throws Exception {
      X509Certificate issued = certificate(key);
      answer(pkcs7(Base64.getEncoder().encode(TestAuthority.pkcs7(issued))));

      EnrolAnswer answer = enrol();

      assertThat(answer).isEqualTo(new Issued(issued));
      assertThat(seen.get().headers().first("Authorization"))
          .contains(
              "Basic "
                  + Base64.getEncoder()
                      .encodeToString("pump-0001:secret-token".getBytes(StandardCharsets.UTF_8)));
      assertThat(seen.get().headers().first("Content-Type")).contains("application/pkcs10");
      assertThat(Base64.getDecoder().decode(seen.get().body())).isEqualTo(csr);
      assertThat(seen.get().peer().certificate()).isEmpty();
    }

    @Test
    void brokenBase64_isRead() throws Exception {
      X509Certificate issued = certificate(key);
      answer(pkcs7(Base64.getMimeEncoder().encode(TestAuthority.pkcs7(issued))));

      assertThat(enrol()).isEqualTo(new Issued(issued));
    }

    @Test
    void token_isNotInToString() {
      assertThat(LOGIN.toString()).doesNotContain("secret");
    }
  }

  @Nested
  @DisplayName("§3.3.2 and §4.2.2 - renewal by client certificate")
  class Renewal {
    @ParameterizedTest
    @ValueSource(strings = {"EC_P256", "EC_P384", "RSA_2048"})
    void identity_isShownWhateverItsKind(String kind) throws Exception {
      KeyPair old = KeyKind.valueOf(kind).generate();
      X509Certificate shown = certificate(old);
      X509Certificate issued = certificate(key);
      answer(pkcs7(Base64.getEncoder().encode(TestAuthority.pkcs7(issued))));

      EnrolAnswer answer;
      try (DeviceConnection connection =
          DeviceConnection.as(
              door.settings(), new ClientIdentity(old.getPrivate(), List.of(shown)))) {
        answer = new EstClient(connection).reenrol(csr);
      }

      assertThat(answer).isEqualTo(new Issued(issued));
      assertThat(seen.get().peer().certificate().orElseThrow().der()).isEqualTo(shown.getEncoded());
    }

    @Test
    void expiredIdentity_isStillShown() throws Exception {
      X509Certificate expired =
          authority.device("pump-0001", key.getPublic(), NOW, NOW.plusSeconds(1));
      answer(EdgeResponse.text(403, "expired").withHeader("Cardea-Code", "credential-expired"));

      EnrolAnswer answer;
      try (DeviceConnection connection =
          DeviceConnection.as(
              door.settings(), new ClientIdentity(key.getPrivate(), List.of(expired)))) {
        answer = new EstClient(connection).reenrol(csr);
      }

      assertThat(answer).isEqualTo(new Declined(403, "credential-expired", "expired"));
      assertThat(seen.get().peer().certificate()).isPresent();
    }

    @Test
    void anonymousConnection_isAMistakeOfTheCaller() {
      try (DeviceConnection connection = DeviceConnection.anonymous(door.settings())) {
        assertThatThrownBy(() -> new EstClient(connection).reenrol(csr))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Nested
  @DisplayName("§4.2.3 - answers")
  class Answer {
    @Test
    void accepted_isLater() throws Exception {
      answer(EdgeResponse.of(202).withRetryAfter(Duration.ofSeconds(90)));

      assertThat(enrol()).isEqualTo(new Later(Duration.ofSeconds(90), ""));
    }

    @Test
    void unavailableWithRetryAfter_isLater() throws Exception {
      answer(
          EdgeResponse.of(503)
              .withHeader("Cardea-Code", "store-unavailable")
              .withRetryAfter(Duration.ofSeconds(5)));

      assertThat(enrol()).isEqualTo(new Later(Duration.ofSeconds(5), "store-unavailable"));
    }

    @Test
    void retryAfterAsDate_isCountedFromTheServersDate() throws Exception {
      behaviour.set(request ->
          EdgeResponse.of(429).withHeader("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"));

      assertThat(enrol()).isEqualTo(new Later(Duration.ofDays(7), ""));
    }

    @Test
    void refusalWithCode_isDeclined() throws Exception {
      answer(
          EdgeResponse.text(401, "the token was wrong\nsecond line")
              .withHeader("Cardea-Code", "token-invalid"));

      assertThat(enrol()).isEqualTo(new Declined(401, "token-invalid", "the token was wrong"));
    }

    @Test
    void refusalWithoutCode_isNotCoded() throws Exception {
      answer(EdgeResponse.text(403, "blocked by proxy").withHeader("Cardea-Code", "NOT a code"));

      assertThat(enrol())
          .isInstanceOfSatisfying(Declined.class, d -> assertThat(d.coded()).isFalse());
    }

    @Test
    void certificateForAnotherKey_isRefused() {
      answer(
          pkcs7(
              Base64.getEncoder()
                  .encode(TestAuthority.pkcs7(certificate(KeyKind.EC_P256.generate())))));

      assertThatIOException()
          .isThrownBy(EstClientTest.this::enrol)
          .isInstanceOf(BadAnswerException.class)
          .withMessageContaining("0 certificates for the key of the request");
    }
  }

  @Nested
  @DisplayName("§4.1 - CA certificates")
  class CaCertificatesRequest {
    @Test
    void roots_areThoseSignedByThemselves() throws Exception {
      X509Certificate other = certificate(key);
      answer(pkcs7(Base64.getEncoder().encode(TestAuthority.pkcs7(authority.root(), other))));

      CaAnswer answer;
      try (DeviceConnection connection = DeviceConnection.anonymous(door.settings())) {
        answer = new EstClient(connection).cacerts();
      }

      assertThat(answer)
          .isInstanceOfSatisfying(
              CaCertificates.class,
              c -> {
                assertThat(c.certificates()).containsExactlyInAnyOrder(authority.root(), other);
                assertThat(c.roots()).containsExactly(authority.root());
              });
    }
  }

  @Nested
  @DisplayName("hostile answers")
  class Hostile {
    @ParameterizedTest
    @ValueSource(strings = {"", "MII", "!!!!", "AAAA", "MAAwADAA", "MIIBAgYJKoZIhvcNAQcC"})
    void rubbish_isABadAnswer(String body) {
      answer(pkcs7(body.getBytes(StandardCharsets.US_ASCII)));

      assertThatIOException()
          .isThrownBy(EstClientTest.this::enrol)
          .isInstanceOf(BadAnswerException.class);
    }

    @Test
    void truncatedCertificate_isABadAnswer() {
      byte[] whole = TestAuthority.pkcs7(certificate(key));
      for (int length = 1; length < whole.length; length += 7) {
        byte[] cut = Base64.getEncoder().encode(java.util.Arrays.copyOf(whole, length));
        assertThatIOException()
            .isThrownBy(() -> CertificateBag.read(cut))
            .isInstanceOf(BadAnswerException.class);
      }
    }

    @Test
    void deepNesting_isABadAnswer() {
      byte[] nested = new byte[48 * 1024];
      for (int i = 0; i + 1 < nested.length; i += 2) {
        nested[i] = 0x30;
        nested[i + 1] = (byte) 0x80;
      }
      assertThatIOException()
          .isThrownBy(() -> CertificateBag.read(Base64.getEncoder().encode(nested)))
          .isInstanceOf(BadAnswerException.class);
    }

    @Test
    void captivePortal_isABadAnswer() {
      answer(EdgeResponse.of(200).withBody("text/html", "<html>".getBytes(StandardCharsets.UTF_8)));

      assertThatIOException().isThrownBy(EstClientTest.this::enrol).withMessageContaining("html");
    }

    @Test
    void hugeAnswer_isCutOff() {
      answer(pkcs7(new byte[DeviceConnection.MAX_ANSWER + 1]));

      assertThatIOException().isThrownBy(EstClientTest.this::enrol).withMessageContaining("answer");
    }

    @Test
    void redirect_isNotFollowed() throws Exception {
      answer(EdgeResponse.of(307).withHeader("Location", "/elsewhere"));

      assertThat(enrol()).isEqualTo(new Declined(307, "", ""));
      assertThat(seen.get().rawPath()).endsWith("simpleenroll");
    }

    @Test
    void silentServer_isGivenUp() {
      behaviour.set(request -> {
        try {
          over.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return EdgeResponse.of(200);
      });

      assertThatIOException()
          .isThrownBy(() ->
              enrol(door.settings().withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(300))));
    }
  }

  @Nested
  @DisplayName("§3.6 - whom a device believes")
  class Trust {
    @Test
    void otherAuthority_isNotBelieved() {
      TestAuthority other = new TestAuthority("Other", NOW);

      assertThatIOException()
          .isThrownBy(() -> enrol(door.settings().withAnchors(Set.of(other.root()))));
      assertThat(seen.get()).isNull();
    }

    @Test
    void otherName_isNotBelieved() {
      ConnectionSettings settings =
          new ConnectionSettings(
              java.net.URI.create("https://127.0.0.2:" + door.address().getPort()),
              Set.of(authority.root()));

      assertThatIOException().isThrownBy(() -> enrol(settings));
      assertThat(seen.get()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-3650, 3650})
    void serverOfAnotherTime_isBelieved(int days) throws Exception {
      Instant then = Instant.now().plus(Duration.ofDays(days));
      TestAuthority elsewhen = new TestAuthority("Elsewhen", then);
      answer(EdgeResponse.of(202).withRetryAfter(Duration.ofSeconds(1)));
      try (TestDoor far = new TestDoor(elsewhen, then, routes())) {
        assertThat(enrol(far.settings())).isInstanceOf(Later.class);
      }
    }

    @Test
    void serverThatEndedBeforeAMomentThatPassed_isNotBelieved() {
      assertThatIOException()
          .isThrownBy(() -> enrol(door.settings().withNotBefore(NOW.plus(Duration.ofDays(31)))));
      assertThat(seen.get()).isNull();
    }
  }
}

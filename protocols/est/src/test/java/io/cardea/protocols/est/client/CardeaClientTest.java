package io.cardea.protocols.est.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.cardea.life.pki.CertId;
import io.cardea.life.pki.Certificate;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardeaClientTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final TestAuthority authority = new TestAuthority("Root", NOW);
  private final KeyPair key = KeyKind.EC_P256.generate();
  private final X509Certificate certificate =
      authority.device("pump-0001", key.getPublic(), NOW, NOW.plus(Duration.ofDays(1)));
  private final AtomicReference<EdgeRequest> seen = new AtomicReference<>();
  private final AtomicReference<EdgeResponse> answer = new AtomicReference<>(EdgeResponse.of(404));
  private final TestDoor door =
      new TestDoor(
          authority,
          NOW,
          Routes.builder()
              .route("GET", "/.well-known/cardea/{what}", this::handle)
              .route("GET", "/.well-known/cardea/renewal-info/{id}", this::handle));

  private EdgeResponse handle(EdgeRequest request) {
    seen.set(request);
    return answer.get();
  }

  @AfterEach
  void close() {
    door.close();
  }

  private static EdgeResponse json(String text) {
    return EdgeResponse.of(200).withBody("application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  private RenewalAnswer ask() throws IOException {
    try (DeviceConnection connection = DeviceConnection.anonymous(door.settings())) {
      return new CardeaClient(connection).renewalInfo(certificate);
    }
  }

  private Admission self() throws IOException {
    try (DeviceConnection connection =
        DeviceConnection.as(
            door.settings(), new ClientIdentity(key.getPrivate(), List.of(certificate)))) {
      return new CardeaClient(connection).self();
    }
  }

  @Nested
  @DisplayName("RFC 9773 §4 - renewal information")
  class Window {
    @Test
    void window_isReadWithRelativeSeconds() throws Exception {
      answer.set(
          json("""
          {"suggestedWindow": {"start": "2026-06-01T12:00:00Z", "end": "2026-06-01T13:00:00Z"},
           "relative": {"start_seconds": -60, "end_seconds": 3540}}\
          """)
              .withRetryAfter(Duration.ofSeconds(30)));

      assertThat(ask())
          .isEqualTo(
              new RenewalInfo(
                  Instant.parse("2026-06-01T12:00:00Z"),
                  Instant.parse("2026-06-01T13:00:00Z"),
                  Optional.of(
                      new RenewalInfo.Relative(Duration.ofSeconds(-60), Duration.ofSeconds(3540))),
                  Duration.ofSeconds(30)));
      assertThat(seen.get().rawPath())
          .isEqualTo(
              "/.well-known/cardea/renewal-info/"
                  + CertId.of(Certificate.parse(certificate.getEncoded())).orElseThrow().text());
    }

    @Test
    void windowWithoutRelative_isCountedFromTheServersDate() throws Exception {
      Instant start = Instant.now().plusSeconds(3600);
      answer.set(
          json(
              "{\"suggestedWindow\":{\"start\":\"%s\",\"end\":\"%s\"}}"
                  .formatted(start, start.plusSeconds(60))));

      assertThat(ask())
          .isInstanceOfSatisfying(
              RenewalInfo.class,
              info ->
                  assertThat(info.relative().orElseThrow().start())
                      .isBetween(Duration.ofSeconds(3590), Duration.ofSeconds(3610)));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "[]",
          "{}",
          "{\"suggestedWindow\":{\"start\":\"soon\",\"end\":\"later\"}}",
          "{\"suggestedWindow\":{\"start\":\"2026-06-02T00:00:00Z\",\"end\":\"2026-06-01T00:00:00Z\"}}",
          "{\"suggestedWindow\":{\"start\":\"2026-06-01T00:00:00Z\",\"end\":\"2026-06-02T00:00:00Z\"},"
              + "\"relative\":{\"start_seconds\":5,\"end_seconds\":4}}",
          "{\"suggestedWindow\":{\"start\":\"2026-06-01T00:00:00Z\",\"end\":\"2026-06-02T00:00:00Z\"},"
              + "\"relative\":{\"start_seconds\":1e99,\"end_seconds\":4}}"
        })
    void hostileWindow_isABadAnswer(String body) {
      answer.set(json(body));

      assertThatIOException()
          .isThrownBy(CardeaClientTest.this::ask)
          .isInstanceOf(BadAnswerException.class);
    }

    @Test
    void deepJson_isABadAnswer() {
      answer.set(json("[".repeat(60_000)));

      assertThatIOException()
          .isThrownBy(CardeaClientTest.this::ask)
          .isInstanceOf(BadAnswerException.class);
    }
  }

  @Test
  void admitted_tellsDeviceCredentialAndState() throws Exception {
    answer.set(json("{\"device\":\"pump-0001\",\"credential\":\"c-1\",\"state\":\"current\"}"));

    assertThat(self()).isEqualTo(new Admitted("pump-0001", "c-1", "current"));
    assertThat(seen.get().peer().certificate()).isPresent();
  }

  @Test
  void refused_tellsTheCode() throws Exception {
    answer.set(EdgeResponse.text(403, "gone").withHeader("Cardea-Code", "credential-retired"));

    assertThat(self()).isEqualTo(new Declined(403, "credential-retired", "gone"));
  }
}

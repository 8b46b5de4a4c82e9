package io.cardea.protocols.est.client;

import io.cardea.life.Refused;
import io.cardea.life.pki.CertId;
import io.cardea.life.pki.Certificate;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Cardea offers a device beside EST: the renewal window and the proof.
public final class CardeaClient {
  private static final String PATH = "/.well-known/cardea/";
  private static final Duration ASK_AGAIN = Duration.ofHours(6);
  private static final long LONGEST_SECONDS = Duration.ofDays(36_525).toSeconds();
  private static final JsonMapper JSON = new JsonMapper();

  private final DeviceConnection connection;

  public CardeaClient(DeviceConnection connection) {
    this.connection = connection;
  }

  /// When to renew this certificate (RFC 9773 §4). Works without an identity.
  public RenewalAnswer renewalInfo(X509Certificate certificate) throws IOException {
    HttpResponse<byte[]> answer =
        connection.send(connection.request(PATH + "renewal-info/" + certId(certificate)).build());
    if (answer.statusCode() != 200) {
      return Answers.later(answer)
          .<RenewalAnswer>map(later -> later)
          .orElseGet(() -> Answers.declined(answer));
    }
    JsonNode json = object(answer);
    Instant start = instant(json.path("suggestedWindow").path("start"));
    Instant end = instant(json.path("suggestedWindow").path("end"));
    JsonNode relative = json.path("relative");
    if (end.isBefore(start)) {
      throw new BadAnswerException(
          "answer: the window ends at " + end + " (expected: not before its start, " + start + ")");
    }
    Optional<RenewalInfo.Relative> window =
        relative.isMissingNode() ? byItsDate(answer, start, end) : Optional.of(relative(relative));
    return new RenewalInfo(start, end, window, Answers.retryAfter(answer).orElse(ASK_AGAIN));
  }

  /// Uses the connection's identity, and learns whether it is let in. When it is, this use is the
  /// proof that ends the acceptance of its ancestors, in time.
  public Admission self() throws IOException {
    if (connection.identity().isEmpty()) {
      throw new IllegalStateException("connection: anonymous (expected: with an identity)");
    }
    HttpResponse<byte[]> answer = connection.send(connection.request(PATH + "self").build());
    if (answer.statusCode() != 200) {
      return Answers.later(answer)
          .<Admission>map(later -> later)
          .orElseGet(() -> Answers.declined(answer));
    }
    JsonNode json = object(answer);
    return new Admitted(text(json, "device"), text(json, "credential"), text(json, "state"));
  }

  private static String certId(X509Certificate certificate) throws BadAnswerException {
    try {
      return CertId.of(Certificate.parse(certificate.getEncoded()))
          .map(CertId::text)
          .orElseThrow(
              () -> new BadAnswerException("certificate: without authority key identifier"));
    } catch (CertificateEncodingException | Refused e) {
      throw new BadAnswerException("certificate: it has no name in RFC 9773", e);
    }
  }

  private static JsonNode object(HttpResponse<byte[]> answer) throws BadAnswerException {
    try {
      JsonNode json = JSON.readTree(answer.body());
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      throw new BadAnswerException("answer: unreadable JSON: " + Reason.of(e), e);
    }
    throw new BadAnswerException(
        "answer: " + answer.body().length + " bytes (expected: an object)");
  }

  private static String text(JsonNode json, String name) throws BadAnswerException {
    JsonNode value = json.path(name);
    if (!value.isString()) {
      throw new BadAnswerException("answer: " + name + " is missing (expected: a string)");
    }
    return AnswerText.oneLine(value.stringValue());
  }

  private static Instant instant(JsonNode value) throws BadAnswerException {
    String text = value.isString() ? value.stringValue() : "";
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadAnswerException(
          "answer: suggestedWindow is "
              + AnswerText.oneLine(text)
              + " (expected: a time of RFC 3339)",
          e);
    }
  }

  /// From a server that knows no more than the RFC: its own `Date` says what time it is there.
  private static Optional<RenewalInfo.Relative> byItsDate(
      HttpResponse<byte[]> answer, Instant start, Instant end) {
    return Answers.sentAt(answer)
        .map(now ->
            new RenewalInfo.Relative(Duration.between(now, start), Duration.between(now, end)));
  }

  private static RenewalInfo.Relative relative(JsonNode json) throws BadAnswerException {
    Duration start = seconds(json.path("start_seconds"));
    Duration end = seconds(json.path("end_seconds"));
    if (end.compareTo(start) < 0) {
      throw new BadAnswerException(
          "answer: the window ends at " + end + " (expected: not before its start, " + start + ")");
    }
    return new RenewalInfo.Relative(start, end);
  }

  private static Duration seconds(JsonNode value) throws BadAnswerException {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || Math.abs(value.longValue()) > LONGEST_SECONDS) {
      throw new BadAnswerException(
          "answer: relative is "
              + AnswerText.oneLine(value.toString())
              + " (expected: whole seconds within a century)");
    }
    return Duration.ofSeconds(value.longValue());
  }
}

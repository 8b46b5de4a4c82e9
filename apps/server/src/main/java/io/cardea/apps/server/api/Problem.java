package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A refusal in the form of RFC 9457.
///
/// @param transaction finds the request in the log
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
    String type,
    String title,
    int status,
    String code,
    @Nullable String detail,
    @Nullable String nextStep,
    String transaction) {
  static final String CONTENT_TYPE = "application/problem+json";

  private static final int MAX_DETAIL = 500;
  private static final String RETRY_AFTER_SECONDS = "5";

  static Problem of(Refused refused, String transaction) {
    return of(refused.refusal(), statusOf(refused.refusal()), refused.detail(), transaction);
  }

  /// A refusal whose status says more than that of its code.
  static Problem of(Refusal refusal, int status, String detail, String transaction) {
    return new Problem(
        "urn:cardea:refusal:" + refusal.code(),
        refusal.meaning(),
        status,
        refusal.code(),
        bounded(detail),
        refusal.nextStep(),
        transaction);
  }

  /// No bearer token, or none that is known.
  static Problem unauthenticated(String detail, String transaction) {
    Refusal refusal = Refusal.AUTHENTICATION_REQUIRED;
    return new Problem(
        "urn:cardea:refusal:" + refusal.code(),
        "The request came without a bearer token that is known here.",
        401,
        refusal.code(),
        detail,
        "Send an API token as: Authorization: Bearer TOKEN. A lost one of the administrator is"
            + " replaced on the host by: cardea server recover-token.",
        transaction);
  }

  /// A defect of ours. Says nothing but where to look.
  static Problem defect(String transaction) {
    return new Problem(
        "about:blank",
        "Internal Server Error",
        500,
        Refusal.INTERNAL_ERROR.code(),
        null,
        "The server's log names the cause under this transaction.",
        transaction);
  }

  /// For what the HTTP engine refuses by itself.
  static Problem ofStatus(int status, String detail, String transaction) {
    return switch (status) {
      case 404 -> of(Refusal.NOT_FOUND, 404, detail, transaction);
      case 503 -> of(Refusal.OVERLOADED, 503, detail, transaction);
      default ->
          status >= 500
              ? defect(transaction)
              : of(Refusal.REQUEST_MALFORMED, status, detail, transaction);
    };
  }

  Optional<Refusal> refusal() {
    return Refusal.byCode(code);
  }

  /// With a time after which it may be asked again.
  Reply reply(Duration wait) {
    long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    return reply().with("retry-after", Long.toString(seconds));
  }

  Reply reply() {
    Map<String, String> headers =
        switch (status) {
          case 401 -> Map.of("www-authenticate", "Bearer realm=\"cardea\"");
          case 503 -> Map.of("retry-after", RETRY_AFTER_SECONDS);
          default -> Map.of();
        };
    return new Reply(status, CONTENT_TYPE, Json.write(this), headers);
  }

  /// The one translation of the vocabulary into HTTP for people and programs.
  static int statusOf(Refusal refusal) {
    return switch (refusal) {
      case CSR_MALFORMED,
          CSR_BAD_PROOF,
          CHALLENGE_PASSWORD_UNCHECKED,
          PROFILE_VIOLATION,
          KEY_NOT_ALLOWED,
          KEY_WEAK,
          AUTHORITY_CERTIFICATE_REFUSED,
          REQUEST_MALFORMED ->
          400;
      case AUTHENTICATION_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_SPENT -> 401;
      case FORBIDDEN, IDENTITY_MISMATCH, REPORTER_NOT_ENTITLED -> 403;
      case NOT_FOUND, DEVICE_UNKNOWN, CREDENTIAL_UNKNOWN, NOT_OFFERED -> 404;
      case ALREADY_EXISTS,
          CONFLICT,
          PLAN_STRANDS_DEVICES,
          SEARCH_NOT_INDEXED,
          BIRTH_CERTIFICATE_REFUSED,
          BIRTH_CERTIFICATE_SPENT,
          CREDENTIAL_EXPIRED,
          OLD_CREDENTIAL_WANTED,
          CREDENTIAL_RETIRED,
          CREDENTIAL_REVOKED,
          ENROLMENT_REFUSED,
          LINEAGE_FORKED,
          DEVICE_QUARANTINED,
          DEVICE_SCRAPPED,
          KEY_OF_OTHER_DEVICE,
          KEY_COMPROMISED ->
          409;
      case CSR_TOO_LARGE, REQUEST_TOO_LARGE -> 413;
      case REQUEST_TIMEOUT -> 408;
      case TOO_MANY_REQUESTS, TOO_MANY_SESSIONS -> 429;
      case LINT_FAILED, INTERNAL_ERROR -> 500;
      case AUTHORITY_UNAVAILABLE, ISSUANCE_FROZEN, STORE_UNAVAILABLE, CLOCK_UNTRUSTED, OVERLOADED ->
          503;
    };
  }

  private static String bounded(String detail) {
    return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + "…";
  }
}

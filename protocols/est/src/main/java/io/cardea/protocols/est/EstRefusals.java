package io.cardea.protocols.est;

import io.cardea.life.Refusal;
import io.cardea.protocols.edge.EdgeResponse;
import java.time.Duration;

/// The one translation of our refusals into EST: a status, the code in a field, a line for people.
final class EstRefusals {

  static final String CODE = "Cardea-Code";

  private static final String CHALLENGE = "Basic realm=\"Cardea\", charset=\"UTF-8\"";
  private static final int MOST_DETAIL = 300;

  private EstRefusals() {}

  static EdgeResponse response(Refusal refusal, String detail) {
    int status = status(refusal);
    if (status == 401) {
      // No body: Bouncy Castle's client breaks on a challenge that has one.
      return EdgeResponse.of(401)
          .withHeader(CODE, refusal.code())
          .withHeader("WWW-Authenticate", CHALLENGE)
          .withHeader(EstServer.ACCEPTED_KEYS, EstServer.KEYS);
    }
    return switch (status) {
      case 429, 503 -> later(refusal, wait(refusal));
      default -> plain(status, refusal, detail);
    };
  }

  /// Where it is known after how long.
  static EdgeResponse later(Refusal refusal, Duration wait) {
    return plain(status(refusal), refusal, "").withRetryAfter(wait);
  }

  private static EdgeResponse plain(int status, Refusal refusal, String detail) {
    return EdgeResponse.text(status, text(refusal, detail)).withHeader(CODE, refusal.code());
  }

  static EdgeResponse unsupportedType() {
    return EdgeResponse.text(415, "the body must be application/pkcs10")
        .withHeader(CODE, Refusal.REQUEST_MALFORMED.code());
  }

  /// 401 where a token would help, so that a client that has one sends it (RFC 7030 §3.2.3); 403
  /// where asking again in any way is in vain.
  static int status(Refusal refusal) {
    return switch (refusal) {
      case AUTHENTICATION_REQUIRED,
          TOKEN_INVALID,
          CREDENTIAL_UNKNOWN,
          BIRTH_CERTIFICATE_REFUSED,
          BIRTH_CERTIFICATE_SPENT,
          CREDENTIAL_EXPIRED,
          CREDENTIAL_RETIRED ->
          401;
      case TOKEN_EXPIRED,
          TOKEN_SPENT,
          CREDENTIAL_REVOKED,
          ENROLMENT_REFUSED,
          LINEAGE_FORKED,
          DEVICE_UNKNOWN,
          DEVICE_QUARANTINED,
          DEVICE_SCRAPPED,
          IDENTITY_MISMATCH,
          OLD_CREDENTIAL_WANTED,
          REPORTER_NOT_ENTITLED,
          KEY_OF_OTHER_DEVICE,
          KEY_COMPROMISED,
          FORBIDDEN ->
          403;
      case KEY_NOT_ALLOWED,
          KEY_WEAK,
          AUTHORITY_CERTIFICATE_REFUSED,
          CSR_MALFORMED,
          CSR_BAD_PROOF,
          CHALLENGE_PASSWORD_UNCHECKED,
          PROFILE_VIOLATION,
          REQUEST_MALFORMED ->
          400;
      case CSR_TOO_LARGE, REQUEST_TOO_LARGE -> 413;
      case REQUEST_TIMEOUT -> 408;
      case TOO_MANY_REQUESTS, TOO_MANY_SESSIONS -> 429;
      case INTERNAL_ERROR -> 500;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, CONFLICT, PLAN_STRANDS_DEVICES, SEARCH_NOT_INDEXED -> 409;
      case NOT_OFFERED -> 501;
      case LINT_FAILED,
          AUTHORITY_UNAVAILABLE,
          ISSUANCE_FROZEN,
          STORE_UNAVAILABLE,
          CLOCK_UNTRUSTED,
          OVERLOADED ->
          503;
    };
  }

  private static Duration wait(Refusal refusal) {
    return switch (refusal) {
      case TOO_MANY_REQUESTS, OVERLOADED, STORE_UNAVAILABLE -> Duration.ofSeconds(5);
      case CLOCK_UNTRUSTED, AUTHORITY_UNAVAILABLE -> Duration.ofSeconds(30);
      default -> Duration.ofMinutes(5); // a person must mend something first
    };
  }

  /// What is wrong inside the server is for its log and its operators.
  private static String text(Refusal refusal, String detail) {
    String text = refusal.code() + ": " + refusal.meaning();
    if (refusal.fault() == Refusal.Fault.SERVER || detail.isEmpty()) {
      return text;
    }
    return text + " (" + printable(detail) + ")";
  }

  private static String printable(String detail) {
    StringBuilder line = new StringBuilder();
    detail
        .codePoints()
        .limit(MOST_DETAIL)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return line.toString();
  }
}

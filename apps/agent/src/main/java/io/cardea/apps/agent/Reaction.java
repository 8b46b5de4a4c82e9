package io.cardea.apps.agent;

import io.cardea.life.Refusal;
import io.cardea.protocols.est.client.Declined;
import java.util.Optional;

/// What a device does about a refusal.
enum Reaction {
  /// Nothing is wrong with the device: the same again, a little later.
  TRY_AGAIN,
  /// This credential is no good here: show an older one, or else a token.
  OTHER_CREDENTIAL,
  /// This key is no good here: make another one.
  FRESH_KEY,
  /// A person has to do something: say so, and ask again now and then.
  WAIT_FOR_HELP;

  static Reaction to(Declined declined) {
    if (!declined.coded()) {
      // Perhaps it was not Cardea who answered: nothing is to be concluded about a credential.
      return TRY_AGAIN;
    }
    Optional<Refusal> refusal = Refusal.byCode(declined.code());
    if (refusal.isEmpty() || refusal.get().fault() == Refusal.Fault.SERVER) {
      return TRY_AGAIN;
    }
    return switch (refusal.get()) {
      case AUTHENTICATION_REQUIRED,
          CREDENTIAL_UNKNOWN,
          BIRTH_CERTIFICATE_REFUSED,
          BIRTH_CERTIFICATE_SPENT,
          CREDENTIAL_EXPIRED,
          CREDENTIAL_RETIRED,
          CREDENTIAL_REVOKED ->
          OTHER_CREDENTIAL;
      case KEY_OF_OTHER_DEVICE, KEY_COMPROMISED, KEY_WEAK, CSR_BAD_PROOF, CSR_MALFORMED ->
          FRESH_KEY;
      case TOKEN_INVALID,
          TOKEN_EXPIRED,
          TOKEN_SPENT,
          ENROLMENT_REFUSED,
          LINEAGE_FORKED,
          DEVICE_UNKNOWN,
          DEVICE_QUARANTINED,
          DEVICE_SCRAPPED,
          IDENTITY_MISMATCH,
          OLD_CREDENTIAL_WANTED,
          REPORTER_NOT_ENTITLED,
          KEY_NOT_ALLOWED,
          CSR_TOO_LARGE,
          CHALLENGE_PASSWORD_UNCHECKED,
          PROFILE_VIOLATION,
          REQUEST_MALFORMED,
          REQUEST_TOO_LARGE,
          NOT_OFFERED,
          NOT_FOUND,
          ALREADY_EXISTS,
          SEARCH_NOT_INDEXED,
          FORBIDDEN,
          AUTHORITY_CERTIFICATE_REFUSED,
          CONFLICT,
          PLAN_STRANDS_DEVICES ->
          WAIT_FOR_HELP;
      case REQUEST_TIMEOUT,
          TOO_MANY_REQUESTS,
          TOO_MANY_SESSIONS,
          LINT_FAILED,
          AUTHORITY_UNAVAILABLE,
          ISSUANCE_FROZEN,
          STORE_UNAVAILABLE,
          CLOCK_UNTRUSTED,
          OVERLOADED,
          INTERNAL_ERROR ->
          TRY_AGAIN;
    };
  }
}

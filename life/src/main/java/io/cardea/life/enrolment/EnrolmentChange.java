package io.cardea.life.enrolment;

import io.cardea.life.ledger.Change;
import java.time.Instant;
import java.util.UUID;

/// The rows of enrolment that a decision can write.
public sealed interface EnrolmentChange extends Change {
  record CreateToken(Token token) implements EnrolmentChange {}

  /// Idempotent: the first time counts.
  record SpendToken(UUID token, Instant at) implements EnrolmentChange {}
}

package io.cardea.life.enrolment;

import io.cardea.life.ledger.Change;

/// The rows of enrolment that a decision can write.
public sealed interface EnrolmentChange extends Change {
  /// A new token, hashed.
  record CreateToken(Token token) implements EnrolmentChange {}

  /// Taken while issuing is stopped.
  record StopIssuing(Freeze freeze) implements EnrolmentChange {}

  /// Stale unless issuing is stopped.
  record ResumeIssuing() implements EnrolmentChange {}
}

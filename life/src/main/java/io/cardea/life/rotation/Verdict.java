package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Predecessor;
import java.time.Duration;

/// What a lineage says to an event.
public sealed interface Verdict {
  /// The use is accepted: access, at this moment.
  record Accept(CredentialId credential) implements Verdict {}

  /// R4: the key has an accepted credential; this is the answer, again.
  record AnswerWith(CredentialId credential) implements Verdict {}

  /// Issue a credential for the key, under this predecessor.
  record Issue(Predecessor predecessor, int generation) implements Verdict {}

  /// R5: enough candidates for now.
  record Wait(Duration retryAfter) implements Verdict {}

  record Refuse(Refusal refusal) implements Verdict {}

  /// The event was taken note of; there is nobody to answer.
  record Noted() implements Verdict {}
}

package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Entry;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// What the ledger tells of credentials that are no certificates. Their digests are in it, so that
/// their holders are known again; the secrets are nowhere.
final class SecretEntry {
  private SecretEntry() {}

  static Change credential(Entry entry, SlotId slot, Optional<CredentialId> older, int generation) {
    CredentialId id = CredentialId.parse(fact(entry, "credential"));
    return new RotationChange.AddSecret(
        new Credential(
            id,
            slot,
            CredentialKind.Secret.ofWord(fact(entry, "kind")),
            CredentialState.STAGED,
            Fingerprint.parse(fact(entry, "shown")),
            Fingerprint.parse(fact(entry, "key")),
            older.isPresent()
                ? new Predecessor.OlderCredential(older.get())
                : new Predecessor.Act(UUID.fromString(fact(entry, "act"))),
            generation,
            Protection.UNKNOWN,
            entry.at(),
            entry.at(),
            Instant.parse(fact(entry, "not-after")),
            Optional.empty(),
            Optional.empty()),
        Optional.ofNullable(entry.facts().get("public-key"))
            .map(text -> Secret.ofPublicKey(Base64.getDecoder().decode(text)))
            .orElse(Secret.DIGESTS));
  }

  static SecretSlot slot(Entry entry) {
    return new SecretSlot(
        fact(entry, "class"),
        fact(entry, "slot"),
        CredentialKind.Secret.ofWord(fact(entry, "kind")),
        Duration.parse(fact(entry, "life")));
  }

  private static String fact(Entry entry, String name) {
    return Optional.ofNullable(entry.facts().get(name)).orElseThrow();
  }
}

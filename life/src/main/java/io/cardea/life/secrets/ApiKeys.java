package io.cardea.life.secrets;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.CredentialIds;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.RequestKey;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SecretSource;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Secret;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Stubborn;
import io.cardea.life.rotation.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// API keys of programs that have no certificate: an operator carries them.
///
/// Such a program is a device like others, registered in a class of its own. Its key is shown once;
/// the same request again (by its key, [RequestKey]) shows the same, until the program has used it.
public final class ApiKeys {
  private static final String PURPOSE = "api-key";

  private final Inventory inventory;
  private final SecretSource source;
  private final TrustedTime time;
  private final SecretIssue issue;

  public ApiKeys(
      Inventory inventory,
      Lineages lineages,
      Commits commits,
      Rotation rotation,
      SecretSource source,
      TrustedTime time) {
    this.inventory = inventory;
    this.source = source;
    this.time = time;
    this.issue = new SecretIssue(inventory, lineages, rotation, commits);
  }

  /// A key with its text, which exists in this value alone.
  public record Shown(Credential credential, String text) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Shown[" + credential.id() + "]";
    }
  }

  /// Makes the next key of a slot. Two live at a time: the one in use, and this one.
  ///
  /// @param request without one, each call makes another key
  /// @throws Refused with [Refusal#TOO_MANY_REQUESTS] while two are live, with [Refusal#CONFLICT]
  ///   for the key of an earlier request that is in use by now
  public Shown issue(DeviceId device, String slot, Optional<RequestKey> request, Actor actor)
      throws Refused {
    actor.must(Permission.OPERATE);
    if (!time.trusted()) {
      throw new Refused(Refusal.CLOCK_UNTRUSTED, "nothing is issued by this clock");
    }
    Device known =
        inventory
            .device(device)
            .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + device));
    actor.must(Permission.OPERATE, known);
    SecretSlot wanted = issue.slot(known, slot);
    if (wanted.kind() != CredentialKind.Secret.API_KEY) {
      throw new Refused(
          Refusal.NOT_OFFERED,
          "a " + wanted.kind().word() + " reaches its device over the device's own connection");
    }
    SlotId id = new SlotId(device, slot);
    NewSecret secret =
        NewSecret.of(
            wanted.kind(), source.secret(request, PURPOSE, actor, id.toString(), NewSecret.BYTES));
    String text = new String(secret.content(), StandardCharsets.US_ASCII);
    return Stubborn.insist(() -> {
      Instant now = time.instant();
      Sighting sighting = issue.sighting(id, secret.key());
      return switch (issue.ask(sighting, wanted, secret.key(), now)) {
        case Verdict.AnswerWith(var held) -> {
          Optional<Credential> again = inventory.credential(held);
          if (again.isPresent() && again.get().provenAt().isPresent()) {
            throw new Refused(
                Refusal.CONFLICT, "the key of this request is in use, and is not shown again");
          }
          issue.confirm();
          yield again.map(its -> new Shown(its, text));
        }
        case Verdict.Issue under ->
            issue
                .commit(
                    new SecretIssue.Order(
                        CredentialIds.next(now),
                        wanted,
                        secret.shown(),
                        secret.key(),
                        Secret.DIGESTS,
                        actor.name(),
                        "api"),
                    sighting,
                    under,
                    now)
                .map(its -> new Shown(its, text));
        case Verdict.Wait(var rest) ->
            throw new Refused(
                Refusal.TOO_MANY_REQUESTS,
                "enough keys are live; another one in "
                    + rest.toSeconds()
                    + " s, or when one was revoked");
        case Verdict.Refuse(var refusal) -> throw new Refused(refusal, "device: " + device);
        case Verdict.Accept _, Verdict.Noted _ ->
            throw new IllegalStateException("a request was taken for something else");
      };
    });
  }
}

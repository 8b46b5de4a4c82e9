package io.cardea.life.findings;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Tells a device's life on one screen: what happened last, what it holds, what it should do next.
///
/// The parts are read one after the other, so a device that is busy may be seen between two acts.
public final class DeviceStory {
  private static final int CREDENTIALS = 100;
  private static final int ACTS = 50;
  private static final int HANDSHAKES = 20;

  private final Inventory inventory;
  private final Lineages lineages;
  private final Tokens tokens;
  private final Ledger ledger;
  private final HandshakeFailures handshakes;
  private final TrustedTime time;

  public DeviceStory(
      Inventory inventory,
      Lineages lineages,
      Tokens tokens,
      Ledger ledger,
      HandshakeFailures handshakes,
      TrustedTime time) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.tokens = tokens;
    this.ledger = ledger;
    this.handshakes = handshakes;
    this.time = time;
  }

  /// @param summary one plain sentence
  /// @param forkedAt since when its lineage is forked, until that is settled
  /// @param credentials of its operational slot, the newest first
  /// @param acts the last ones, the newest first
  /// @param handshakes that failed and are likely its, the last ones first
  public record Story(
      Device device,
      String summary,
      NextStep next,
      String slot,
      Optional<Instant> forkedAt,
      List<Credential> credentials,
      List<Act> acts,
      List<FailedHandshakes> handshakes) {}

  /// One thing that happened.
  ///
  /// @param what in plain words
  /// @param refusal the code, when it was refused
  public record Act(
      Instant at,
      EntryKind kind,
      String actor,
      String what,
      Optional<String> credential,
      Optional<String> refusal) {}

  /// @throws Refused with [Refusal#DEVICE_UNKNOWN]
  public Story tell(DeviceId id, Actor actor) throws Refused {
    Sighting sighting =
        lineages
            .whole(SlotId.operational(id))
            .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + id));
    Device device = sighting.device();
    actor.must(Permission.SEE, device);
    List<Credential> credentials = inventory.credentialsOf(id, CREDENTIALS);
    List<Act> acts =
        ledger.newestAbout(id.value(), ACTS).stream()
            .map(recorded -> act(Entry.ofCanonical(recorded.canonical())))
            .toList();
    NextStep next =
        NextStep.of(
            device,
            sighting.deviceClass(),
            sighting.lineage(),
            tokens.ofDevice(id),
            time.instant());
    return new Story(
        device,
        summary(sighting, credentials, acts),
        next,
        SlotId.OPERATIONAL,
        sighting.lineage().forkedAt(),
        credentials,
        acts,
        handshakes.of(
            credentials.stream().map(Credential::shown).collect(Collectors.toSet()), HANDSHAKES));
  }

  private String summary(Sighting sighting, List<Credential> credentials, List<Act> acts) {
    Device device = sighting.device();
    Instant now = time.instant();
    long accepted =
        credentials.stream()
            .filter(one -> one.state().accepted() && !now.isAfter(one.notAfter()))
            .count();
    StringBuilder text = new StringBuilder(128);
    text.append(device.id()).append(" is ").append(device.state().word());
    text.append(", holds ").append(counted(accepted, "accepted credential"));
    credentials.stream()
        .filter(one -> one.state() == CredentialState.CURRENT)
        .findFirst()
        .ifPresent(current -> text.append(", the current one until ").append(current.notAfter()));
    acts.stream()
        .filter(act -> act.actor().equals("device:" + device.id()))
        .findFirst()
        .ifPresent(
            last -> text.append(", and ").append(last.what()).append(" at ").append(last.at()));
    if (sighting.lineage().forkedAt().isPresent()) {
      text.append("; its lineage is forked");
    }
    if (hasForgotten(sighting)) {
      text.append("; older credentials expired and were removed, the ledger tells of them");
    }
    return text.append('.').toString();
  }

  private static boolean hasForgotten(Sighting sighting) {
    return sighting.lineage().links().stream()
        .flatMap(link -> link.parent().stream())
        .anyMatch(parent -> sighting.lineage().link(parent).isEmpty());
  }

  private static String counted(long number, String thing) {
    return (number == 0 ? "no" : Long.toString(number)) + " " + thing + (number > 1 ? "s" : "");
  }

  private static Act act(Entry entry) {
    return new Act(
        entry.at(),
        entry.kind(),
        entry.actor(),
        words(entry),
        Optional.ofNullable(entry.facts().get("credential")),
        Optional.ofNullable(entry.facts().get("code")));
  }

  private static String words(Entry entry) {
    return switch (entry.kind()) {
      case DEVICE_REGISTERED -> "was registered";
      case DEVICE_ENROLLED -> "enrolled";
      case DEVICE_DELIVERED -> "was handed over" + by(entry, "environment");
      case DEVICE_TRANSFERRED -> "was given another owner" + by(entry, "owner");
      case BIRTH_BOUND -> "was bound to its birth certificate";
      case BIRTH_SPENT -> "spent its birth certificate";
      case ENROLMENT_REQUESTED -> "asked for a certificate, which waits for an operator";
      case ENROLMENT_APPROVED -> "had its enrolment approved" + by(entry, "why");
      case ENROLMENT_REFUSED -> "had its enrolment refused" + by(entry, "why");
      case TOKENS_ENDED -> "had its unspent enrolment tokens ended";
      case DEVICE_QUARANTINED -> "was put into quarantine" + by(entry, "why");
      case DEVICE_RELEASED -> "was released from quarantine" + by(entry, "why");
      case DEVICE_SCRAPPED -> "was scrapped";
      case TOKEN_CREATED -> "was given an enrolment token";
      case TOKEN_SPENT -> "spent its enrolment token";
      case CREDENTIAL_ISSUED ->
          (entry.facts().containsKey("predecessor") ? "renewed " : "was issued ")
              + (entry.facts().containsKey("kind") ? entry.facts().get("kind") : "a credential")
              + by(entry, "protocol");
      case CREDENTIAL_PROVEN -> "used a new credential for the first time";
      case CREDENTIAL_USED -> "used an older credential";
      case CREDENTIAL_SEEN -> "was seen with a newer credential" + by(entry, "audience");
      case SESSION_ENDED -> "had a session ended" + by(entry, "audience");
      case CREDENTIAL_RETIRED -> "had a credential retired";
      case CREDENTIAL_REVOKED -> "had a credential revoked" + by(entry, "reason");
      case CREDENTIAL_HELD -> "had a credential put on hold";
      case CREDENTIAL_RELEASED -> "had a credential released from its hold";
      case KEY_CONDEMNED -> "had a key condemned: it is never certified again";
      case LINEAGE_FORKED -> "was seen twice: its lineage is forked";
      case LINEAGE_SETTLED -> "had its fork settled";
      case FINDING_RAISED -> "raised a finding" + by(entry, "finding");
      case REQUEST_REFUSED -> "was refused" + by(entry, "code");
      case STATE_REPLAYED -> "had brought back what a backup did not know" + by(entry, "what");
      case CREDENTIAL_RECOGNISED -> "showed a certificate of ours that a backup did not know";
      case AUTHORITY_CREATED,
          AUTHORITY_REQUESTED,
          AUTHORITY_INSTALLED,
          AUTHORITY_IMPORTED,
          AUTHORITY_RENEWED,
          AUTHORITY_RETIRED,
          AUTHORITY_WITHDRAWN,
          MANUFACTURER_IMPORTED,
          MANUFACTURER_REMOVED,
          PROFILE_SAVED,
          CLASS_SAVED,
          AUDIENCE_SAVED,
          AUDIENCE_REMOVED,
          SLOT_SAVED,
          SERVER_CERTIFICATE_ISSUED,
          OCSP_CERTIFICATE_ISSUED,
          MASS_REVOCATION_BEGUN,
          MASS_REVOCATION_ENDED,
          CREDENTIAL_PRUNED,
          CAMPAIGN_BEGUN,
          CAMPAIGN_PAUSED,
          CAMPAIGN_RESUMED,
          CAMPAIGN_HALTED,
          CAMPAIGN_ABORTED,
          CAMPAIGN_ENDED,
          EMERGENCY_DECLARED,
          EMERGENCY_FOLLOWED,
          EMERGENCY_OVER,
          PLAN_MADE,
          PLAN_REFUSED,
          PLAN_APPLIED,
          PLAN_OVERRIDDEN,
          RENEWAL_POLICY_SAVED,
          RENEWAL_POLICY_REMOVED,
          RENEWAL_RATE_SET,
          SECRET_READ,
          API_TOKEN_CREATED,
          API_TOKEN_RECOVERED,
          BACKUP_BEGUN,
          BACKUP_MADE,
          BACKUP_RESTORED,
          ISSUING_PAUSED,
          ISSUING_RESUMED ->
          entry.kind().word();
    };
  }

  private static String by(Entry entry, String fact) {
    String value = entry.facts().get(fact);
    return value == null ? "" : " (" + value + ")";
  }
}

package io.cardea.life.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger.Recorded;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// R12: what the ledger tells is brought back.
class ReplayTest {
  private final FirstDay day = new FirstDay();
  private final InMemoryStore restored = new InMemoryStore();
  private final Replay replay =
      new Replay(restored, restored, restored, restored, new ProvenRotation(), day.time);

  ReplayTest() throws Refused {}

  private byte[] enrolled(String device, KeyPair key) throws Refused {
    return ((Answer.Issued) day.enrol(device, day.tokenFor(device), key)).certificate();
  }

  private byte[] renewed(byte[] certificate) throws Refused {
    byte[] next = ((Answer.Issued) day.renew(certificate, day.key())).certificate();
    use(next);
    return next;
  }

  private void use(byte[] certificate) throws Refused {
    assertThat(day.access.use(Fingerprint.of(certificate))).isNotNull();
  }

  /// Replays all that has happened.
  private List<Replay.Effect> replayAll() throws Refused {
    List<Replay.Effect> effects = new ArrayList<>();
    for (Recorded recorded : day.store.after(0, 1_000)) {
      effects.add(replay.bring(Entry.ofCanonical(recorded.canonical())));
    }
    return effects;
  }

  private static Lineage lineage(InMemoryStore store, String device) {
    return store.whole(SlotId.operational(new DeviceId(device))).orElseThrow().lineage();
  }

  private void assertSame(String device) {
    Lineage expected = lineage(day.store, device);
    Lineage found = lineage(restored, device);
    assertThat(found.forkedAt()).isEqualTo(expected.forkedAt());
    assertThat(found.links())
        .usingRecursiveFieldByFieldElementComparatorOnFields(
            "id", "key", "predecessor", "generation", "state", "notAfter", "provenAt")
        .isEqualTo(expected.links());
    assertThat(restored.device(new DeviceId(device)).orElseThrow().state())
        .isEqualTo(day.store.device(new DeviceId(device)).orElseThrow().state());
  }

  @Test
  void everything_isBroughtBack_andTwiceChangesNothing() throws Refused {
    byte[] first = enrolled("pump-1", day.key());
    use(first);
    day.time.pass(FirstDay.LIFE.dividedBy(2).plus(Duration.ofHours(2)));
    byte[] second = renewed(first);
    day.time.pass(Duration.ofHours(5));
    renewed(second);
    byte[] lost = enrolled("pump-2", day.key());
    use(lost);
    Credential stolen = day.store.credentialByCertificate(Fingerprint.of(lost)).orElseThrow();
    day.revocation.revoke(
        stolen.id(),
        RevocationReason.KEY_COMPROMISE,
        Optional.empty(),
        Optional.of("stolen"),
        FirstDay.ADMIN);
    use(enrolled("pump-3", day.key()));
    day.revocation.scrap(new DeviceId("pump-3"), "broken", FirstDay.ADMIN);
    use(enrolled("pump-4", day.key()));
    day.quarantine.begin(new DeviceId("pump-4"), "odd", FirstDay.ADMIN);
    day.tokenFor("pump-5");

    assertThat(replayAll()).contains(Replay.Effect.REPLAYED, Replay.Effect.NOT_IN_THE_LEDGER);

    for (String device : List.of("pump-1", "pump-2", "pump-3", "pump-4", "pump-5")) {
      assertSame(device);
    }
    assertThat(lineage(restored, "pump-1").links())
        .extracting(Link::state)
        .contains(CredentialState.RETIRING, CredentialState.CURRENT);
    assertThat(restored.device(new DeviceId("pump-4")).orElseThrow().state())
        .isInstanceOf(DeviceState.Quarantined.class);
    long before = restored.settled();
    List<Replay.Effect> again = replayAll();
    List<Recorded> written = restored.after(before, 1_000);
    assertThat(again).filteredOn(Replay.Effect.REPLAYED::equals).hasSize(written.size());
    // A hold on top of a hold is the hold that it was.
    assertThat(written)
        .allSatisfy(entry ->
            assertThat(Entry.ofCanonical(entry.canonical()).facts())
                .containsEntry("what", "credential.held"));
    assertThat(restored.after(0, 1_000))
        .extracting(Recorded::kind)
        .containsOnly(EntryKind.STATE_REPLAYED);
  }

  @Test
  void classThatAsksAnOperator_goesOnAsking() throws Refused {
    DeviceClass.Joining strict =
        new DeviceClass.Joining(true, true, Optional.of("factory"), Optional.of("quarantine"));
    DeviceClass pumps = DeviceClass.of("pumps", "device").with(strict);
    day.registry.saveClass(pumps, FirstDay.ADMIN);

    replayAll();

    assertThat(restored.deviceClass("pumps")).contains(pumps);
  }

  @Test
  void entryThatDoesNotSayHowDevicesComeIn_opensNoDoor() throws Refused {
    Entry silent =
        new Entry(
            EntryKind.CLASS_SAVED,
            day.time.instant(),
            "api-token:admin",
            Optional.empty(),
            Map.of(
                "class", "pumps",
                "profile", "device",
                "longest-silence", "PT24H",
                "grace", "PT24H",
                "settling", "PT1H",
                "candidates-per-tenth", "3",
                "on-fork", "ALARM",
                "keeps-recovery-token", "false"));

    replay.bring(silent);

    assertThat(restored.deviceClass("pumps").orElseThrow().joining().approval()).isTrue();
    assertThat(replay.bring(silent)).isEqualTo(Replay.Effect.NOTHING);
  }

  @Test
  void condemnedKey_staysCondemned() throws Refused {
    KeyPair key = day.key();
    Credential stolen =
        day.store.credentialByCertificate(Fingerprint.of(enrolled("pump-1", key))).orElseThrow();
    day.revocation.revoke(
        stolen.id(),
        RevocationReason.KEY_COMPROMISE,
        Optional.empty(),
        Optional.empty(),
        FirstDay.ADMIN);

    replayAll();

    assertThat(
            restored
                .bySlot(SlotId.operational(new DeviceId("pump-1")), Optional.of(stolen.key()))
                .orElseThrow()
                .wantedKey()
                .name())
        .isEqualTo("CONDEMNED");
  }

  @Test
  void replacedBearerToken_opensNothing() throws Refused {
    ApiTokens tokens = new ApiTokens(restored, restored, FirstDay.SECRETS, day.time);
    String old =
        tokens
            .create(
                ApiTokens.ADMIN,
                Role.ADMINISTRATOR,
                Scope.ALL,
                Optional.empty(),
                Optional.empty(),
                FirstDay.ADMIN)
            .secret();
    assertThat(tokens.bearer(old)).isPresent();
    day.time.pass(Duration.ofMinutes(1));
    new ApiTokens(day.store, day.store, FirstDay.SECRETS, day.time).recover();

    replayAll();

    assertThat(new ApiTokens(restored, restored, FirstDay.SECRETS, day.time).bearer(old)).isEmpty();
  }

  @Test
  void revocationList_revokesWhatIsKnownAndWhatIsNot() throws Refused {
    use(enrolled("pump-1", day.key()));
    replayAll();
    Credential known = restored.credentialsOf(new DeviceId("pump-1"), 1).getFirst();
    BigInteger unknown = BigInteger.valueOf(77);

    assertThat(
            replay.revoke(
                day.issuing, known.serial(), RevocationReason.SUPERSEDED, day.time.instant()))
        .isTrue();
    assertThat(replay.revoke(day.issuing, unknown, RevocationReason.SUPERSEDED, day.time.instant()))
        .isTrue();

    assertThat(restored.credential(known.id()).orElseThrow().state())
        .isEqualTo(CredentialState.REVOKED);
    assertThat(restored.isRevoked(Recognition.idOf(day.issuing.id().value(), unknown))).isTrue();
    assertThat(
            replay.revoke(
                day.issuing, known.serial(), RevocationReason.SUPERSEDED, day.time.instant()))
        .isFalse();
  }

  /// What is known by the ledger alone has no certificate to hand out again; its device is served.
  @Test
  void retryForACertificateThatNobodyHas_getsANewOneForTheSameKey() throws Refused {
    KeyPair key = day.key();
    String token = day.tokenFor("pump-1");
    Answer.Issued lost = (Answer.Issued) day.enrol("pump-1", token, key);
    day.store.forgetCertificate(lost.credential());

    Answer.Issued again = (Answer.Issued) day.enrol("pump-1", token, key);

    assertThat(again.credential()).isNotEqualTo(lost.credential());
    assertThat(again.again()).isFalse();
    assertThat(lineage(day.store, "pump-1").links()).hasSize(2);
  }
}

package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.device;
import static io.cardea.life.testing.Samples.digest;
import static io.cardea.life.testing.Samples.slot;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.CondemnKey;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.RecordUse;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Sighting.KeyStanding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a store knows of a device that stands at the door, and of what is due to retire.
abstract class DoorContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards>
    extends LineageContract<S> {
  @Nested
  class Sightings {
    @Test
    void deviceAtTheDoor_comesWithItsClassAndItsKeysStanding() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential other = issue(0, credential("pump-2", "x", token("u"), 0));
      commit(step("pump-1", 1), new CondemnKey(digest("bad key"), NOON));

      Sighting seen = store.byCertificate(a.shown(), Optional.of(digest("new key"))).orElseThrow();

      assertThat(seen.device()).isEqualTo(device("pump-1", "pumps"));
      assertThat(seen.deviceClass()).isEqualTo(Samples.deviceClass("pumps"));
      assertThat(seen.presented()).contains(a.id());
      assertThat(seen.wantedKey()).isEqualTo(KeyStanding.FREE);
      assertThat(seen.lineage().version()).isEqualTo(2);
      assertThat(standing(a, a)).isEqualTo(KeyStanding.OURS);
      assertThat(standing(a, other)).isEqualTo(KeyStanding.OTHERS);
      assertThat(
              store
                  .byCertificate(a.shown(), Optional.of(digest("bad key")))
                  .orElseThrow()
                  .wantedKey())
          .isEqualTo(KeyStanding.CONDEMNED);
    }

    private KeyStanding standing(Credential shown, Credential wanted) {
      return store
          .byCertificate(shown.shown(), Optional.of(wanted.key()))
          .orElseThrow()
          .wantedKey();
    }

    @Test
    void unknownCertificateOrDevice_isNotSeen() {
      assertThat(store.byCertificate(digest("?"), Optional.empty())).isEmpty();
      assertThat(store.bySlot(slot("nobody"), Optional.empty())).isEmpty();
      assertThat(store.whole(slot("nobody"))).isEmpty();
    }

    @Test
    void deviceWithoutASlot_hasAnEmptyLineage() {
      Sighting seen = store.bySlot(slot("pump-1"), Optional.of(digest("k"))).orElseThrow();

      assertThat(seen.lineage()).isEqualTo(Lineage.empty(slot("pump-1")));
      assertThat(seen.presented()).isEmpty();
      assertThat(seen.wantedKey()).isEqualTo(KeyStanding.FREE);
    }

    @Test
    void neighbourhood_holdsWhatMattersAndItsAncestors() {
      Credential root = issue(0, credential("pump-1", "0", token("t"), 0));
      List<Credential> chain = new ArrayList<>(List.of(root));
      for (int i = 1; i <= 40; i++) {
        Credential next = credential("pump-1", "c" + i, after(chain.getLast()), i);
        chain.add(issue(i, Samples.withGeneration(next, i)));
      }
      Credential branch = issue(41, credential("pump-1", "branch", after(root), 50));
      Credential sameKey =
          issue(
              42,
              Samples.withKey(credential("pump-1", "same", after(chain.get(1)), 51), branch.key()));
      commit(
          step("pump-1", 43, chain.get(20).id()),
          new MoveCredential(branch.id(), CredentialState.RETIRED, NOON),
          new MoveCredential(sameKey.id(), CredentialState.RETIRED, NOON));
      Credential shown = chain.get(30);

      Lineage near =
          store.byCertificate(shown.shown(), Optional.of(branch.key())).orElseThrow().lineage();

      List<CredentialId> ids = near.links().stream().map(Link::id).toList();
      for (int i = 20 - Lineage.NEIGHBOURHOOD; i <= 40; i++) {
        assertThat(ids).as("ancestor %d", i).contains(chain.get(i).id());
      }
      assertThat(ids).contains(branch.id(), sameKey.id(), root.id()).doesNotHaveDuplicates();
      assertThat(near.links()).isSortedAccordingTo((x, y) -> x.issuedAt().compareTo(y.issuedAt()));
      assertThat(near.uses()).containsExactly(chain.get(20).id());
      assertThat(near.version()).isEqualTo(44);
    }

    @Test
    void newestAcceptedOne_isSeenThroughATokenToo() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      commit(step("pump-1", 2), new MoveCredential(b.id(), CredentialState.RETIRED, NOON));

      List<Link> near =
          store.bySlot(slot("pump-1"), Optional.empty()).orElseThrow().lineage().links();

      assertThat(near).extracting(Link::id).contains(a.id());
    }

    @Test
    void manyAtOnce_eachSeesItsOwn() throws Exception {
      List<Callable<Boolean>> readers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String name = "many-" + i;
        commit(new RegisterDevice(device(name, "pumps")));
        Credential mine = issue(0, credential(name, name, token("t"), i));
        readers.add(() -> {
          Sighting byCertificate =
              store.byCertificate(mine.shown(), Optional.of(mine.key())).orElseThrow();
          Sighting bySlot = store.bySlot(slot(name), Optional.empty()).orElseThrow();
          return byCertificate.presented().equals(Optional.of(mine.id()))
              && byCertificate.device().id().value().equals(name)
              && byCertificate.wantedKey() == KeyStanding.OURS
              && byCertificate.lineage().links().size() == 1
              && bySlot.device().id().value().equals(name)
              && store.byCertificate(digest("nobody's " + name), Optional.empty()).isEmpty();
        });
      }

      assertThat(together(readers)).hasSize(60).containsOnly(true);
    }
  }

  @Nested
  class Retiring {
    private final Duration overlap = Samples.deviceClass("pumps").longestSilence();

    private Credential retiring(String device, String name) {
      Credential credential = issue(0, credential(device, name, token("t " + device), 0));
      commit(step(device, 1), new MoveCredential(credential.id(), CredentialState.RETIRING, NOON));
      return credential;
    }

    @Test
    void overlap_isOverAfterTheLongestSilence() {
      Credential a = retiring("pump-1", "a");
      Instant end = NOON.plus(overlap);

      assertThat(store.retiring(end.minusMillis(1), 10)).isEmpty();
      assertThat(store.retiring(end, 10))
          .containsExactly(new Lineages.Retiring(slot("pump-1"), a.id()));
    }

    @Test
    void aLaterUse_prolongsIt() {
      Credential a = retiring("pump-1", "a");
      Instant used = NOON.plus(Duration.ofHours(20));
      commit(step("pump-1", 2, a.id()), new RecordUse(a.id(), false, used));

      assertThat(store.retiring(used.plus(overlap).minusMillis(1), 10)).isEmpty();
      assertThat(store.retiring(used.plus(overlap), 10)).hasSize(1);
    }

    @Test
    void anEarlierUse_doesNotShortenIt() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      commit(
          step("pump-1", 1),
          new RecordUse(a.id(), true, NOON.minusSeconds(60)),
          new MoveCredential(a.id(), CredentialState.RETIRING, NOON));

      assertThat(store.retiring(NOON.plus(overlap).minusMillis(1), 10)).isEmpty();
      assertThat(store.retiring(NOON.plus(overlap), 10)).hasSize(1);
    }

    @Test
    void useInTheSameDecision_counts() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      commit(
          step("pump-1", 1),
          new MoveCredential(a.id(), CredentialState.RETIRING, NOON),
          new RecordUse(a.id(), false, NOON.plusSeconds(60)));

      assertThat(store.retiring(NOON.plus(overlap).plusSeconds(59), 10)).isEmpty();
      assertThat(store.retiring(NOON.plus(overlap).plusSeconds(60), 10)).hasSize(1);
    }

    @Test
    void retiredAndRevokedOnes_areDone() {
      Credential a = retiring("pump-1", "a");
      Credential b = retiring("pump-2", "b");
      commit(step("pump-1", 2), new MoveCredential(a.id(), CredentialState.RETIRED, NOON));
      commit(step("pump-2", 2), new RevokeCredential(b.id(), RevocationReason.UNSPECIFIED, NOON));

      assertThat(store.retiring(NOON.plus(overlap).plusSeconds(1), 10)).isEmpty();
    }

    @Test
    void classWithoutASecondProof_doesNotRetire() {
      DeviceClass lasting = DeviceClass.of("lasting", "device");
      commit(new SaveClass(lasting));
      commit(new RegisterDevice(device("meter-1", "lasting")));
      retiring("meter-1", "m");

      assertThat(store.retiring(NOON.plus(Duration.ofDays(3650)), 10)).isEmpty();
    }

    @Test
    void longestWaiting_comesFirstWithinTheLimit() {
      commit(new SaveClass(shorter()));
      commit(new RegisterDevice(device("meter-1", "short")));
      Credential late = retiring("pump-1", "late");
      commit(step("pump-1", 2, late.id()), new RecordUse(late.id(), false, NOON.plusSeconds(9)));
      Credential early = retiring("pump-2", "early");
      retiring("meter-1", "m");

      assertThat(store.retiring(NOON.plus(Duration.ofDays(9)), 10)).hasSize(3);
      assertThat(store.retiring(NOON.plus(Duration.ofHours(2)), 10)).hasSize(1);
      commit(step("meter-1", 2), new MoveCredential(id("m"), CredentialState.RETIRED, NOON));
      assertThat(store.retiring(NOON.plus(Duration.ofDays(9)), 1))
          .containsExactly(new Lineages.Retiring(slot("pump-2"), early.id()));
    }

    private CredentialId id(String name) {
      return Samples.credentialId(name);
    }

    private DeviceClass shorter() {
      DeviceClass pumps = Samples.deviceClass("short");
      return new DeviceClass(
          "short",
          pumps.profile(),
          Duration.ofHours(1),
          pumps.grace(),
          pumps.settling(),
          pumps.candidatesPerTenth(),
          pumps.onFork(),
          true);
    }
  }
}

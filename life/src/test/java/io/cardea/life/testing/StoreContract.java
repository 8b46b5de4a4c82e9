package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.der;
import static io.cardea.life.testing.Samples.device;
import static io.cardea.life.testing.Samples.digest;
import static io.cardea.life.testing.Samples.slot;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.enrolment.EnrolmentChange.CreateToken;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.inventory.InventoryChange.MoveDevice;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.InventoryChange.SaveApiToken;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.PkiChange.SaveAuthority;
import io.cardea.life.pki.PkiChange.SaveProfile;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.Revocations;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.CondemnKey;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.RecordUse;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.RotationChange.SpendToken;
import io.cardea.life.rotation.RotationChange.StepSlot;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Sighting.KeyStanding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every store keeps, run on the fake and on the real one. Each test begins with an empty
/// store that knows the class `pumps` and the devices `pump-1` and `pump-2`.
public abstract class StoreContract<
    S extends Commits & Ledger & Inventory & Lineages & Tokens & Authorities & Revocations> {
  private static final Outcome COMMITTED = new Outcome.Committed();
  private static final Outcome STALE = new Outcome.Stale();

  private S store;

  /// An empty store.
  protected abstract S emptyStore() throws Exception;

  @BeforeEach
  final void prepare() throws Exception {
    store = emptyStore();
    commit(new SaveClass(Samples.deviceClass("pumps")));
    commit(new RegisterDevice(device("pump-1", "pumps")));
    commit(new RegisterDevice(device("pump-2", "pumps")));
  }

  private void commit(Change... changes) {
    assertThat(store.commit(decision("pump-1", changes))).isEqualTo(COMMITTED);
  }

  /// Issues into a slot at this version.
  private Credential issue(long version, Credential credential) {
    commit(
        step(credential.slot().device().value(), version),
        new AddCredential(credential, der(credential)));
    return credential;
  }

  private Lineage lineage(String device) {
    return store.whole(slot(device)).orElseThrow().lineage();
  }

  private long entries() {
    return store.after(0, 1_000).size();
  }

  @Nested
  class Steps {
    @Test
    void firstStep_makesTheSlotAtVersionOne() {
      assertThat(lineage("pump-1")).isEqualTo(Lineage.empty(slot("pump-1")));

      commit(step("pump-1", 0));

      assertThat(lineage("pump-1").version()).isEqualTo(1);
    }

    @Test
    void everythingOfAStep_isReadBack() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      Credential c = issue(2, credential("pump-1", "c", after(b), 2));
      List<CredentialId> uses = List.of(a.id(), c.id(), a.id());
      Pace pace = new Pace(NOON.plusSeconds(7), 3);

      commit(new StepSlot(slot("pump-1"), 3, uses, Optional.of(NOON.plusSeconds(9)), pace));

      Lineage read = lineage("pump-1");
      assertThat(read.version()).isEqualTo(4);
      assertThat(read.uses()).isEqualTo(uses);
      assertThat(read.forkedAt()).contains(NOON.plusSeconds(9));
      assertThat(read.pace()).isEqualTo(pace);
      commit(new StepSlot(slot("pump-1"), 4, List.of(), Optional.empty(), Pace.NONE));
      assertThat(lineage("pump-1").uses()).isEmpty();
      assertThat(lineage("pump-1").forkedAt()).isEmpty();
      assertThat(lineage("pump-1").pace()).isEqualTo(Pace.NONE);
    }

    @Test
    void otherVersion_isStaleAndHasNoEffect() {
      issue(0, credential("pump-1", "a", token("t"), 0));
      long before = entries();
      Credential b = credential("pump-1", "b", token("t"), 1);

      for (long version : new long[] {0, 2}) {
        assertThat(
                store.commit(
                    decision("pump-1", step("pump-1", version), new AddCredential(b, der(b)))))
            .isEqualTo(STALE);
      }

      assertThat(lineage("pump-1").links()).hasSize(1);
      assertThat(lineage("pump-1").version()).isEqualTo(1);
      assertThat(store.credential(b.id())).isEmpty();
      assertThat(entries()).isEqualTo(before);
    }

    @Test
    void slotOfNobody_isStale() {
      assertThat(store.commit(decision("nobody", step("nobody", 0)))).isEqualTo(STALE);
    }

    @Test
    void slots_areSteppedApart() {
      commit(step("pump-1", 0));
      commit(step("pump-2", 0));
      commit(step("pump-1", 1));

      assertThat(lineage("pump-2").version()).isEqualTo(1);
    }

    @Test
    void manyWritersOnOneSlot_exactlyOneIsCommitted() throws Exception {
      commit(step("pump-1", 0));
      List<Callable<Outcome>> writers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Credential mine = credential("pump-1", "writer " + i, token("t"), i);
        writers.add(() ->
            store.commit(
                decision("pump-1", step("pump-1", 1), new AddCredential(mine, der(mine)))));
      }

      List<Outcome> outcomes = together(writers);

      assertThat(outcomes).containsOnlyOnce(COMMITTED).filteredOn(STALE::equals).hasSize(15);
      assertThat(lineage("pump-1").links()).hasSize(1);
      assertThat(lineage("pump-1").version()).isEqualTo(2);
    }

    @Test
    void manySlotsAtOnce_allAreCommittedThoughSomeNeighboursAreStale() throws Exception {
      for (int i = 0; i < 40; i++) {
        commit(new RegisterDevice(device("many-" + i, "pumps")));
      }
      List<Callable<Outcome>> writers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String name = "many-" + i;
        Credential mine = credential(name, name, token("t"), i);
        long expected = i % 5 == 0 ? 3 : 0;
        writers.add(() ->
            store.commit(decision(name, step(name, expected), new AddCredential(mine, der(mine)))));
      }
      long before = entries();

      List<Outcome> outcomes = together(writers);

      for (int i = 0; i < 40; i++) {
        assertThat(outcomes.get(i)).as("writer %d", i).isEqualTo(i % 5 == 0 ? STALE : COMMITTED);
        assertThat(lineage("many-" + i).links()).hasSize(i % 5 == 0 ? 0 : 1);
      }
      assertThat(entries()).isEqualTo(before + 32);
    }
  }

  @Nested
  class Credentials {
    @Test
    void newCredential_isReadBackByEachOfItsNames() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));

      assertThat(store.credential(a.id())).contains(a);
      assertThat(store.credentialByCertificate(a.certificate())).contains(a);
      assertThat(store.credentialBySerial(a.authority(), a.serial())).contains(a);
      assertThat(store.credentialBySerial("other", a.serial())).isEmpty();
      assertThat(store.certificate(a.id()))
          .hasValueSatisfying(der -> assertThat(der).isEqualTo(der(a)));
      assertThat(store.credential(Samples.credentialId("unknown"))).isEmpty();
      assertThat(store.certificate(Samples.credentialId("unknown"))).isEmpty();
      assertThat(lineage("pump-1").links())
          .containsExactly(
              new Link(
                  a.id(),
                  a.key(),
                  a.predecessor(),
                  0,
                  CredentialState.STAGED,
                  a.issuedAt(),
                  a.issuedAt(),
                  a.notAfter(),
                  Optional.empty(),
                  Optional.empty()));
    }

    @Test
    void credentialsOfADevice_comeNewestFirst() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      issue(0, credential("pump-2", "x", token("u"), 2));

      assertThat(store.credentialsOf(new DeviceId("pump-1"), 10)).containsExactly(b, a);
      assertThat(store.credentialsOf(new DeviceId("pump-1"), 1)).containsExactly(b);
      assertThat(store.credentialsOf(new DeviceId("nobody"), 1)).isEmpty();
    }

    @Test
    void keyOfAnotherDevice_isTakenAndNothingIsWritten() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential thief = Samples.withKey(credential("pump-2", "b", token("u"), 1), a.key());
      AddCredential add = new AddCredential(thief, der(thief));

      assertThat(store.commit(decision("pump-2", step("pump-2", 0), add)))
          .isEqualTo(new Outcome.Taken(add));

      assertThat(lineage("pump-2").version()).isZero();
      assertThat(store.credential(thief.id())).isEmpty();
    }

    @Test
    void refusedDecision_leavesItsKeyFree() {
      Credential a = credential("pump-1", "a", token("t"), 0);
      assertThat(store.commit(decision("pump-1", step("pump-1", 5), new AddCredential(a, der(a)))))
          .isEqualTo(STALE);

      issue(0, Samples.withKey(credential("pump-2", "b", token("u"), 1), a.key()));
    }

    @Test
    void condemnedKey_isTakenForItsOwnDeviceToo() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      commit(step("pump-1", 1), new CondemnKey(a.key(), NOON));
      Credential again = Samples.withKey(credential("pump-1", "b", after(a), 1), a.key());
      AddCredential add = new AddCredential(again, der(again));

      assertThat(store.commit(decision("pump-1", step("pump-1", 2), add)))
          .isEqualTo(new Outcome.Taken(add));
    }

    @Test
    void unknownKey_canBeCondemned() {
      commit(step("pump-1", 0), new CondemnKey(digest("key a"), NOON));
      Credential a = credential("pump-1", "a", token("t"), 0);
      AddCredential add = new AddCredential(a, der(a));

      assertThat(store.commit(decision("pump-1", step("pump-1", 1), add)))
          .isEqualTo(new Outcome.Taken(add));
    }

    @Test
    void sameKeyUnderAnotherPredecessor_isWritten() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));

      issue(1, Samples.withKey(credential("pump-1", "b", after(a), 1), a.key()));

      assertThat(lineage("pump-1").links()).hasSize(2);
    }

    @Test
    void sameKeyUnderTheSamePredecessor_isStale() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential twin = Samples.withKey(credential("pump-1", "b", token("t"), 1), a.key());

      assertThat(
              store.commit(
                  decision("pump-1", step("pump-1", 1), new AddCredential(twin, der(twin)))))
          .isEqualTo(STALE);

      assertThat(lineage("pump-1").version()).isEqualTo(1);
    }

    @Test
    void sameCertificateTwice_failsAloneAmongItsNeighbours() throws Exception {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential poison = Samples.withKey(a, digest("another key"));
      List<Callable<Outcome>> writers = new ArrayList<>();
      writers.add(() -> {
        assertThatThrownBy(() ->
                store.commit(
                    decision("pump-1", step("pump-1", 1), new AddCredential(poison, der(a)))))
            .isInstanceOf(StoreFailure.class);
        return COMMITTED;
      });
      for (int i = 0; i < 8; i++) {
        String name = "neighbour-" + i;
        writers.add(() -> store.commit(decision(name, new RegisterDevice(device(name, "pumps")))));
      }

      assertThat(together(writers)).containsOnly(COMMITTED);

      assertThat(lineage("pump-1").version()).isEqualTo(1);
      assertThat(lineage("pump-1").links()).hasSize(1);
    }

    @Test
    void movesAndUses_areReadBack() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Instant used = NOON.plusSeconds(5);
      Instant moved = NOON.plusSeconds(6);

      commit(
          step("pump-1", 1, a.id()),
          new RecordUse(a.id(), true, used),
          new MoveCredential(a.id(), CredentialState.CURRENT, moved));

      Link link = lineage("pump-1").link(a.id()).orElseThrow();
      assertThat(link.state()).isEqualTo(CredentialState.CURRENT);
      assertThat(link.since()).isEqualTo(moved);
      assertThat(link.provenAt()).contains(used);
      assertThat(link.lastUsedAt()).contains(used);
      commit(step("pump-1", 2, a.id()), new RecordUse(a.id(), false, used.plusSeconds(60)));
      Credential read = store.credential(a.id()).orElseThrow();
      assertThat(read.provenAt()).contains(used);
      assertThat(read.lastUsedAt()).contains(used.plusSeconds(60));
      assertThat(read.state()).isEqualTo(CredentialState.CURRENT);
    }

    @Test
    void twoMovesOfOneCredentialInADecision_endInTheLast() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));

      commit(
          step("pump-1", 1),
          new MoveCredential(a.id(), CredentialState.CURRENT, NOON.plusSeconds(1)),
          new MoveCredential(a.id(), CredentialState.RETIRING, NOON.plusSeconds(2)));

      Link link = lineage("pump-1").link(a.id()).orElseThrow();
      assertThat(link.state()).isEqualTo(CredentialState.RETIRING);
      assertThat(link.since()).isEqualTo(NOON.plusSeconds(2));
    }

    @Test
    void unknownCredential_isStale() {
      assertThat(
              store.commit(
                  decision(
                      "pump-1",
                      step("pump-1", 0),
                      new MoveCredential(
                          Samples.credentialId("x"), CredentialState.CURRENT, NOON))))
          .isEqualTo(STALE);
      assertThat(lineage("pump-1").version()).isZero();
    }
  }

  @Nested
  class Revoking {
    @Test
    void revocation_isFinal() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      commit(step("pump-1", 1), new RevokeCredential(a.id(), RevocationReason.SUPERSEDED, NOON));

      assertThat(
              store.commit(
                  decision(
                      "pump-1",
                      step("pump-1", 2),
                      new MoveCredential(a.id(), CredentialState.CURRENT, NOON))))
          .isEqualTo(STALE);

      Link link = lineage("pump-1").link(a.id()).orElseThrow();
      assertThat(link.state()).isEqualTo(CredentialState.REVOKED);
      assertThat(link.since()).isEqualTo(NOON);
    }

    @Test
    void revocationList_namesWhatIsRevokedAndHasNotExpired() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      issue(2, credential("pump-1", "c", after(a), 2));
      Instant at = NOON.plusSeconds(60);
      commit(
          step("pump-1", 3),
          new RevokeCredential(a.id(), RevocationReason.KEY_COMPROMISE, at),
          new RevokeCredential(b.id(), RevocationReason.SUPERSEDED, at));
      AuthorityId authority = new AuthorityId(Samples.AUTHORITY);

      assertThat(store.revoked(authority, 0, at))
          .containsExactlyInAnyOrder(
              new Revocations.Revoked(a.serial(), at, 1),
              new Revocations.Revoked(b.serial(), at, 4))
          .isSortedAccordingTo((x, y) -> x.serial().compareTo(y.serial()));
      assertThat(store.revoked(authority, 0, a.notAfter().plusNanos(500_000_000))).hasSize(1);
      assertThat(store.revoked(authority, 0, b.notAfter().plusSeconds(1))).isEmpty();
      assertThat(store.revoked(authority, 1, at)).isEmpty();
      assertThat(store.revoked(new AuthorityId("other"), 0, at)).isEmpty();
    }
  }

  @Nested
  class Sightings {
    @Test
    void deviceAtTheDoor_comesWithItsClassAndItsKeysStanding() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential other = issue(0, credential("pump-2", "x", token("u"), 0));
      commit(step("pump-1", 1), new CondemnKey(digest("bad key"), NOON));

      Sighting seen =
          store.byCertificate(a.certificate(), Optional.of(digest("new key"))).orElseThrow();

      assertThat(seen.device()).isEqualTo(device("pump-1", "pumps"));
      assertThat(seen.deviceClass()).isEqualTo(Samples.deviceClass("pumps"));
      assertThat(seen.presented()).contains(a.id());
      assertThat(seen.wantedKey()).isEqualTo(KeyStanding.FREE);
      assertThat(seen.lineage().version()).isEqualTo(2);
      assertThat(standing(a, a)).isEqualTo(KeyStanding.OURS);
      assertThat(standing(a, other)).isEqualTo(KeyStanding.OTHERS);
      assertThat(
              store
                  .byCertificate(a.certificate(), Optional.of(digest("bad key")))
                  .orElseThrow()
                  .wantedKey())
          .isEqualTo(KeyStanding.CONDEMNED);
    }

    private KeyStanding standing(Credential shown, Credential wanted) {
      return store
          .byCertificate(shown.certificate(), Optional.of(wanted.key()))
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
          store
              .byCertificate(shown.certificate(), Optional.of(branch.key()))
              .orElseThrow()
              .lineage();

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
              store.byCertificate(mine.certificate(), Optional.of(mine.key())).orElseThrow();
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

  @Nested
  class Devices {
    @Test
    void registeredDevice_isReadBack() {
      assertThat(store.device(new DeviceId("pump-1"))).contains(device("pump-1", "pumps"));
      assertThat(store.device(new DeviceId("nobody"))).isEmpty();
    }

    @Test
    void takenId_isTakenAndTheFirstStays() {
      RegisterDevice again =
          new RegisterDevice(device("pump-1", "pumps").in(new DeviceState.Scrapped()));

      assertThat(store.commit(decision("pump-1", again))).isEqualTo(new Outcome.Taken(again));
      assertThat(store.device(new DeviceId("pump-1")).orElseThrow().state().word())
          .isEqualTo("registered");
    }

    @Test
    void unknownClass_isStale() {
      RegisterDevice register = new RegisterDevice(device("pump-3", "no-such-class"));

      assertThat(store.commit(decision("pump-3", register))).isEqualTo(STALE);
      assertThat(store.device(new DeviceId("pump-3"))).isEmpty();
    }

    @Test
    void move_holdsOnlyFromTheStateItWasDecidedIn() {
      DeviceId id = new DeviceId("pump-1");
      MoveDevice enrolled =
          new MoveDevice(id, new DeviceState.Registered(), new DeviceState.Enrolled());
      commit(enrolled);

      assertThat(store.commit(decision("pump-1", enrolled))).isEqualTo(STALE);
      assertThat(store.device(id).orElseThrow().state()).isEqualTo(new DeviceState.Enrolled());
    }

    @Test
    void aFailedMove_takesTheWholeDecisionAlong() {
      Credential a = credential("pump-1", "a", token("t"), 0);
      Decision decision =
          decision(
              "pump-1",
              step("pump-1", 0),
              new AddCredential(a, der(a)),
              new MoveDevice(
                  new DeviceId("pump-1"), new DeviceState.Enrolled(), new DeviceState.Scrapped()));

      assertThat(store.commit(decision)).isEqualTo(STALE);
      assertThat(lineage("pump-1").version()).isZero();
      assertThat(store.credential(a.id())).isEmpty();
    }

    @Test
    void pages_followTheIdsInTheOrderOfTheirBytes() {
      for (String id : List.of("a-2", "B-1", "a-10", "pump-10", "z:9")) {
        commit(new RegisterDevice(device(id, "pumps")));
      }
      List<String> walked = new ArrayList<>();
      String last = "";
      while (true) {
        List<Device> page = store.devices(DeviceFilter.ALL, last, 3);
        if (page.isEmpty()) {
          break;
        }
        page.forEach(each -> walked.add(each.id().value()));
        last = walked.getLast();
      }

      assertThat(walked)
          .containsExactly("B-1", "a-10", "a-2", "pump-1", "pump-10", "pump-2", "z:9");
    }

    @Test
    void filters_areAllToHold() {
      commit(new SaveClass(DeviceClass.of("meters", "device")));
      commit(new RegisterDevice(device("meter-1", "meters")));
      commit(
          new MoveDevice(
              new DeviceId("pump-2"), new DeviceState.Registered(), new DeviceState.Enrolled()));

      assertThat(found(Optional.of("meters"), Optional.empty(), Map.of()))
          .containsExactly("meter-1");
      assertThat(found(Optional.of("pumps"), Optional.of("enrolled"), Map.of("line", "a")))
          .containsExactly("pump-2");
      assertThat(found(Optional.empty(), Optional.of("registered"), Map.of()))
          .containsExactly("meter-1", "pump-1");
      assertThat(found(Optional.empty(), Optional.empty(), Map.of("line", "a", "floor", "2")))
          .hasSize(3);
      assertThat(found(Optional.empty(), Optional.empty(), Map.of("line", "b"))).isEmpty();
      assertThat(
              store.devices(
                  new DeviceFilter(
                      Optional.empty(), Optional.empty(), Optional.of("gas"), Map.of()),
                  "",
                  10))
          .isEmpty();
    }

    private List<String> found(
        Optional<String> deviceClass, Optional<String> state, Map<String, String> labels) {
      return store
          .devices(new DeviceFilter(deviceClass, state, Optional.of("water"), labels), "", 100)
          .stream()
          .map(each -> each.id().value())
          .toList();
    }

    @Test
    void pageWithoutBounds_isRefused() {
      assertThatThrownBy(() -> store.devices(DeviceFilter.ALL, "", 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.devices(DeviceFilter.ALL, "", 1_001))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void classes_areSavedAndChanged() {
      DeviceClass changed = DeviceClass.of("pumps", "other");
      commit(new SaveClass(changed));
      commit(new SaveClass(DeviceClass.of("a-class", "device")));

      assertThat(store.deviceClass("pumps")).contains(changed);
      assertThat(store.deviceClass("none")).isEmpty();
      assertThat(store.classes()).extracting(DeviceClass::name).containsExactly("a-class", "pumps");
    }
  }

  @Nested
  class TokensAndAuthorities {
    @Test
    void tokens_comeNewestFirstAndAreSpentOnce() {
      DeviceId id = new DeviceId("pump-1");
      commit(new CreateToken(Samples.token("pump-1", "old", 0)));
      commit(new CreateToken(Samples.token("pump-1", "new", 1)));
      commit(new CreateToken(Samples.token("pump-2", "other", 2)));

      assertThat(store.ofDevice(id))
          .containsExactly(Samples.token("pump-1", "new", 1), Samples.token("pump-1", "old", 0));

      SpendToken first = new SpendToken(Samples.credentialId("old").value(), NOON.plusSeconds(3));
      commit(first);
      commit(new SpendToken(first.token(), NOON.plusSeconds(4)));
      assertThat(store.ofDevice(id).getLast().spentAt()).contains(NOON.plusSeconds(3));
      assertThat(store.ofDevice(id).getFirst().spentAt()).isEmpty();
    }

    @Test
    void tokensOfADevice_areBounded() {
      for (int i = 0; i < 35; i++) {
        commit(new CreateToken(Samples.token("pump-1", "token " + i, i)));
      }

      assertThat(store.ofDevice(new DeviceId("pump-1")))
          .hasSize(32)
          .startsWith(Samples.token("pump-1", "token 34", 34));
    }

    @Test
    void tokenOfNobody_isStale() {
      assertThat(store.commit(decision("nobody", new CreateToken(Samples.token("nobody", "t", 0)))))
          .isEqualTo(STALE);
    }

    @Test
    void apiTokenOfTheSameName_isReplaced() {
      commit(new SaveApiToken(Samples.apiToken("b", ApiToken.Role.READER)));
      commit(new SaveApiToken(Samples.apiToken("a", ApiToken.Role.READER)));
      commit(new SaveApiToken(Samples.apiToken("b", ApiToken.Role.ADMINISTRATOR)));

      assertThat(store.apiTokens())
          .containsExactly(
              Samples.apiToken("a", ApiToken.Role.READER),
              Samples.apiToken("b", ApiToken.Role.ADMINISTRATOR));
    }

    @Test
    void authorities_areReadBackByTimeAndAnIdIsTakenOnce() {
      SaveAuthority later = new SaveAuthority(Samples.authority("a-later", 1));
      commit(later);
      commit(new SaveAuthority(Samples.authority("b-earlier", 0)));

      assertThat(store.authorities())
          .containsExactly(Samples.authority("b-earlier", 0), Samples.authority("a-later", 1));
      assertThat(store.commit(decision("pump-1", later))).isEqualTo(new Outcome.Taken(later));
    }

    @Test
    void profiles_areSavedAndChanged() {
      Profile device = Profile.device("fleet.example", Duration.ofDays(90));
      Profile server = Profile.server(Duration.ofDays(30));
      commit(new SaveProfile(server));
      commit(new SaveProfile(device));
      commit(new SaveProfile(device.withLife(Duration.ofSeconds(90))));

      assertThat(store.profiles()).containsExactly(device.withLife(Duration.ofSeconds(90)), server);
    }
  }

  @Nested
  class Remembering {
    @Test
    void entries_areReadBackInTheirOrder() {
      Decision decision =
          new Decision(
              List.of(),
              List.of(
                  Samples.entry("pump-1", EntryKind.CREDENTIAL_PROVEN),
                  Samples.entry("pump-2", EntryKind.CREDENTIAL_RETIRED),
                  Samples.entry("pump-1", EntryKind.REQUEST_REFUSED)));
      long before = store.after(0, 1_000).getLast().number();

      assertThat(store.commit(decision)).isEqualTo(COMMITTED);

      List<Ledger.Recorded> recorded = store.after(before, 10);
      assertThat(recorded)
          .extracting(Ledger.Recorded::kind)
          .containsExactly(
              EntryKind.CREDENTIAL_PROVEN, EntryKind.CREDENTIAL_RETIRED, EntryKind.REQUEST_REFUSED);
      assertThat(recorded.getFirst().canonical())
          .isEqualTo(decision.entries().getFirst().canonical());
      assertThat(recorded).extracting(Ledger.Recorded::number).isSorted().doesNotHaveDuplicates();
      assertThat(store.after(before, 2)).hasSize(2);
      assertThat(store.newestAbout("pump-1", 2))
          .extracting(Ledger.Recorded::kind)
          .containsExactly(EntryKind.REQUEST_REFUSED, EntryKind.CREDENTIAL_PROVEN);
      assertThat(store.newestAbout("nobody", 2)).isEmpty();
    }

    @Test
    void changeThatNobodyKnows_failsAndIsNotWritten() {
      Decision decision = decision("pump-1", step("pump-1", 0), new Change() {});

      assertThatThrownBy(() -> store.commit(decision)).isInstanceOf(StoreFailure.class);
      assertThat(lineage("pump-1").version()).isZero();
    }
  }

  /// Runs all at once and returns the results in order.
  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> call : calls) {
        running.add(
            threads.submit(() -> {
              begin.await();
              return call.call();
            }));
      }
      begin.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    }
  }
}

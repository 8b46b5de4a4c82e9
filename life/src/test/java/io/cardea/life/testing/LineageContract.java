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

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
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
import io.cardea.life.rotation.RotationChange.RevokeUnknown;
import io.cardea.life.rotation.RotationChange.StepSlot;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a store does with the steps of a slot.
abstract class LineageContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards>
    extends RevocationContract<S> {
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
      assertThat(store.credentialByCertificate(a.shown())).contains(a);
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
  class Recalled {
    @Test
    void credentialOfWhichTheLedgerAloneTells_hasNoCertificate() {
      Credential a = credential("pump-1", "a", token("t"), 0);
      commit(step("pump-1", 0), new AddCredential(a, new byte[0]));

      assertThat(store.credential(a.id())).contains(a);
      assertThat(store.certificate(a.id())).isEmpty();
      assertThat(lineage("pump-1").links()).hasSize(1);
    }

    @Test
    void revocationOfTheUnknown_staysAndIsNoRevocationOfOthers() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      CredentialId unknown = new CredentialId(new UUID(7, 7));
      RevokeUnknown revoked =
          new RevokeUnknown(
              unknown,
              a.authority(),
              BigInteger.TWO,
              RevocationReason.SUPERSEDED,
              NOON,
              NOON.plusSeconds(60));

      commit(revoked);
      commit(revoked);

      assertThat(store.isRevoked(unknown)).isTrue();
      assertThat(store.isRevoked(a.id())).isFalse();
      commit(
          step("pump-1", 1),
          new RevokeCredential(a.id(), RevocationReason.SUPERSEDED, NOON.plusSeconds(1)));
      assertThat(store.isRevoked(a.id())).isTrue();
    }

    @Test
    void settledLedger_isAllOfIt_whileNobodyWrites() {
      commit(step("pump-1", 0));

      long settled = store.settled();

      assertThat(store.after(settled, 1)).isEmpty();
      assertThat(store.after(settled - 1, 1)).hasSize(1);
    }
  }
}

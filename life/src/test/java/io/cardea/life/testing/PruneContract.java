package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.der;
import static io.cardea.life.testing.Samples.device;
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
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Lineages.Expired;
import io.cardea.life.rotation.Lineages.Place;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.Pruning;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.PruneCredentials;
import io.cardea.life.rotation.RotationChange.Pruned;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.RotationChange.StepSlot;
import io.cardea.life.rotation.Sighting.KeyStanding;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What leaves a store when it expired long ago, and what stays.
abstract class PruneContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards>
    extends StoreFixture<S> {
  private static final AuthorityId OURS = new AuthorityId(Samples.AUTHORITY);
  private static final Duration KEEP = Duration.ofDays(30);

  /// Behind the life, the grace of the class and the time for which expired ones are kept.
  private static final Instant DUE = NOON.plus(Duration.ofDays(90 + 9)).plus(KEEP);

  @Nested
  class Expiry {
    @Test
    void expired_areToldInTheirOrderWithWhatMayNeedThem() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      Credential c = issue(2, credential("pump-1", "c", after(b), 2));
      commit(
          step("pump-1", 3, b.id()),
          new RevokeCredential(b.id(), RevocationReason.SUPERSEDED, NOON));

      List<Expired> all = store.expired(Place.FIRST, DUE, 10);

      assertThat(all)
          .extracting(each -> each.place().credential())
          .containsExactly(a.id(), b.id(), c.id());
      assertThat(all).extracting(Expired::followed).containsExactly(true, true, false);
      assertThat(all).extracting(Expired::used).containsExactly(false, true, false);
      assertThat(all).extracting(Expired::retires).containsOnly(true);
      assertThat(all).extracting(Expired::forked).containsOnly(false);
      assertThat(all).extracting(Expired::grace).containsOnly(Duration.ofDays(9));
      assertThat(all)
          .extracting(Expired::parent)
          .containsExactly(Optional.empty(), Optional.of(a.id()), Optional.of(b.id()));
      assertThat(all.get(0).listing()).isEmpty();
      assertThat(all.get(1).listing().orElseThrow().serial()).isEqualTo(new Serial(b.serial()));
      assertThat(all.get(1).listing().orElseThrow().position()).isEqualTo(1);
      assertThat(store.expired(all.get(0).place(), DUE, 1)).containsExactly(all.get(1));
      assertThat(store.expired(Place.FIRST, c.notAfter(), 10)).hasSize(2);
      assertThat(store.expired(Place.FIRST, NOON, 10)).isEmpty();
    }

    @Test
    void pruned_areGoneButForTheirKeysAndTheirEntries() {
      List<Credential> line = line("pump-1", 6);
      long before = entries();
      long last = store.settled();

      assertThat(prune(DUE.plusSeconds(60))).isEqualTo(3);

      // The last three uses stay, among them the youngest of the slot.
      assertThat(left("pump-1")).containsExactlyElementsOf(ids(line).subList(3, 6));
      Credential gone = line.getFirst();
      assertThat(store.credential(gone.id())).isEmpty();
      assertThat(store.credentialByCertificate(gone.shown())).isEmpty();
      assertThat(store.certificate(gone.id())).isEmpty();
      assertThat(store.status(OURS, new Serial(gone.serial())))
          .isEqualTo(new CertificateStatus.Unknown());
      assertThat(store.byCertificate(gone.shown(), Optional.empty())).isEmpty();
      assertThat(standing("pump-1", gone)).isEqualTo(KeyStanding.OURS);
      assertThat(standing("pump-2", gone)).isEqualTo(KeyStanding.OTHERS);
      Credential thief = Samples.withKey(credential("pump-2", "x", token("u"), 1), gone.key());
      AddCredential add = new AddCredential(thief, der(thief));
      assertThat(store.commit(decision("pump-2", step("pump-2", 0), add)))
          .isEqualTo(new Outcome.Taken(add));

      List<Ledger.Recorded> told = store.after(last, 10);
      assertThat(told)
          .extracting(Ledger.Recorded::kind)
          .containsExactly(EntryKind.CREDENTIAL_PRUNED);
      assertThat(Entry.ofCanonical(told.getFirst().canonical()).facts())
          .containsEntry("credentials", "3")
          .containsEntry("first-not-after", gone.notAfter().toString());
      assertThat(prune(DUE.plusSeconds(60))).isZero();
      assertThat(entries()).isEqualTo(before + 1);
    }

    @Test
    void graceAndTimeToKeep_areWaitedFor() {
      line("pump-1", 6);

      assertThat(prune(DUE)).isZero();
      assertThat(prune(DUE.plusSeconds(1))).isEqualTo(1);
    }

    @Test
    void untrustedTime_prunesNothing() {
      line("pump-1", 6);
      SettableTime time = new SettableTime(DUE.plusSeconds(60));
      time.trusted(false);

      assertThat(pruning(time, new int[1]).work(() -> true)).isFalse();

      assertThat(left("pump-1")).hasSize(6);
    }

    @Test
    void forkedLineage_staysWhole() {
      List<Credential> line = line("pump-1", 6);
      commit(new StepSlot(slot("pump-1"), 12, List.of(), Optional.of(NOON), Pace.NONE));

      assertThat(prune(DUE.plusSeconds(60))).isZero();
      assertThat(left("pump-1")).containsExactlyElementsOf(ids(line));
    }

    /// R8: a compromise of the one that is there takes those along.
    @Test
    void descendantsOfOneThatIsThere_stay() {
      Credential root = issue(0, lasting(credential("pump-1", "root", token("t"), 0)));
      Credential a = issue(1, credential("pump-1", "a", after(root), 1));
      Credential b = issue(2, credential("pump-1", "b", after(a), 2));
      issue(3, credential("pump-1", "c", after(b), 3));

      assertThat(prune(DUE.plusSeconds(60))).isZero();

      assertThat(left("pump-1")).hasSize(4);
    }

    /// One that came up without a token that anybody knows of has its own id for one.
    @Test
    void recognisedRoot_isNoDescendantOfItself() {
      CredentialId own = Samples.credentialId("a");
      Credential a =
          issue(0, credential("pump-1", "a", new Predecessor.EnrolmentToken(own.value()), 0));
      assertThat(a.id()).isEqualTo(own);
      issue(1, credential("pump-1", "b", after(a), 1));

      assertThat(prune(DUE.plusSeconds(60))).isEqualTo(1);
    }

    @Test
    void retirementThatItsTimerHasYetToEnd_isWaitedFor() {
      List<Credential> line = line("pump-1", 6);
      commit(
          step("pump-1", 12),
          new MoveCredential(line.getFirst().id(), CredentialState.RETIRING, NOON));

      assertThat(prune(DUE.plusSeconds(60))).isZero();
      commit(
          step("pump-1", 13),
          new MoveCredential(line.getFirst().id(), CredentialState.RETIRED, NOON));

      assertThat(prune(DUE.plusSeconds(60))).isEqualTo(5);
    }

    /// RFC 5280 §3.3.
    @Test
    void revoked_stayUntilAListBeyondTheirExpiryIsDoneWithThem() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      issue(1, credential("pump-1", "b", after(a), 1));
      commit(
          step("pump-1", 2),
          new RevokeCredential(a.id(), RevocationReason.SUPERSEDED, NOON.plusSeconds(9)));
      Instant late = DUE.plusSeconds(60);

      assertThat(prune(late)).as("no list was made").isZero();
      publish(0, 1, NOON.plusSeconds(10), 1, List.of(a));
      assertThat(prune(late)).as("the list is from before the expiry").isZero();
      publish(1, 2, a.notAfter().plusSeconds(60), 1, List.of(a));
      assertThat(prune(late)).as("the list names it").isZero();
      publish(2, 3, a.notAfter().plusSeconds(90), 0, List.of());
      assertThat(prune(late)).as("the list does not know of it yet").isZero();
      publish(3, 4, a.notAfter().plusSeconds(99), 1, List.of());

      assertThat(prune(late)).isEqualTo(1);
      assertThat(store.credential(a.id())).isEmpty();
      assertThat(store.revoked(OURS, 0, 0, 10)).isEmpty();
      assertThat(store.isRevoked(a.id())).isFalse();
    }

    @Test
    void stateThatChangedMeanwhile_isStaleAndNothingIsWritten() {
      List<Credential> line = line("pump-1", 6);
      Credential a = line.get(0);
      Credential b = line.get(1);
      long before = entries();
      PruneCredentials both =
          new PruneCredentials(
              List.of(
                  new Pruned(a.id(), CredentialState.STAGED, OptionalLong.empty()),
                  new Pruned(b.id(), CredentialState.RETIRED, OptionalLong.empty())));

      assertThat(store.commit(decision("pump-1", both))).isEqualTo(STALE);

      assertThat(left("pump-1")).hasSize(6);
      assertThat(store.certificate(a.id())).isPresent();
      assertThat(entries()).isEqualTo(before);
    }

    @Test
    void replicasThatPruneAtTheSameTime_doItOnce() throws Exception {
      for (int i = 0; i < 20; i++) {
        commit(new RegisterDevice(device("many-" + i, "pumps")));
        line("many-" + i, 5);
      }
      long last = store.settled();
      int[][] counts = new int[4][1];
      List<Callable<Boolean>> replicas = new ArrayList<>();
      for (int[] count : counts) {
        Pruning pruning = pruning(new SettableTime(DUE.plusSeconds(60)), count);
        replicas.add(() -> pruning.work(() -> true));
      }

      assertThat(together(replicas)).containsOnly(true);

      int pruned = 0;
      for (int[] count : counts) {
        pruned += count[0];
      }
      long told =
          store.after(last, 100).stream()
              .map(each -> Entry.ofCanonical(each.canonical()).facts().get("credentials"))
              .mapToLong(Long::parseLong)
              .sum();
      assertThat(pruned).isEqualTo(40);
      assertThat(told).isEqualTo(40);
      assertThat(left("many-7")).hasSize(3);
    }

    /// Each used, the last three in turn; one a second.
    private List<Credential> line(String device, int length) {
      List<Credential> line = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        Credential next =
            credential(
                device, device + "-" + i, i == 0 ? token("t " + device) : after(line.getLast()), i);
        commit(step(device, 2L * i), new AddCredential(next, der(next)));
        line.add(next);
        List<CredentialId> ids = ids(line);
        commit(
            step(
                device,
                2L * i + 1,
                ids.subList(Math.max(0, i - 2), i + 1).toArray(new CredentialId[0])));
      }
      return line;
    }

    private int prune(Instant at) {
      int[] pruned = {0};
      assertThat(pruning(new SettableTime(at), pruned).work(() -> true)).isTrue();
      return pruned[0];
    }

    private Pruning pruning(SettableTime time, int[] pruned) {
      return new Pruning(
          store,
          store,
          store,
          time,
          KEEP,
          (count, overdue) -> {
            assertThat(overdue).isGreaterThanOrEqualTo(Duration.ZERO);
            pruned[0] += count;
          });
    }

    private List<CredentialId> left(String device) {
      return store.credentialsOf(new DeviceId(device), 10).reversed().stream()
          .map(Credential::id)
          .toList();
    }

    private KeyStanding standing(String device, Credential of) {
      return store.bySlot(slot(device), Optional.of(of.key())).orElseThrow().wantedKey();
    }

    /// A list that names these, as far as anybody reads in it.
    private void publish(long before, long number, Instant at, long through, List<Credential> all) {
      byte[][] entries =
          all.stream()
              .map(each -> tlv(0x30, tlv(0x02, each.serial().toByteArray()), tlv(0x17)))
              .toArray(byte[][]::new);
      byte[] signed =
          tlv(0x30, tlv(0x02), tlv(0x30), tlv(0x30), tlv(0x17), tlv(0x17), tlv(0x30, entries));
      Listed list = new Listed(number, at, at.plusSeconds(60), through, tlv(0x30, signed));
      assertThat(store.publish(OURS, 0, before, list)).isTrue();
    }

    private static byte[] tlv(int tag, byte[]... parts) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        content.writeBytes(part);
      }
      assertThat(content.size()).isLessThan(128);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(tag);
      all.write(content.size());
      all.writeBytes(content.toByteArray());
      return all.toByteArray();
    }

    private static List<CredentialId> ids(List<Credential> credentials) {
      return credentials.stream().map(Credential::id).toList();
    }

    private static Credential lasting(Credential c) {
      return new Credential(
          c.id(),
          c.slot(),
          c.state(),
          c.shown(),
          c.key(),
          c.serial(),
          c.authority(),
          c.predecessor(),
          c.generation(),
          c.protection(),
          c.issuedAt(),
          c.notBefore(),
          c.notAfter().plus(Duration.ofDays(3_650)),
          c.provenAt(),
          c.lastUsedAt());
    }
  }
}

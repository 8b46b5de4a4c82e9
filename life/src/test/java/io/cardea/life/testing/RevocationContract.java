package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.der;
import static io.cardea.life.testing.Samples.device;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.PkiChange.SaveOwnCertificate;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Revocations.Revoked;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.HoldCredential;
import io.cardea.life.rotation.RotationChange.LiftHold;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a store keeps of revocations, shard by shard.
abstract class RevocationContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards>
    extends PruneContract<S> {
  private static final AuthorityId OURS = new AuthorityId(Samples.AUTHORITY);

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
    void revoked_haveTheirShardAndAnOrder() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      Credential c = credential("pump-1", "c", after(a), 2);
      commit(step("pump-1", 2), new AddCredential(c, der(c), 7));
      Instant at = NOON.plusSeconds(60);
      commit(
          step("pump-1", 3),
          new RevokeCredential(b.id(), RevocationReason.SUPERSEDED, at),
          new RevokeCredential(c.id(), RevocationReason.SUPERSEDED, at));
      commit(
          step("pump-1", 4),
          new RevokeCredential(
              a.id(), RevocationReason.KEY_COMPROMISE, at, Optional.of(NOON.minusSeconds(9))));

      assertThat(store.revoked(OURS, 0, 0, 10))
          .containsExactly(
              new Revoked(1, b.serial(), at, 4, Optional.empty(), b.notAfter(), false, false),
              new Revoked(
                  2,
                  a.serial(),
                  at,
                  1,
                  Optional.of(NOON.minusSeconds(9)),
                  a.notAfter(),
                  false,
                  false));
      assertThat(store.revoked(OURS, 0, 1, 10)).hasSize(1);
      assertThat(store.revoked(OURS, 0, 0, 1)).hasSize(1);
      assertThat(store.revoked(OURS, 7, 0, 10)).extracting(Revoked::position).containsExactly(1L);
      assertThat(store.revoked(new AuthorityId("other"), 0, 0, 10)).isEmpty();
      assertThat(store.shard(OURS, 0)).contains(new Revocations.Shard(2, Optional.empty()));
      assertThat(store.shard(OURS, 7)).contains(new Revocations.Shard(1, Optional.empty()));
      assertThat(store.shard(OURS, 1)).isEmpty();
    }

    @Test
    void revocationThatWasNotWritten_takesNoPosition() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      store.commit(
          decision(
              "pump-1",
              step("pump-1", 9),
              new RevokeCredential(a.id(), RevocationReason.SUPERSEDED, NOON)));

      assertThat(store.revoked(OURS, 0, 0, 10)).isEmpty();
      assertThat(store.shard(OURS, 0).map(Revocations.Shard::position).orElse(0L)).isZero();
    }

    @Test
    void positions_haveNoGapWhoeverRevokesAtTheSameTime() throws Exception {
      List<Callable<Outcome>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String device = "pump-1" + i;
        commit(new RegisterDevice(device(device, "pumps")));
        Credential each = credential(device, "c " + i, token("t " + i), i);
        issue(0, each);
        calls.add(() ->
            store.commit(
                decision(
                    device,
                    step(device, 1),
                    new RevokeCredential(each.id(), RevocationReason.SUPERSEDED, NOON))));
      }

      assertThat(together(calls)).containsOnly(COMMITTED);

      assertThat(store.revoked(OURS, 0, 0, 100))
          .extracting(Revoked::position)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void status_isThatOfTheCredential() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      commit(step("pump-1", 2), new RevokeCredential(b.id(), RevocationReason.SUPERSEDED, NOON));
      Serial own = new Serial(BigInteger.valueOf(4711));
      commit(new SaveOwnCertificate(OURS, own, "server", NOON));

      assertThat(status(a.serial())).isEqualTo(new CertificateStatus.Good());
      assertThat(status(b.serial())).isEqualTo(new CertificateStatus.Revoked(NOON, 4));
      assertThat(status(own.value())).isEqualTo(new CertificateStatus.Good());
      assertThat(status(BigInteger.TWO)).isEqualTo(new CertificateStatus.Unknown());
      assertThat(store.status(new AuthorityId("other"), new Serial(a.serial())))
          .isEqualTo(new CertificateStatus.Unknown());
      assertThat(store.status(new AuthorityId("other"), own))
          .isEqualTo(new CertificateStatus.Unknown());
    }

    @Test
    void hold_isListedUntilItIsLifted() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Instant at = NOON.plusSeconds(60);
      commit(step("pump-1", 1), new HoldCredential(a.id(), at));
      commit(step("pump-1", 2), new HoldCredential(a.id(), at.plusSeconds(5)));

      assertThat(rows()).containsExactly(hold(a, 1, at, false, false));
      assertThat(status(a.serial())).isEqualTo(new CertificateStatus.Revoked(at, 6));
      assertThat(lineage("pump-1").link(a.id()).orElseThrow().state())
          .isEqualTo(CredentialState.STAGED);

      commit(step("pump-1", 3), new LiftHold(a.id()));
      commit(step("pump-1", 4), new LiftHold(a.id()));

      assertThat(rows()).containsExactly(hold(a, 2, at, true, true));
      assertThat(status(a.serial())).isEqualTo(new CertificateStatus.Good());

      commit(step("pump-1", 5), new HoldCredential(a.id(), at.plusSeconds(9)));

      assertThat(rows()).containsExactly(hold(a, 3, at.plusSeconds(9), true, false));
    }

    @Test
    void holdOfWhatIsIssuedInTheSameDecision_isListed() {
      Credential a = credential("pump-1", "a", token("t"), 0);
      commit(step("pump-1", 0), new AddCredential(a, der(a)), new HoldCredential(a.id(), NOON));

      assertThat(rows()).hasSize(1);
    }

    @Test
    void revocation_replacesAHoldAndOutlivesIt() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Instant at = NOON.plusSeconds(60);
      commit(step("pump-1", 1), new HoldCredential(a.id(), NOON));
      commit(step("pump-1", 2), new RevokeCredential(a.id(), RevocationReason.KEY_COMPROMISE, at));
      commit(step("pump-1", 3), new LiftHold(a.id()));
      commit(step("pump-1", 4), new HoldCredential(a.id(), at.plusSeconds(5)));

      assertThat(rows())
          .containsExactly(
              new Revoked(2, a.serial(), at, 1, Optional.empty(), a.notAfter(), true, false));
    }

    @Test
    void holdOfNothing_isStaleAndARefusedDecisionHoldsNothing() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));

      assertThat(
              store.commit(
                  decision(
                      "pump-1",
                      step("pump-1", 1),
                      new HoldCredential(a.id(), NOON),
                      new HoldCredential(Samples.credentialId("nobody"), NOON))))
          .isEqualTo(STALE);
      assertThat(rows()).isEmpty();
    }

    private CertificateStatus status(BigInteger serial) {
      return store.status(OURS, new Serial(serial));
    }

    private List<Revoked> rows() {
      return store.revoked(OURS, 0, 0, 10);
    }

    private static Revoked hold(
        Credential of, long position, Instant at, boolean moved, boolean released) {
      return new Revoked(
          position,
          of.serial(),
          at,
          Revocations.CERTIFICATE_HOLD,
          Optional.empty(),
          of.notAfter(),
          moved,
          released);
    }
  }

  @Nested
  class Lists {
    @Test
    void nextList_isPublishedOnlyAfterTheOneThatItFollows() {
      Listed first = new Listed(5, NOON, NOON.plusSeconds(60), 0, new byte[] {1});
      Listed second = new Listed(6, NOON.plusSeconds(9), NOON.plusSeconds(69), 3, new byte[] {2});

      assertThat(store.publish(OURS, 0, 0, first)).isTrue();
      assertThat(store.publish(OURS, 0, 0, second)).isFalse();
      assertThat(list()).isEqualTo(first);
      assertThat(store.publish(OURS, 0, 5, second)).isTrue();

      assertThat(list()).isEqualTo(second);
      assertThat(list().thisUpdate()).isEqualTo(NOON.plusSeconds(9));
      assertThat(list().nextUpdate()).isEqualTo(NOON.plusSeconds(69));
      assertThat(list().der()).containsExactly(2);
      assertThat(store.shard(OURS, 1)).isEmpty();
    }

    @Test
    void fullShard_isFollowedByANewOne() {
      assertThat(store.count(OURS, Map.of(), NOON)).isZero();
      assertThat(store.count(OURS, Map.of(0, Shards.FULL - 1L), NOON)).isZero();
      assertThat(store.count(OURS, Map.of(0, 1L), NOON)).isEqualTo(1);
      assertThat(store.count(OURS, Map.of(0, 500L), NOON)).isEqualTo(1);
      assertThat(store.count(OURS, Map.of(0, 2L, 1, (long) Shards.FULL), NOON)).isEqualTo(2);
      assertThat(store.count(new AuthorityId("other"), Map.of(), NOON)).isZero();
    }

    @Test
    void replicasThatFillAShardTogether_openOneMore() throws Exception {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(() -> store.count(OURS, Map.of(0, (long) Shards.FULL), NOON));
      }

      together(calls);

      assertThat(store.count(OURS, Map.of(), NOON)).isEqualTo(1);
    }

    private Listed list() {
      return store.shard(OURS, 0).orElseThrow().list().orElseThrow();
    }
  }
}

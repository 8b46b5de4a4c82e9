package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.MassRevocations.Extent;
import io.cardea.life.rotation.MassRevocations.Target;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.BeginMassRevocation;
import io.cardea.life.rotation.RotationChange.EndMassRevocation;
import io.cardea.life.rotation.RotationChange.RecordUse;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.Selection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a store keeps of orders to revoke many, beside all the rest.
public abstract class MassRevocationContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations>
    extends StoreContract<S> {
  private static final Selection PUMPS = ofLabels(Scope.ALL, Map.of("line", "a"));

  private static Selection ofLabels(Scope scope, Map<String, String> labels) {
    return new Selection(
        scope,
        Optional.of("pumps"),
        Optional.empty(),
        Optional.empty(),
        labels,
        Optional.empty(),
        List.of());
  }

  @Nested
  class Many {
    @Test
    void extent_countsWhatStandsAndWhoIsHealthy() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      Credential c = issue(0, credential("pump-2", "c", token("u"), 0));
      commit(step("pump-1", 2), new RecordUse(b.id(), true, NOON.plusSeconds(9)));

      assertThat(store.extent(PUMPS, NOON.plusSeconds(10))).isEqualTo(new Extent(2, 3, 1));
      assertThat(store.extent(PUMPS, NOON.plus(Duration.ofDays(3_000))))
          .isEqualTo(new Extent(2, 3, 0));

      commit(step("pump-2", 1), new RevokeCredential(c.id(), RevocationReason.SUPERSEDED, NOON));
      assertThat(store.extent(PUMPS, NOON.plusSeconds(10))).isEqualTo(new Extent(1, 2, 1));
    }

    @Test
    void targets_comeByIdWithTheirWholeLineage() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      Credential c = issue(0, credential("pump-2", "c", token("u"), 0));

      List<Target> first = store.targets(PUMPS, "", 1);
      assertThat(first).hasSize(1);
      assertThat(first.getFirst().credentials()).containsExactlyInAnyOrder(a.id(), b.id());
      assertThat(first.getFirst().sighting().lineage().links()).hasSize(2);
      assertThat(store.targets(PUMPS, "pump-1", 10))
          .flatExtracting(Target::credentials)
          .containsExactly(c.id());
      assertThat(store.targets(PUMPS, "pump-2", 10)).isEmpty();
    }

    @Test
    void selection_isAllToHold() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));

      assertThat(targets(ofLabels(Scope.ALL, Map.of("line", "b")))).isEmpty();
      assertThat(targets(ofLabels(new Scope(Set.of(), Set.of(), Set.of("gas")), Map.of())))
          .isEmpty();
      assertThat(targets(under("another"))).isEmpty();
      assertThat(targets(under(Samples.AUTHORITY))).containsExactly(a.id());
    }

    private Selection under(String authority) {
      return new Selection(
          Scope.ALL,
          Optional.empty(),
          Optional.of(Environment.FIELD),
          Optional.of("water"),
          Map.of(),
          Optional.of(authority),
          List.of(new DeviceId("pump-1"), new DeviceId("pump-2")));
    }

    private List<CredentialId> targets(Selection selection) {
      return store.targets(selection, "", 10).stream()
          .flatMap(target -> target.credentials().stream())
          .toList();
    }

    @Test
    void order_isReadBackAndGoesOnFromWhereItIs() {
      MassRevocationOrder order = order();
      commit(new BeginMassRevocation(order));
      assertThat(store.order(order.id())).contains(order);
      assertThat(store.unfinished(10)).containsExactly(order);

      assertThat(store.advance(order, "pump-1", 1, 2, 1)).isTrue();
      assertThat(store.advance(order, "pump-1", 1, 2, 1)).isFalse(); // it is further by now
      MassRevocationOrder further = store.order(order.id()).orElseThrow();
      assertThat(further.after()).isEqualTo("pump-1");
      assertThat(List.of(further.devices(), further.credentials(), further.spared()))
          .containsExactly(1L, 2L, 1L);

      EndMassRevocation end = new EndMassRevocation(order.id(), NOON.plusSeconds(60));
      commit(end);
      assertThat(store.unfinished(10)).isEmpty();
      assertThat(store.order(order.id()).orElseThrow().endedAt()).contains(NOON.plusSeconds(60));
      assertThat(store.advance(further, "pump-2", 1, 1, 0)).isFalse();
      assertThat(store.commit(decision("pump-1", end))).isEqualTo(STALE);
    }

    private MassRevocationOrder order() {
      return new MassRevocationOrder(
          UUID.nameUUIDFromBytes(new byte[] {7}),
          "api-token:admin",
          under(Samples.AUTHORITY),
          RevocationReason.KEY_COMPROMISE,
          Optional.of(NOON.minusSeconds(9)),
          "batch 7",
          new Extent(2, 3, 1),
          NOON,
          Optional.empty(),
          "",
          0,
          0,
          true,
          0);
    }
  }
}

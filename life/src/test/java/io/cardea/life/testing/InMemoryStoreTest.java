package io.cardea.life.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.calendar.Calendars;
import io.cardea.life.rotation.emergency.Emergencies;
import io.cardea.life.rotation.plan.Plans;
import io.cardea.life.sessions.OpenSessions;
import io.cardea.life.testing.InMemoryStore.Lie;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends EmergencyContract<InMemoryStore> {
  private InMemoryStore last = new InMemoryStore();

  @Override
  protected InMemoryStore emptyStore() {
    last = new InMemoryStore();
    return last;
  }

  @Override
  protected OpenSessions sessions() {
    return last;
  }

  @Override
  protected Campaigns campaigns() {
    return store.campaigns();
  }

  @Override
  protected Emergencies emergencies() {
    return store.emergencies();
  }

  @Override
  protected Plans plans() {
    return store.plans();
  }

  @Override
  protected Calendars calendars() {
    return store.calendars();
  }

  @Nested
  class Lies {
    private final InMemoryStore store = new InMemoryStore();
    private final Decision registration =
        Samples.decision(
            "pump-1",
            new SaveClass(Samples.deviceClass("pumps")),
            new RegisterDevice(Samples.device("pump-1", "pumps")));

    @Test
    void commitThatFails_hasNoEffect() {
      store.nextCommit(Lie.FAILS);

      assertThatThrownBy(() -> store.commit(registration)).isInstanceOf(StoreFailure.class);
      assertThat(store.device(new DeviceId("pump-1"))).isEmpty();
      assertThat(store.commit(registration)).isEqualTo(new Outcome.Committed());
    }

    @Test
    void commitThatFailsButPersists_isFoundByTheRetry() {
      store.nextCommit(Lie.FAILS_BUT_PERSISTS);

      assertThatThrownBy(() -> store.commit(registration)).isInstanceOf(StoreFailure.class);
      assertThat(store.device(new DeviceId("pump-1"))).isPresent();
      assertThat(store.commit(registration)).isInstanceOf(Outcome.Taken.class);
    }
  }
}

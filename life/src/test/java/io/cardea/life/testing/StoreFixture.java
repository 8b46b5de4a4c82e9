package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.der;
import static io.cardea.life.testing.Samples.device;
import static io.cardea.life.testing.Samples.slot;
import static io.cardea.life.testing.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.RotationChange.AddCredential;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;

/// What the contract of a store stands on: an empty store that knows the class `pumps` and the
/// devices `pump-1` and `pump-2`.
abstract class StoreFixture<
    S extends
        Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
            & Authorities & Revocations & Shards> {
  static final Outcome COMMITTED = new Outcome.Committed();
  static final Outcome STALE = new Outcome.Stale();

  S store;

  /// An empty store.
  protected abstract S emptyStore() throws Exception;

  @BeforeEach
  final void prepare() throws Exception {
    store = emptyStore();
    commit(new SaveClass(Samples.deviceClass("pumps")));
    commit(new RegisterDevice(device("pump-1", "pumps")));
    commit(new RegisterDevice(device("pump-2", "pumps")));
  }

  final void commit(Change... changes) {
    assertThat(store.commit(decision("pump-1", changes))).isEqualTo(COMMITTED);
  }

  /// Issues into a slot at this version.
  final Credential issue(long version, Credential credential) {
    commit(
        step(credential.slot().device().value(), version),
        new AddCredential(credential, der(credential)));
    return credential;
  }

  final Lineage lineage(String device) {
    return store.whole(slot(device)).orElseThrow().lineage();
  }

  final long entries() {
    return store.after(0, 1_000).size();
  }

  /// Runs all at once and returns the results in order.
  static <T> List<T> together(List<Callable<T>> calls) throws Exception {
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

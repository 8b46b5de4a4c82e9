package io.cardea.apps.server;

import io.cardea.life.Refused;
import io.cardea.life.ledger.Commits.StoreFailure;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that comes round, on every replica. What writes asks for a claim first, and decides by the
/// state of the row that it steps; the rest makes nothing durable.
final class Timers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Timers.class);

  private final ScheduledExecutorService executor;

  /// @param name of its one thread: what comes round there waits for each other
  Timers(String name) {
    executor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon(true).factory());
  }

  /// A piece of work; what it throws is logged, and it comes round again.
  @FunctionalInterface
  interface Work {
    void run() throws Refused;
  }

  /// The first time after one period.
  void every(Duration period, String name, Work work) {
    every(period, period, name, work);
  }

  /// The first time now.
  void nowAndEvery(Duration period, String name, Work work) {
    every(Duration.ZERO, period, name, work);
  }

  private void every(Duration first, Duration period, String name, Work work) {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> once(name, work), first.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Does it once, as soon as nothing else is being done.
  void soon(String name, Work work) {
    executor.execute(() -> once(name, work));
  }

  private static void once(String name, Work work) {
    try {
      work.run();
    } catch (Refused | StoreFailure e) {
      log.warn("{}: {}; it comes round again", name, e.getMessage());
    } catch (RuntimeException e) {
      // A timer that threw would silently never run again. It fails closed: nothing was done.
      log.error("{} failed; it comes round again", name, e);
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}

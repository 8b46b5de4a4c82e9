package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.cardea.life.ledger.EntryKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Strangers do their worst on the devices' door while devices enrol and renew through it.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientsTest {
  private static final int HALF_OPEN = 200;
  private static final int CLIENTS = 6;
  private static final int ANSWERS_OF_EACH = 9;

  /// Over the usual: the crowd costs its share of two cores, in this very process.
  private static final Duration ALLOWANCE = Duration.ofSeconds(1);

  private final Set<String> devices = new HashSet<>();

  @Test
  void hostileClients_costOtherDevicesNothingAndLeaveNothing() throws Exception {
    try (Home home = Home.create();
        LogCapture log = LogCapture.start();
        TrialServer server =
            TrialServer.start(
                home.resolve("server"),
                Map.of("edge.handshake-timeout", "2s", "edge.request-timeout", "2s"))) {
      TrialServer.createClass(
          server.api(), "busy", "device", Map.of("candidates_per_tenth", 10_000));
      latencies(server, "warm"); // cold code is slow for everybody
      List<Duration> calm = latencies(server, "calm");
      int entriesBefore = server.ledger().entries().size();
      List<Duration> crowded;
      int entriesAfterTheCrowdAlone;
      try (HostileCrowd crowd =
          new HostileCrowd(
              server.server().devicePort(), server.server().httpPort(), server.door().anchors())) {
        crowd.halfOpenConnections(HALF_OPEN);
        crowd.slowWriters(4);
        crowd.garbage(10);
        crowd.badRequests();
        Eventually.until(
            Duration.ofSeconds(30),
            () -> "answers to bad requests: " + crowd.statuses(),
            () -> crowd.statuses().containsAll(Set.of(400, 401, 404, 413, 431, 505)));
        entriesAfterTheCrowdAlone = server.ledger().entries().size();
        crowded = latencies(server, "crowded");
        Eventually.until(
            "half-open connections and slow writers are sent away",
            () -> crowd.sentAway() >= HALF_OPEN && crowd.slowSentAway() >= 4);
      }

      assertThat(nineInTen(crowded)).isLessThan(nineInTen(calm).multipliedBy(5).plus(ALLOWANCE));
      assertThat(entriesAfterTheCrowdAlone).isEqualTo(entriesBefore);
      LedgerCheck ledger = server.ledger();
      assertThat(ledger.entries())
          .allSatisfy(entry -> {
            assertThat(entry.kind()).isNotEqualTo(EntryKind.REQUEST_REFUSED);
            assertThat(entry.device().map(devices::contains).orElse(true)).isTrue();
          });
      assertThat(ledger.holds()).isEqualTo(3 * CLIENTS * ANSWERS_OF_EACH);
      assertThat(log.events())
          .noneMatch(event -> event.getThrowableProxy() != null)
          .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
    }
  }

  /// How long each request of some clients in closed loops took, all of which succeed.
  private List<Duration> latencies(TrialServer server, String name) throws Exception {
    Map<Client, List<Duration>> clients = new HashMap<>();
    for (int number = 0; number < CLIENTS; number++) {
      ArrayDeque<PlainDevice> toEnrol = new ArrayDeque<>();
      for (int device = 0; device < ANSWERS_OF_EACH / 3; device++) {
        PlainDevice registered = server.device(name + "-" + number + "-" + device, "busy");
        devices.add(registered.id());
        toEnrol.add(registered);
      }
      clients.put(new Client(toEnrol), new ArrayList<>());
    }
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      clients.forEach((client, took) -> running.add(executor.submit(() -> measure(client, took))));
      for (Future<?> one : running) {
        one.get();
      }
    }
    List<Duration> all = new ArrayList<>();
    clients.values().forEach(all::addAll);
    return all;
  }

  private static void measure(Client client, List<Duration> took) {
    for (int asked = 0; asked < ANSWERS_OF_EACH; asked++) {
      long began = System.nanoTime();
      assertThat(client.next()).as("an answer comes").isTrue();
      took.add(Duration.ofNanos(System.nanoTime() - began));
    }
  }

  private static Duration nineInTen(List<Duration> all) {
    List<Duration> sorted = new ArrayList<>(all);
    Collections.sort(sorted);
    return sorted.get(sorted.size() * 9 / 10);
  }
}

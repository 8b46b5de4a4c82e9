package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.agent.Agent;
import io.cardea.apps.agent.AgentEvent;
import io.cardea.apps.agent.AgentSettings;
import io.cardea.apps.agent.RetryPace;
import io.cardea.apps.agent.Surroundings;
import io.cardea.apps.agent.TokenSource;
import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.ClientIdentity;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Devices whose clocks are years off, or jump by years, with a whole server.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WrongClockTest {
  private static final Duration LIFE = Duration.ofSeconds(15);
  private static final Duration TEN_YEARS = Duration.ofDays(3_653);
  private static final int CREDENTIALS = 3;
  private static final String CLASS = "short";

  @Test
  void deviceWhoseClockIsYearsOff_enrolsAndRenewsLikeAnyOther() throws Exception {
    try (Home home = Home.create();
        TrialServer server = TrialServer.start(home.resolve("server"))) {
      server.api().saveProfile(CLASS, LIFE, Duration.ofSeconds(1));
      server.api().ensureClass(CLASS, CLASS, LIFE.dividedBy(3), LIFE.dividedBy(3));
      List<Clocked> devices = new ArrayList<>();
      try {
        devices.add(Clocked.start(server, home, "ahead", TEN_YEARS));
        devices.add(Clocked.start(server, home, "behind", TEN_YEARS.negated()));
        devices.add(Clocked.in1970(server, home, "since-1970"));
        devices.add(Clocked.start(server, home, "no-clock", () -> Instant.EPOCH));
        Clocked jumping = Clocked.start(server, home, "jumping", TEN_YEARS.negated());
        devices.add(jumping);
        Eventually.until("first credentials", () -> devices.stream().allMatch(d -> d.has(1)));
        jumping.error.set(TEN_YEARS);
        Eventually.until("second credentials", () -> devices.stream().allMatch(d -> d.has(2)));
        jumping.error.set(TEN_YEARS.negated());
        Eventually.until(
            Duration.ofSeconds(40),
            devices::toString,
            () -> devices.stream().allMatch(d -> d.has(CREDENTIALS)));
        for (Clocked device : devices) {
          device.isWell();
        }
      } finally {
        devices.forEach(device -> device.agent.close());
      }
      assertThat(server.ledger().holds()).isGreaterThanOrEqualTo(5 * CREDENTIALS);
    }
  }

  /// A real agent, and how far its clock is off.
  private static final class Clocked {
    private final PlainDevice device;
    private final AtomicReference<Duration> error;
    private final Queue<AgentEvent> events;
    private final Agent agent;

    private Clocked(
        PlainDevice device,
        AtomicReference<Duration> error,
        Queue<AgentEvent> events,
        Agent agent) {
      this.device = device;
      this.error = error;
      this.events = events;
      this.agent = agent;
    }

    /// The clock of a device whose battery is empty begins there, and goes on.
    static Clocked in1970(TrialServer server, Home home, String id) throws IOException {
      return start(
          server, home, id, Duration.between(InstantSource.system().instant(), Instant.EPOCH));
    }

    static Clocked start(TrialServer server, Home home, String id, Duration error)
        throws IOException {
      AtomicReference<Duration> off = new AtomicReference<>(error);
      return start(server, home, id, off, () -> InstantSource.system().instant().plus(off.get()));
    }

    /// With a clock that shows what it likes.
    static Clocked start(TrialServer server, Home home, String id, InstantSource clock)
        throws IOException {
      return start(server, home, id, new AtomicReference<>(Duration.ZERO), clock);
    }

    private static Clocked start(
        TrialServer server,
        Home home,
        String id,
        AtomicReference<Duration> off,
        InstantSource wrong)
        throws IOException {
      PlainDevice device = server.device(id, CLASS);
      Queue<AgentEvent> events = new ConcurrentLinkedQueue<>();
      AgentSettings settings =
          AgentSettings.of(new DeviceId(id), device.door(), home.resolve(id))
              .withToken(TokenSource.of(device.token()))
              .withPace(new RetryPace(LIFE.dividedBy(60), LIFE.dividedBy(10), LIFE.dividedBy(5)));
      Agent agent =
          Agent.open(
              settings, events::add, new Surroundings(wrong, System::nanoTime, new Random(1)));
      agent.start();
      return new Clocked(device, off, events, agent);
    }

    /// Whether so many credentials were stored, and the newest of them admitted.
    boolean has(int credentials) {
      return events.stream()
              .filter(AgentEvent.Confirmed.class::isInstance)
              .map(AgentEvent.Confirmed.class::cast)
              .map(AgentEvent.Confirmed::generation)
              .distinct()
              .count()
          >= credentials;
    }

    void isWell() throws IOException {
      assertThat(events)
          .noneMatch(AgentEvent.Refused.class::isInstance)
          .noneMatch(AgentEvent.GivenUp.class::isInstance)
          .noneMatch(AgentEvent.NeedsHelp.class::isInstance);
      ClientIdentity shown = agent.shown().orElseThrow();
      assertThat(device.isAdmitted(shown)).isTrue();
    }

    @Override
    public String toString() {
      return device.id() + " " + events;
    }
  }
}

package io.cardea.apps.agent;

import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One device in a world whose time passes when the test says so. The server's clock and the
/// monotonic one go together; the wall clock of the device goes its own way.
final class TestDevice {
  static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
  static final Path DIRECTORY = Path.of("/device");
  static final String ID = "pump-0001";

  final FakeServer server = new FakeServer(START);
  final MemoryDisk disk = new MemoryDisk(DIRECTORY);
  final List<AgentEvent> events = new ArrayList<>();
  final AtomicReference<@Nullable String> token = new AtomicReference<>("token-1");
  final AtomicReference<Duration> clockError = new AtomicReference<>(Duration.ZERO);
  private final AtomicLong ticker = new AtomicLong(42);
  private final Random random;
  private final Function<AgentSettings, AgentSettings> more;
  Agent agent;

  TestDevice(long seed) throws IOException {
    this(seed, settings -> settings);
  }

  TestDevice(long seed, Function<AgentSettings, AgentSettings> more) throws IOException {
    this.random = new Random(seed);
    this.more = more;
    server.token(ID, "token-1");
    agent = open();
  }

  private Agent open() throws IOException {
    AgentSettings settings =
        AgentSettings.of(
                new DeviceId(ID),
                new ConnectionSettings(
                    URI.create("https://server.test:8443"), Set.of(server.authority.root())),
                DIRECTORY)
            .withToken(() -> java.util.Optional.ofNullable(token.get()));
    return Agent.open(
        more.apply(settings),
        events::add,
        new Surroundings(() -> server.now.plus(clockError.get()), ticker::get, random),
        disk,
        new FakeDoor(server));
  }

  /// The process dies and starts again; the disk keeps everything.
  void restart() throws IOException {
    agent = open();
  }

  /// The power fails and comes back.
  void powerCut(Random chance) throws IOException {
    disk.crash(chance);
    agent = open();
  }

  void pass(Duration time) {
    ticker.addAndGet(time.toNanos());
    server.now = server.now.plus(time);
  }

  /// Steps, letting time pass as the agent asks, until it is so.
  ///
  /// @return how much time passed
  Duration until(BooleanSupplier condition) {
    Instant begin = server.now;
    for (int steps = 0; steps < 2_000; steps++) {
      if (condition.getAsBoolean()) {
        return Duration.between(begin, server.now);
      }
      pass(agent.step());
    }
    throw new AssertionError("did not happen in 2,000 steps; events: " + events);
  }

  /// Until this many generations were confirmed, since the beginning.
  Duration untilConfirmed(int count) {
    return until(() -> confirmed() >= count);
  }

  /// Until this many certificates were issued, and the last one is in use.
  void untilInUse(int count) {
    until(() -> server.issued() >= count && newestIsInUse());
  }

  private boolean newestIsInUse() {
    try {
      return Identities.look(disk, DIRECTORY)
          .current()
          .filter(g -> g.certificate().equals(server.newest()))
          .isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int confirmed() {
    return (int)
        happened(AgentEvent.Confirmed.class).stream()
            .mapToInt(AgentEvent.Confirmed::generation)
            .distinct()
            .count();
  }

  <T extends AgentEvent> List<T> happened(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}

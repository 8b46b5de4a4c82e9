package io.cardea.apps.server.watch;

import io.cardea.life.findings.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes each check of this replica when it is due, within a limit of time, and remembers what was
/// seen. An alarm that is raised, or over, is said once in the log.
public final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  /// How long one check may take; what takes longer was not made.
  static final Duration LIMIT = Duration.ofSeconds(10);

  private final List<Check> checks;
  private final InstantSource time;
  private final Duration limit;
  private final ExecutorService eyes = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Alarm, Memory> memory = new ConcurrentHashMap<>();

  private record Memory(Seen seen, long nanos) {}

  /// What is known about one alarm.
  ///
  /// @param since since when it looks like this, as far as this replica knows
  public record Seen(Alarm alarm, Look look, Instant since) {}

  public Watch(List<Check> checks, InstantSource time) {
    this(checks, time, LIMIT);
  }

  Watch(List<Check> checks, InstantSource time, Duration limit) {
    this.checks = List.copyOf(checks);
    this.time = time;
    this.limit = limit;
  }

  /// Makes the checks that are due, all at once. For one thread, again and again.
  public void look() {
    List<Check> due = checks.stream().filter(this::isDue).toList();
    List<Future<Look>> looks = new ArrayList<>();
    for (Check check : due) {
      looks.add(eyes.submit(check.eye()::look));
    }
    long deadline = System.nanoTime() + limit.toNanos();
    for (int i = 0; i < due.size(); i++) {
      remember(due.get(i).alarm(), seen(looks.get(i), deadline - System.nanoTime()));
    }
  }

  /// What is known, the raised ones first, then in the order of their declaration.
  public List<Seen> seen() {
    return memory.values().stream().map(Memory::seen).sorted(Watch::compare).toList();
  }

  /// What is known about one, for a gauge.
  public Optional<Seen> seen(Alarm alarm) {
    return Optional.ofNullable(memory.get(alarm)).map(Memory::seen);
  }

  /// The alarms that this replica looks for.
  public List<Alarm> alarms() {
    return checks.stream().map(Check::alarm).toList();
  }

  private boolean isDue(Check check) {
    Memory last = memory.get(check.alarm());
    return last == null
        || last.seen().look() instanceof Look.Unseen
        || System.nanoTime() - last.nanos() >= check.every().toNanos();
  }

  private static Look seen(Future<Look> look, long nanos) {
    try {
      return look.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      // Whatever failed, nothing was seen: that is neither fine nor wrong.
      log.debug("a check was not made", e.getCause());
      return new Look.Unseen("could not be looked at");
    } catch (TimeoutException e) {
      look.cancel(true);
      return new Look.Unseen("could not be looked at in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Look.Unseen("the server is stopping");
    }
  }

  private void remember(Alarm alarm, Look look) {
    Optional<Seen> before = seen(alarm);
    boolean same = before.filter(was -> was.look().getClass() == look.getClass()).isPresent();
    Instant since = same ? before.get().since() : time.instant();
    memory.put(alarm, new Memory(new Seen(alarm, look, since), System.nanoTime()));
    if (!same) {
      say(alarm, before.isPresent(), look);
    }
  }

  private static void say(Alarm alarm, boolean known, Look now) {
    switch (now) {
      case Look.Wrong(var detail) ->
          log.error("alarm {}: {} ({})", alarm.code(), alarm.meaning(), detail);
      case Look.Unseen(var detail) -> log.warn("alarm {}: {}", alarm.code(), detail);
      case Look.Fine(var detail) -> {
        if (known) {
          log.info("alarm {} is over: {}", alarm.code(), detail);
        }
      }
    }
  }

  private static int compare(Seen one, Seen other) {
    int rank = Integer.compare(rank(one.look()), rank(other.look()));
    return rank != 0 ? rank : one.alarm().compareTo(other.alarm());
  }

  private static int rank(Look look) {
    return switch (look) {
      case Look.Wrong _ -> 0;
      case Look.Unseen _ -> 1;
      case Look.Fine _ -> 2;
    };
  }

  @Override
  public void close() {
    eyes.shutdownNow();
  }
}

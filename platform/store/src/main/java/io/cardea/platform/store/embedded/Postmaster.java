package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps PostgreSQL running until told to stop, and starts it again when it was killed.
///
/// The one thread here lives as long as PostgreSQL does: the kernel ends a child with `pdeathsig`
/// when the *thread* that forked it ends, not when the process does.
final class Postmaster {
  private static final Logger LOG = LoggerFactory.getLogger("io.cardea.postgresql");
  private static final Duration START_LIMIT = Duration.ofMinutes(10); // a long log to replay
  private static final int LINES_KEPT = 20;
  private static final int LONGEST_LINE = 2_000;

  private final Cluster cluster;
  private final List<String> command;
  private final CompletableFuture<Long> firstReady = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread supervisor;
  private final Object lock = new Object();
  private @Nullable Process process;

  Postmaster(Cluster cluster, List<String> command) {
    this.cluster = cluster;
    this.command = List.copyOf(command);
    this.supervisor =
        Thread.ofPlatform().daemon().name("postgresql-supervisor").unstarted(this::supervise);
  }

  /// Returns when PostgreSQL accepts connections.
  void start() {
    supervisor.start();
    try {
      firstReady.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StoreStartException told
          ? told
          : new StoreStartException("PostgreSQL does not start: " + e.getCause(), e);
    } catch (TimeoutException e) {
      stop();
      throw new StoreStartException(
          "PostgreSQL was not ready after " + START_LIMIT + ": see the log, then start again", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
      throw new StoreStartException("interrupted while PostgreSQL started: start again", e);
    }
  }

  /// The process that serves now; after it was killed and started again, another one.
  long pid() {
    synchronized (lock) {
      return process == null ? -1 : process.pid();
    }
  }

  void stop() {
    closing.countDown();
    @Nullable Process running;
    synchronized (lock) {
      running = process;
    }
    if (running != null && running.isAlive()) {
      Cluster.stop(running.pid());
    }
    try {
      supervisor.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void supervise() {
    Duration pause = Duration.ofMillis(200);
    try {
      while (!isClosing(Duration.ZERO)) {
        long started = System.nanoTime();
        String end = runOnce();
        if (isClosing(Duration.ZERO)) {
          return;
        }
        if (!firstReady.isDone()) {
          throw new StoreStartException("PostgreSQL does not start: " + end);
        }
        if (System.nanoTime() - started > Duration.ofMinutes(1).toNanos()) {
          pause = Duration.ofMillis(200);
        }
        LOG.error("PostgreSQL ended ({}); it is started again in {}", end, pause);
        if (isClosing(pause)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(Duration.ofSeconds(30)) < 0
                ? pause.multipliedBy(2)
                : Duration.ofSeconds(30);
      }
    } catch (StoreStartException | IOException | InterruptedException e) {
      if (!firstReady.completeExceptionally(e)) {
        LOG.error("PostgreSQL is not started again", e);
      }
    }
  }

  /// Runs one life of PostgreSQL and returns how it ended.
  private String runOnce() throws IOException, InterruptedException {
    cluster.clearLeftovers();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Environment.clean(builder);
    Process started;
    synchronized (lock) {
      started = builder.start();
      process = started;
    }
    // stop() saw no process just before: then it is on us, and the pair of checks misses none.
    if (isClosing(Duration.ZERO)) {
      Signal.INT.sendTo(started.pid());
    }
    started.getOutputStream().close();
    Deque<String> last = new ArrayDeque<>();
    Thread reader = Thread.ofVirtual().name("postgresql-log").start(() -> copyLog(started, last));
    while (!firstReady.isDone() && !started.waitFor(10, TimeUnit.MILLISECONDS)) {
      if (cluster.isReady(started.pid())) {
        firstReady.complete(started.pid());
      }
    }
    int status = started.waitFor();
    reader.join(Duration.ofSeconds(1));
    synchronized (last) {
      return "status " + status + ": " + String.join(" · ", last);
    }
  }

  private boolean isClosing(Duration wait) throws InterruptedException {
    return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void copyLog(Process process, Deque<String> last) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
        boolean bad = text.contains("ERROR:") || text.contains("FATAL:") || text.contains("PANIC:");
        if (bad || text.contains("WARNING:")) {
          LOG.warn("{}", text);
        } else {
          LOG.debug("{}", text);
        }
        synchronized (last) {
          if (last.size() == LINES_KEPT) {
            last.removeFirst();
          }
          last.addLast(text);
        }
      }
    } catch (IOException e) {
      LOG.debug("the log of PostgreSQL ended", e);
    }
  }
}

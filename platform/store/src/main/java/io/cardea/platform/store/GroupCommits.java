package io.cardea.platform.store;

import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Decision;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes many decisions in one database transaction: a few writers each take what has gathered
/// while they were busy.
///
/// A caller waits for its own decision, at most for the patience: first for a place in the queue,
/// then for the commit. One that gives up before a writer took its decision has had no effect;
/// after that nobody can say, and the caller is told so. A decision that lost against another
/// writer is taken out and the rest is written without it; one that the database cannot hold at all
/// fails alone.
///
/// A decision without anything to write asks whether what its caller has read is there to stay: it
/// is committed once every node that commits wait for has it (P4).
final class GroupCommits implements Commits, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommits.class);
  private static final int LARGEST_GROUP = 128;
  private static final int QUEUE = 4_096;
  private static final int RETRIES = 5;
  private static final String NOT_CONFIRMED = "08007"; // transaction resolution unknown
  private static final Duration POLL = Duration.ofMillis(250);

  private final DataSource database;
  private final StoreListener listener;
  private final Duration patience;
  private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
  private final List<Thread> writers = new ArrayList<>();
  private volatile boolean closing;

  /// A decision on its way, taken by a writer or given up by its caller, never both.
  private static final class Pending {
    private final Written written;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private final long since = System.nanoTime();

    private Pending(Written written) {
      this.written = written;
    }
  }

  GroupCommits(DataSource database, int writerCount, Duration patience, StoreListener listener) {
    this.database = database;
    this.patience = patience;
    this.listener = listener;
    for (int i = 0; i < writerCount; i++) {
      writers.add(Thread.ofPlatform().daemon().name("store-writer-" + i).start(this::write));
    }
  }

  @Override
  public Outcome commit(Decision decision) {
    Written written = sorted(decision);
    if (written.verdict().isPresent()) {
      return written.verdict().get();
    }
    Pending pending = new Pending(written);
    try {
      if (closing || !queue.offer(pending, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure("the store takes no more writes just now");
      }
      return pending.outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StoreFailure told
          ? told
          : new StoreFailure("the store did not confirm", e);
    } catch (TimeoutException e) {
      throw new StoreFailure(
          pending.taken.compareAndSet(false, true)
              ? "the store had no time to write this"
              : "the store did not confirm within " + patience,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      pending.taken.set(true);
      throw new StoreFailure("interrupted while the store wrote", e);
    }
  }

  private static Written sorted(Decision decision) {
    try {
      return new Written(decision);
    } catch (IllegalArgumentException e) {
      throw new StoreFailure("the store cannot hold this", e);
    }
  }

  private void write() {
    List<Pending> batch = new ArrayList<>(LARGEST_GROUP);
    while (true) {
      try {
        Pending first = queue.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, LARGEST_GROUP - 1);
        batch.removeIf(pending -> !pending.taken.compareAndSet(false, true));
        writeAll(batch);
      } catch (InterruptedException e) {
        LOG.warn("a writer of the store was interrupted, and goes on"); // close() is the way to end
      } catch (RuntimeException e) {
        // A defect of ours. Fails closed: nobody of this batch is told that anything was written,
        // and the writer lives on for the others.
        LOG.error("a writer of the store failed", e);
        fail(batch, new StoreFailure("the store failed", e));
      } finally {
        batch.clear();
      }
    }
  }

  /// Decisions that touch the same rows go into transactions that follow each other.
  private void writeAll(List<Pending> batch) {
    List<Pending> rest = batch;
    while (!rest.isEmpty()) {
      List<Pending> group = new ArrayList<>(rest.size());
      List<Pending> later = new ArrayList<>();
      Set<Object> claimed = new HashSet<>();
      for (Pending pending : rest) {
        boolean free = pending.written.claims.stream().noneMatch(claimed::contains);
        claimed.addAll(
            pending.written.claims); // also if it waits: those behind it keep their order
        (free ? group : later).add(pending);
      }
      try (Connection connection = database.getConnection()) {
        connection.setAutoCommit(false);
        writeGroup(connection, group);
      } catch (SQLException e) {
        fail(group, new StoreFailure("the database is not there", e));
      }
      rest = later;
    }
  }

  /// Tells each of the group what became of it; whoever is not told when this throws, was not
  /// written.
  private void writeGroup(Connection connection, List<Pending> all) throws SQLException {
    List<Pending> group = new ArrayList<>(all);
    for (int attempt = 0; !group.isEmpty(); ) {
      long began = System.nanoTime();
      try {
        Map<Integer, Outcome> losers =
            new GroupTransaction(connection, group.stream().map(p -> p.written).toList()).write();
        if (losers.isEmpty()) {
          if (group.stream().allMatch(pending -> pending.written.isEmpty())) {
            waitLikeAWriter(connection);
          }
          connection.commit();
          requireConfirmed(connection);
          long ended = System.nanoTime();
          for (Pending pending : group) {
            pending.outcome.complete(new Outcome.Committed());
          }
          listener.committed(group.size(), began - group.getFirst().since, ended - began);
          return;
        }
        connection.rollback();
        listener.rejected(losers.size());
        List<Pending> others = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
          Outcome lost = losers.get(i);
          if (lost == null) {
            others.add(group.get(i));
          } else {
            group.get(i).outcome.complete(lost);
          }
        }
        group = others;
      } catch (SQLException e) {
        if (isLost(connection, e)) {
          fail(group, new StoreFailure("the database went away", e));
          return;
        }
        connection.rollback();
        if (isConflict(e) && ++attempt <= RETRIES) {
          continue;
        }
        if (group.size() == 1) {
          LOG.warn("a decision does not fit the database: {}", e.getMessage());
          fail(group, new StoreFailure("the store cannot hold this", e));
          return;
        }
        for (Pending each : group) { // find the one by writing each alone
          writeGroup(connection, List.of(each));
        }
        return;
      }
    }
  }

  /// Lets the commit of a transaction that wrote nothing wait for the standbys as if it had: so all
  /// that it could see is on them too. A message that nobody reads is what it takes: a number of a
  /// transaction alone is committed without a wait. Without standbys to wait for, it costs nothing.
  private static void waitLikeAWriter(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          select case when current_setting('synchronous_standby_names') <> ''
            then pg_logical_emit_message(true, 'cardea', '')::text end
          """);
    }
  }

  /// A wait for standbys that was cut short (by a limit of time, by an operator) ends in a commit
  /// with a warning, of what a fail-over would lose. Nobody is told that it was written; the row is
  /// there, and whoever asks again waits for the standbys before it is shown.
  private static void requireConfirmed(Connection connection) throws SQLException {
    SQLWarning warning = connection.getWarnings();
    if (warning != null) {
      throw new SQLException("no standby confirmed: " + warning.getMessage(), NOT_CONFIRMED);
    }
  }

  /// Deadlock or serialization failure: the same again may well succeed.
  private static boolean isConflict(SQLException e) {
    return "40P01".equals(e.getSQLState()) || "40001".equals(e.getSQLState());
  }

  private static boolean isLost(Connection connection, SQLException e) throws SQLException {
    String state = e.getSQLState();
    return connection.isClosed()
        || state == null
        || state.startsWith("08")
        || state.startsWith("57")
        || state.startsWith("53");
  }

  private void fail(List<Pending> group, StoreFailure failure) {
    listener.failed(group.size());
    for (Pending pending : group) {
      pending.outcome.completeExceptionally(failure);
    }
  }

  private static StoreFailure failure(String message) {
    return new StoreFailure(message, new IllegalStateException(message));
  }

  /// Takes no more, and writes what it has taken.
  @Override
  public void close() {
    closing = true;
    for (Thread writer : writers) {
      try {
        writer.join(patience.plus(POLL));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    List<Pending> left = new ArrayList<>();
    queue.drainTo(left);
    fail(left, failure("the store was closed"));
  }
}

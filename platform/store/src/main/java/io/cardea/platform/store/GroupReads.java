package io.cardea.platform.store;

import io.cardea.life.ledger.Commits.StoreFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the questions of many callers by one query: a few readers each take what has gathered
/// while they were busy. Each caller gets what was true at one moment after it asked.
final class GroupReads<Q, A> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupReads.class);
  private static final int LARGEST_GROUP = 64;
  private static final int QUEUE = 4_096;
  private static final Duration POLL = Duration.ofMillis(250);

  private final DataSource database;
  private final Query<Q, A> query;
  private final StoreListener listener;
  private final Duration patience;
  private final BlockingQueue<Pending<Q, A>> queue = new ArrayBlockingQueue<>(QUEUE);
  private final List<Thread> readers = new ArrayList<>();
  private volatile boolean closing;

  private record Pending<Q, A>(Q ask, CompletableFuture<A> answer, long since) {}

  /// One query for all of these questions; the answers in their order.
  @FunctionalInterface
  interface Query<Q, A> {
    List<A> run(Connection connection, List<Q> questions) throws SQLException;
  }

  /// @param name of the threads
  GroupReads(
      String name,
      DataSource database,
      Query<Q, A> query,
      int readerCount,
      Duration patience,
      StoreListener listener) {
    this.database = database;
    this.query = query;
    this.patience = patience;
    this.listener = listener;
    for (int i = 0; i < readerCount; i++) {
      readers.add(Thread.ofPlatform().daemon().name(name + "-" + i).start(this::read));
    }
  }

  /// @throws StoreFailure when the database did not answer in time
  A read(Q ask) {
    Pending<Q, A> pending = new Pending<>(ask, new CompletableFuture<>(), System.nanoTime());
    try {
      if (closing || !queue.offer(pending, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreFailure(
            "the store takes no more reads just now", new IllegalStateException("queue is full"));
      }
      return pending.answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new StoreFailure("the database did not answer", e);
    } catch (TimeoutException e) {
      pending.answer.cancel(false); // whoever takes it from the queue leaves it out
      throw new StoreFailure("the database did not answer within " + patience, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreFailure("interrupted while the store read", e);
    }
  }

  private void read() {
    List<Pending<Q, A>> group = new ArrayList<>(LARGEST_GROUP);
    while (true) {
      try {
        Pending<Q, A> first = queue.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        group.add(first);
        queue.drainTo(group, LARGEST_GROUP - 1);
        group.removeIf(pending -> pending.answer.isDone());
        if (!group.isEmpty()) {
          readGroup(group);
        }
      } catch (InterruptedException e) {
        LOG.warn("a reader of the store was interrupted, and goes on"); // close() is the way to end
      } catch (SQLException | RuntimeException e) {
        // The second is a defect of ours or damage in a row. Fails closed: nobody gets an answer.
        LOG.warn("a read failed: {}", e.toString());
        for (Pending<Q, A> pending : group) {
          pending.answer.completeExceptionally(e);
        }
      } finally {
        group.clear();
      }
    }
  }

  private void readGroup(List<Pending<Q, A>> group) throws SQLException {
    long began = System.nanoTime();
    List<A> answers;
    try (Connection connection = database.getConnection()) {
      answers = query.run(connection, group.stream().map(Pending::ask).toList());
    }
    for (int i = 0; i < answers.size(); i++) {
      group.get(i).answer.complete(answers.get(i));
    }
    listener.read(group.size(), began - group.getFirst().since, System.nanoTime() - began);
  }

  @Override
  public void close() {
    closing = true;
    for (Thread reader : readers) {
      try {
        reader.join(patience.plus(POLL));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package io.cardea.platform.keys;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A token behind a PKCS#11 module: a few threads with a session each, a bounded queue before them,
/// a limit of time for whoever waits.
///
/// A token that goes away is noticed at the first call that fails. From then on everyone is refused
/// at once, and one thread tries with growing pauses until it is back; keys that were open go on
/// then by themselves. A PIN that the token refuses is never tried again: three times may lock it.
public final class Pkcs11Token implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Pkcs11Token.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Settings settings;
  private final Cryptoki module;
  private final BlockingQueue<Job<?>> queue;
  private final List<Thread> threads = new ArrayList<>();
  private final Object gone = new Object();
  private volatile Connection connection;
  private volatile boolean closed;

  /// Which token, and how long anyone waits for it.
  ///
  /// @param token the label of the token, or `slot:N`
  /// @param timeout for one signature, the time in the queue included
  /// @param sessions how many signatures are made at once
  /// @param waiting how many more may wait
  public record Settings(
      java.nio.file.Path module,
      String token,
      PinFile pin,
      Duration timeout,
      int sessions,
      int waiting) {}

  /// What a thread does with its session.
  interface Work<T> {
    T with(Cryptoki module, long session, Map<String, Long> handles) throws Cryptoki.Failure;
  }

  private record Job<T>(Work<T> work, CompletableFuture<T> answer) {
    void run(Cryptoki module, long session, Map<String, Long> handles) throws Cryptoki.Failure {
      answer.complete(work.with(module, session, handles));
    }
  }

  /// One time of being connected.
  ///
  /// @param slot where the token is
  /// @param handles of the private keys found so far, by what finds them
  /// @param why it is over; empty while it holds
  private record Connection(long slot, Map<String, Long> handles, String why) {
    static Connection over(String why) {
      return new Connection(-1, Map.of(), why);
    }

    boolean holds() {
      return why.isEmpty();
    }
  }

  /// Connects, or goes on trying in the background.
  ///
  /// @throws IllegalArgumentException if the module cannot be loaded
  public Pkcs11Token(Settings settings) {
    this.settings = settings;
    this.module = Cryptoki.at(settings.module());
    this.queue = new ArrayBlockingQueue<>(settings.waiting());
    this.connection = connect(false);
    for (int i = 0; i < settings.sessions(); i++) {
      threads.add(Thread.ofPlatform().name("pkcs11-" + i).daemon(true).start(this::serve));
    }
    threads.add(Thread.ofPlatform().name("pkcs11-back").daemon(true).start(this::reconnect));
  }

  /// Whether it answered the last time.
  public boolean isThere() {
    return connection.holds();
  }

  /// How many wait for a session.
  public int waiting() {
    return queue.size();
  }

  /// Runs the work in a session.
  ///
  /// @throws Refused AUTHORITY_UNAVAILABLE if the token is gone, busy or slow
  <T> T call(Work<T> work) throws Refused {
    Connection now = connection;
    if (!now.holds()) {
      throw unavailable("is out of reach: " + now.why());
    }
    Job<T> job = new Job<>(work, new CompletableFuture<>());
    if (!queue.offer(job)) {
      throw unavailable("has more to sign than it takes: " + settings.waiting() + " wait");
    }
    try {
      return job.answer().get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      job.answer().cancel(false); // Who has not begun it will not.
      throw unavailable("took longer than " + settings.timeout().toMillis() + " ms");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Cryptoki.Failure failure
          && failure.code() == Cryptoki.MECHANISM_INVALID) {
        throw new Refused(Refusal.KEY_NOT_ALLOWED, "the token knows no such keys");
      }
      throw unavailable("failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was not waited for");
    }
  }

  private Refused unavailable(String why) {
    return new Refused(Refusal.AUTHORITY_UNAVAILABLE, "the token " + settings.token() + " " + why);
  }

  @SuppressWarnings(
      "ReferenceEquality") // Another time of being connected, not one that looks alike.
  private void serve() {
    Connection mine = Connection.over("not yet");
    long session = 0;
    while (!closed) {
      Job<?> job = null;
      Lock reading = module.lock().readLock();
      try {
        job = queue.take();
        if (job.answer().isDone()) {
          continue;
        }
        reading.lock();
        try {
          Connection now = connection;
          if (!now.holds()) {
            job.answer().completeExceptionally(new IllegalStateException(now.why()));
            continue;
          }
          if (now != mine) {
            session = module.openSession(now.slot());
            mine = now;
          }
          job.run(module, session, mine.handles());
        } finally {
          reading.unlock();
        }
      } catch (Cryptoki.Failure failure) {
        if (failure.code() != Cryptoki.MECHANISM_INVALID) {
          lost(mine, failure);
        }
        job.answer().completeExceptionally(failure);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // A thread that died would leave its share of the work undone for ever.
        log.error("work in a session of the token {} failed", settings.token(), e);
        if (job != null) {
          job.answer().completeExceptionally(e);
        }
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // As in serve.
  private void lost(Connection which, Cryptoki.Failure failure) {
    synchronized (gone) {
      if (!connection.holds() || (which.holds() && which != connection)) {
        return;
      }
      connection = Connection.over(String.valueOf(failure.getMessage()));
      gone.notifyAll();
    }
    log.error("the token {} is gone: {}", settings.token(), failure.getMessage());
  }

  private void reconnect() {
    long pause = FIRST_PAUSE.toMillis();
    try {
      while (!closed) {
        synchronized (gone) {
          while (connection.holds() && !closed) {
            gone.wait();
          }
          if (closed) {
            return;
          }
          gone.wait(pause);
        }
        Connection next = connect(true);
        if (next.holds()) {
          log.info("the token {} is back", settings.token());
          pause = FIRST_PAUSE.toMillis();
        } else {
          pause = Math.min(LONGEST_PAUSE.toMillis(), 2 * pause);
        }
        synchronized (gone) {
          connection = next;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @param anew whether the module is to begin from the start, which is what most of them need
  ///   after a token was gone; while a call hangs in it, that has to wait
  private Connection connect(boolean anew) {
    if (connection != null && connection.why().startsWith("PIN")) {
      return connection;
    }
    Lock writing = module.lock().writeLock();
    if (!writing.tryLock()) {
      return Connection.over("a call hangs in the module");
    }
    try {
      if (anew) {
        module.restart();
      } else {
        try {
          module.slots();
        } catch (Cryptoki.Failure notBegun) {
          module.restart();
        }
      }
      long slot = slot();
      if (slot < 0) {
        return Connection.over("no token of that label is there");
      }
      long session = module.openSession(slot);
      byte[] pin = settings.pin().read();
      try {
        module.login(session, pin);
      } finally {
        Arrays.fill(pin, (byte) 0);
      }
      return new Connection(slot, new ConcurrentHashMap<>(), "");
    } catch (Cryptoki.Failure failure) {
      boolean pin =
          failure.code() == Cryptoki.PIN_INCORRECT || failure.code() == Cryptoki.PIN_LOCKED;
      if (pin) {
        log.error(
            "the token {} refused the PIN; it is not tried again before the next start",
            settings.token());
      }
      return Connection.over(pin ? "PIN refused" : String.valueOf(failure.getMessage()));
    } catch (java.io.IOException e) {
      return Connection.over(String.valueOf(e.getMessage()));
    } finally {
      writing.unlock();
    }
  }

  private long slot() throws Cryptoki.Failure {
    for (long slot : module.slots()) {
      if (settings.token().equals("slot:" + slot) || settings.token().equals(module.label(slot))) {
        return slot;
      }
    }
    return -1;
  }

  /// Ends the threads. Sessions end with the process: the module may be in use elsewhere in it.
  @Override
  public void close() {
    closed = true;
    synchronized (gone) {
      gone.notifyAll();
    }
    threads.forEach(Thread::interrupt);
  }
}

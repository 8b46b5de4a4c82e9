package io.cardea.protocols.edge;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// Lets a bounded number of requests work at once, and when more come, those first whose
/// certificate expires first. After an outage the whole fleet is overdue: whoever can still wait
/// must not take the place of a device that is lost in an hour.
///
/// A bounded number waits here; beyond it, whoever has the most time left is told when to come
/// back: when those before it should have been served, by what was served per second lately. So the
/// crowd spreads itself out instead of knocking every few seconds.
///
/// Guarantees nothing to anybody: a certificate's dates are not verified here, and lying about them
/// gains a place in the queue, no more.
final class Admission {
  /// Whoever waits longer than this is told to come back: nobody listens any more.
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(10);

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Duration SOONEST = Duration.ofSeconds(2);
  private static final Duration LATEST = Duration.ofHours(1);

  /// Powers of two of minutes that are left, and one before them for what has expired.
  private static final int CLASSES = 24;

  /// What is owed to those who never come back is forgotten by and by.
  private static final double KEPT_EACH_SECOND = Math.pow(0.5, 1.0 / 300);

  private static final double FIRST_GUESS = 500;

  /// A request that asks to be let in. Exactly one of the two is called.
  interface Entrant {
    void letIn();

    void turnAway(Duration retryAfter);
  }

  /// @param secondsLeft until its certificate expires, negative when it has
  private record Waiting(Entrant entrant, long secondsLeft, long expiry, long number, long since) {}

  private static final Comparator<Waiting> FIRST_TO_EXPIRE =
      Comparator.comparingLong(Waiting::expiry).thenComparingLong(Waiting::number);

  private final int room;
  private final int seats;
  private final LongSupplier nanoTime;
  private final DoubleSupplier random;
  private final TreeSet<Waiting> queue = new TreeSet<>(FIRST_TO_EXPIRE);
  private final double[] owed = new double[CLASSES];
  private int inside;
  private long asked;
  private double perSecond = FIRST_GUESS;
  private long secondBegan;
  private int servedThisSecond;
  private boolean fullThisSecond;

  /// @param room how many work at once
  /// @param seats how many wait
  /// @param random from 0 to 1
  Admission(int room, int seats, LongSupplier nanoTime, DoubleSupplier random) {
    this.room = room;
    this.seats = seats;
    this.nanoTime = nanoTime;
    this.random = random;
    this.secondBegan = nanoTime.getAsLong();
  }

  /// Lets it in, has it wait, or turns somebody away. The entrant is called on this thread or, when
  /// it waited, on that of whoever leaves.
  void ask(long secondsLeft, Entrant entrant) {
    Optional<Entrant> turned = Optional.empty();
    Duration retryAfter = SOONEST;
    boolean enters = false;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      roll(now);
      if (inside < room) {
        enter(secondsLeft);
        enters = true;
      } else {
        fullThisSecond = true;
        Waiting newcomer =
            new Waiting(entrant, secondsLeft, now / SECOND + secondsLeft, asked++, now);
        queue.add(newcomer);
        if (queue.size() > seats) {
          Waiting last = queue.removeLast();
          turned = Optional.of(last.entrant());
          retryAfter = retryAfter(last.secondsLeft());
        }
      }
    }
    if (enters) {
      entrant.letIn();
    }
    if (turned.isPresent()) {
      turned.get().turnAway(retryAfter);
    }
  }

  /// One that was let in has gone.
  void leave() {
    Waiting next;
    Duration retryAfter = SOONEST;
    do {
      synchronized (this) {
        long now = nanoTime.getAsLong();
        roll(now);
        if (queue.isEmpty()) {
          servedThisSecond++;
          inside--;
          return;
        }
        next = queue.removeFirst();
        if (now - next.since() < LONGEST_WAIT) {
          servedThisSecond++;
          inside--;
          enter(next.secondsLeft());
          break;
        }
        retryAfter = retryAfter(next.secondsLeft());
      }
      next.entrant().turnAway(retryAfter);
    } while (true);
    next.entrant().letIn();
  }

  synchronized int waiting() {
    return queue.size();
  }

  private void enter(long secondsLeft) {
    inside++;
    int its = classOf(secondsLeft);
    owed[its] = Math.max(0, owed[its] - 1);
  }

  private Duration retryAfter(long secondsLeft) {
    int its = classOf(secondsLeft);
    double before = queue.size() + owed[its];
    for (int nearer = 0; nearer < its; nearer++) {
      before += owed[nearer];
    }
    owed[its]++;
    double seconds = before / perSecond * (0.9 + 0.2 * random.getAsDouble());
    if (secondsLeft > 0) {
      seconds = Math.min(seconds, secondsLeft / 4.0);
    }
    Duration wanted = Duration.ofMillis((long) (seconds * 1_000));
    return wanted.compareTo(SOONEST) < 0 ? SOONEST : wanted.compareTo(LATEST) > 0 ? LATEST : wanted;
  }

  private static int classOf(long secondsLeft) {
    if (secondsLeft <= 0) {
      return 0;
    }
    return Math.min(CLASSES - 1, 64 - Long.numberOfLeadingZeros(secondsLeft / 60 + 1));
  }

  /// Learns from seconds in which somebody waited what can be served in one.
  private void roll(long now) {
    long passed = (now - secondBegan) / SECOND;
    if (passed < 1) {
      return;
    }
    if (fullThisSecond) {
      perSecond = Math.max(1, 0.7 * perSecond + 0.3 * servedThisSecond / passed);
    }
    double kept = Math.pow(KEPT_EACH_SECOND, (double) passed);
    for (int each = 0; each < CLASSES; each++) {
      owed[each] *= kept;
    }
    secondBegan += passed * SECOND;
    servedThisSecond = 0;
    fullThisSecond = !queue.isEmpty();
  }
}

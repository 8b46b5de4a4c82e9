package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = 5 * SECOND;
  private final List<String> told = new ArrayList<>();

  private Admission admission(int room, int seats) {
    return new Admission(room, seats, () -> now, () -> 0.5);
  }

  private Admission.Entrant named(String name) {
    return new Admission.Entrant() {
      @Override
      public void letIn() {
        told.add(name + " in");
      }

      @Override
      public void turnAway(Duration retryAfter) {
        told.add(name + " away " + retryAfter.toSeconds());
      }
    };
  }

  @Test
  void whoeverExpiresFirst_entersFirst() {
    Admission admission = admission(1, 10);
    admission.ask(50, named("first"));
    admission.ask(9_000, named("hours"));
    admission.ask(-60, named("expired"));
    admission.ask(600, named("minutes"));
    admission.ask(600, named("later"));

    for (int i = 0; i < 5; i++) {
      admission.leave();
    }

    assertThat(told)
        .containsExactly("first in", "expired in", "minutes in", "later in", "hours in");
  }

  @Test
  void fullQueue_turnsAwayWhoeverCanWaitLongest() {
    Admission admission = admission(1, 2);
    admission.ask(50, named("first"));
    admission.ask(500, named("a"));
    admission.ask(90_000, named("b"));
    admission.ask(10, named("c"));
    admission.ask(100_000, named("d"));

    assertThat(told).containsExactly("first in", "b away 2", "d away 2");
    assertThat(admission.waiting()).isEqualTo(2);
  }

  @Test
  void whoWaitsTooLong_isTurnedAwayAndTakesNoPlace() {
    Admission admission = admission(1, 10);
    admission.ask(50, named("first"));
    admission.ask(50, named("gone"));
    now += 11 * SECOND;
    admission.ask(50, named("here"));

    admission.leave();
    admission.leave();
    admission.ask(50, named("next"));

    assertThat(told).containsExactly("first in", "gone away 2", "here in", "next in");
  }

  @Test
  void retryAfter_isNeverMoreThanAQuarterOfWhatIsLeft() {
    Admission admission = admission(1, 0);
    admission.ask(50, named("first"));
    for (int i = 0; i < 5_000; i++) {
      admission.ask(-1, named("crowd"));
    }
    told.clear();
    admission.ask(20, named("hurried"));
    admission.ask(1_000_000, named("patient"));
    assertThat(told.getFirst()).isEqualTo("hurried away 5");
    assertThat(told.getLast()).isEqualTo("patient away 10");
  }

  private static final class Overdue {
    final long expiresAt;
    long comesAt;
    long servedAt = -1;

    Overdue(long expiresAt, long comesAt) {
      this.expiresAt = expiresAt;
      this.comesAt = comesAt;
    }
  }

  /// A hundred thousand devices that all come at once, and a server for a thousand a second: time
  /// is played, the rules are the product's.
  @Test
  void fleetThatIsOverdue_comesBackInOrder_andNobodyExpiresWaiting() {
    int devices = 100_000;
    int perSecond = 1_000;
    SplittableRandom random = new SplittableRandom(7);
    Admission admission = new Admission(64, 1_024, () -> now, random::nextDouble);
    long start = now;
    PriorityQueue<Overdue> coming =
        new PriorityQueue<>(Comparator.<Overdue>comparingLong(one -> one.comesAt));
    List<Overdue> fleet = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      // Some have minutes left, most have a day.
      long left = 120 + (long) (Math.pow(random.nextDouble(), 2) * 86_400);
      Overdue one = new Overdue(start + left * SECOND, start + random.nextLong(10 * SECOND));
      fleet.add(one);
      coming.add(one);
    }
    List<Overdue> inside = new ArrayList<>();
    long step = SECOND / perSecond;
    long asked = 0;
    int served = 0;
    while (served < devices) {
      now += step;
      while (!coming.isEmpty() && coming.peek().comesAt <= now) {
        Overdue one = coming.remove();
        asked++;
        admission.ask(
            (one.expiresAt - now) / SECOND,
            new Admission.Entrant() {
              @Override
              public void letIn() {
                inside.add(one);
              }

              @Override
              public void turnAway(Duration retryAfter) {
                one.comesAt = now + retryAfter.toNanos();
                coming.add(one);
              }
            });
      }
      if (!inside.isEmpty()) { // one is done in each step
        Overdue done = inside.removeFirst();
        done.servedAt = now;
        served++;
        admission.leave();
      }
      assertThat(now - start).as("an hour is enough").isLessThan(3_600 * SECOND);
    }
    double seconds = (now - start) / (double) SECOND;
    assertThat(fleet).allMatch(one -> one.servedAt <= one.expiresAt);
    assertThat(seconds).as("the server was not left idle for long").isLessThan(250);
    assertThat(asked / (double) devices).as("knocks of each").isLessThan(8);

    // Those who have an hour left, against those who have half a day.
    double hurried = mean(fleet, start, 0, 3_600);
    double patient = mean(fleet, start, 43_200, 90_000);
    assertThat(hurried).isLessThan(patient / 2);
  }

  private static double mean(List<Overdue> fleet, long start, long from, long to) {
    return fleet.stream()
        .filter(
            one -> one.expiresAt - start >= from * SECOND && one.expiresAt - start < to * SECOND)
        .mapToDouble(one -> (one.servedAt - start) / (double) SECOND)
        .average()
        .orElseThrow();
  }
}

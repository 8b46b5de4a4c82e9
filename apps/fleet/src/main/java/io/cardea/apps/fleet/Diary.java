package io.cardea.apps.fleet;

import io.cardea.apps.agent.AgentEvent;
import io.cardea.apps.agent.AgentEvents;
import io.cardea.apps.agent.Operation;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one device went through, as its agent told it: measured here, and kept for the telling.
final class Diary implements AgentEvents {
  private static final int MOMENTS = 400;
  private static final int MEASURES = 10_000;

  private final InstantSource time;
  private final Deque<Moment> moments = new ArrayDeque<>();
  private final Map<Fingerprint, Long> firstAsked = new HashMap<>();
  private final Map<Fingerprint, Integer> lost = new HashMap<>();
  private final List<Duration> renewals = new ArrayList<>();
  private Optional<Duration> enrolled = Optional.empty();
  private Optional<Attempt> underWay = Optional.empty();
  private Optional<String> refusedForGood = Optional.empty();
  private int attempts;
  private int answersLost;
  private int answeredAgain;
  private int renewed;
  private @Nullable Fingerprint confirmed;

  Diary(InstantSource time) {
    this.time = time;
  }

  /// A request for a certificate.
  ///
  /// @param number how many such requests the device had made before
  record Attempt(int number, Operation operation, Fingerprint key) {}

  /// Something to tell, at its time.
  sealed interface Moment {
    Instant at();
  }

  record Told(Instant at, AgentEvent event) implements Moment {}

  /// An answer was lost on purpose after the server had committed it.
  record Lost(Instant at, Attempt attempt, Instant committed) implements Moment {}

  @Override
  public synchronized void happened(AgentEvent event) {
    remember(new Told(time.instant(), event));
    switch (event) {
      case AgentEvent.Attempted(var operation, var key) -> attempted(operation, key);
      case AgentEvent.Stored(_, var key, _) -> {
        refusedForGood = Optional.empty();
        Integer losses = lost.remove(key);
        answeredAgain += losses == null ? 0 : losses;
      }
      case AgentEvent.Confirmed(_, var key, _) -> confirmed(key);
      case AgentEvent.Refused(var operation, _, _, var code, _) -> {
        if (isForGood(operation, code)) {
          refusedForGood = Optional.of(code);
        }
      }
      case AgentEvent.AnswerLost _,
          AgentEvent.Postponed _,
          AgentEvent.GivenUp _,
          AgentEvent.Planned _,
          AgentEvent.Reloaded _,
          AgentEvent.NeedsHelp _,
          AgentEvent.DiskFailed _ -> {}
    }
  }

  private void attempted(Operation operation, Fingerprint key) {
    switch (operation) {
      case ENROL, RENEW -> {
        underWay = Optional.of(new Attempt(attempts++, operation, key));
        firstAsked.putIfAbsent(key, System.nanoTime());
      }
      case PROVE, ASK_WINDOW -> underWay = Optional.empty();
    }
  }

  private void confirmed(Fingerprint key) {
    refusedForGood = Optional.empty();
    Long asked = firstAsked.remove(key);
    if (asked == null || (confirmed != null && key.equals(confirmed))) {
      return;
    }
    confirmed = key;
    firstAsked.clear();
    Duration took = Duration.ofNanos(System.nanoTime() - asked);
    if (enrolled.isEmpty()) {
      enrolled = Optional.of(took);
    } else {
      renewed++;
      if (renewals.size() < MEASURES) {
        renewals.add(took);
      }
    }
  }

  /// Whether a refusal is one that time does not change. An expired credential is refused at the
  /// door and may still renew.
  private static boolean isForGood(Operation operation, String code) {
    Optional<Refusal> refusal = Refusal.byCode(code);
    if (refusal.isEmpty() || refusal.get().fault() == Refusal.Fault.SERVER) {
      return false;
    }
    return switch (operation) {
      case ENROL, RENEW -> true;
      case PROVE -> refusal.get() != Refusal.CREDENTIAL_EXPIRED;
      case ASK_WINDOW -> false;
    };
  }

  /// The proxy lost an answer; the ledger had shown its commit.
  synchronized void lost(Attempt attempt, Instant committed) {
    answersLost++;
    lost.merge(attempt.key(), 1, Integer::sum);
    remember(new Lost(time.instant(), attempt, committed));
  }

  private void remember(Moment moment) {
    if (moments.size() == MOMENTS) {
      moments.removeFirst();
    }
    moments.addLast(moment);
  }

  /// The request for a certificate that the device waits for an answer to, if it is one.
  synchronized Optional<Attempt> underWay() {
    return underWay;
  }

  synchronized Optional<String> refusedForGood() {
    return refusedForGood;
  }

  synchronized List<Moment> moments() {
    return List.copyOf(moments);
  }

  synchronized Measured measured() {
    return new Measured(enrolled, renewed, List.copyOf(renewals), answersLost, answeredAgain);
  }

  /// @param enrolled from the first request to being let in with the first credential, lost answers
  ///   and retries included
  /// @param renewed how many more credentials it was let in with
  /// @param renewals the same measure for those, at most ten thousand of them
  /// @param answersLost on purpose, after the commit
  /// @param answeredAgain how many of those the server made good with a certificate for the same
  ///   key
  record Measured(
      Optional<Duration> enrolled,
      int renewed,
      List<Duration> renewals,
      int answersLost,
      int answeredAgain) {}
}

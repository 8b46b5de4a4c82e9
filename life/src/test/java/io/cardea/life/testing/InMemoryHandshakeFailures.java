package io.cardea.life.testing;

import io.cardea.life.Fingerprint;
import io.cardea.life.findings.FailedHandshakes;
import io.cardea.life.findings.HandshakeFailures;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Failed handshakes in memory.
public final class InMemoryHandshakeFailures implements HandshakeFailures {
  private static final Comparator<FailedHandshakes> LAST_FIRST =
      Comparator.comparing(FailedHandshakes::last).reversed();

  private final Map<List<Object>, FailedHandshakes> failures = new HashMap<>();

  @Override
  public synchronized void add(List<FailedHandshakes> more) {
    for (FailedHandshakes one : more) {
      failures.merge(
          List.of(one.source(), one.reason(), one.detail(), one.shown(), one.before()),
          one,
          (known, next) ->
              new FailedHandshakes(
                  known.source(),
                  known.reason(),
                  known.detail(),
                  known.shown(),
                  known.before(),
                  known.first().isBefore(next.first()) ? known.first() : next.first(),
                  known.last().isAfter(next.last()) ? known.last() : next.last(),
                  known.times() + next.times()));
    }
  }

  @Override
  public synchronized List<FailedHandshakes> of(Set<Fingerprint> certificates, int limit) {
    return read(
        one ->
            Stream.concat(one.shown().stream(), one.before().stream())
                .anyMatch(certificates::contains),
        limit);
  }

  @Override
  public synchronized List<FailedHandshakes> newest(Optional<String> source, int limit) {
    return read(one -> source.isEmpty() || source.get().equals(one.source()), limit);
  }

  private List<FailedHandshakes> read(Predicate<FailedHandshakes> wanted, int limit) {
    if (limit < 1 || limit > MAX_READ) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_READ + ")");
    }
    return failures.values().stream().filter(wanted).sorted(LAST_FIRST).limit(limit).toList();
  }

  @Override
  public synchronized void forget(Instant oldest, int most) {
    failures.values().removeIf(one -> one.last().isBefore(oldest));
    for (boolean attributed : new boolean[] {true, false}) {
      List<FailedHandshakes> beyond =
          failures.values().stream()
              .filter(one -> one.attributed() == attributed)
              .sorted(LAST_FIRST)
              .skip(most)
              .toList();
      failures.values().removeAll(beyond);
    }
  }
}

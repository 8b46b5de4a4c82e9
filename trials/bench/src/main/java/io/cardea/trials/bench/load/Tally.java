package io.cardea.trials.bench.load;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What came of one slice of load. Written by one thread, read when that is done.
public final class Tally {
  private static final int LENGTH = 32;
  private static final byte[] NOTHING = {};
  private static final int FEWEST_FOR_PERCENTILES = 1_000;

  private long[] nanos = new long[4_096];
  private int count;
  private byte[] seen = new byte[4_096 * LENGTH];
  private int seenCount;
  private final Map<String, Integer> failures = new TreeMap<>();
  private long tookNanos;

  void succeeded(long latency, byte[] fingerprint) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = latency;
    if (fingerprint.length == LENGTH) {
      if (seenCount * LENGTH == seen.length) {
        seen = Arrays.copyOf(seen, seen.length * 2);
      }
      System.arraycopy(fingerprint, 0, seen, seenCount * LENGTH, LENGTH);
      seenCount++;
    }
  }

  void failed(String how) {
    failures.merge(how, 1, Integer::sum);
  }

  void ended(long took) {
    tookNanos = took;
  }

  /// These slices as one.
  public static Tally of(List<Tally> slices) {
    Tally all = new Tally();
    for (Tally slice : slices) {
      for (int i = 0; i < slice.count; i++) {
        all.succeeded(slice.nanos[i], i < slice.seenCount ? slice.seen(i) : NOTHING);
      }
      slice.failures.forEach((how, times) -> all.failures.merge(how, times, Integer::sum));
      all.tookNanos += slice.tookNanos;
    }
    return all;
  }

  public int succeeded() {
    return count;
  }

  /// Failures by what they say.
  public Map<String, Integer> failures() {
    return Map.copyOf(failures);
  }

  public double perSecond() {
    return tookNanos == 0 ? 0 : count * 1e9 / tookNanos;
  }

  /// How many certificates a client has in its hands.
  public int seen() {
    return seenCount;
  }

  /// The SHA-256 of one of them.
  public byte[] seen(int number) {
    return Arrays.copyOfRange(seen, number * LENGTH, (number + 1) * LENGTH);
  }

  /// Whether there are samples enough for percentiles; else only [#maxMillis] says something.
  public boolean hasPercentiles() {
    return count >= FEWEST_FOR_PERCENTILES;
  }

  public double percentileMillis(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.min(count - 1, (int) Math.ceil(count * share) - 1)] / 1e6;
  }

  public double maxMillis() {
    long most = 0;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, nanos[i]);
    }
    return most / 1e6;
  }
}

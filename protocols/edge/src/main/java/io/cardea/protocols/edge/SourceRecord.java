package io.cardea.protocols.edge;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Which sources leave handshakes unfinished: a number for each, which halves in ten seconds. Knows
/// the [#REMEMBERED] that were heard of last; a stranger has a clean record.
final class SourceRecord {
  private static final int REMEMBERED = 8_192;
  private static final double HALF_LIFE = TimeUnit.SECONDS.toNanos(10);

  /// Below the first a source comes first, below the second it comes next.
  private static final double FEW = 4;

  private static final double MANY = 32;

  private record Account(double unfinished, long asOf) {
    double at(long now) {
      return unfinished * Math.pow(0.5, (now - asOf) / HALF_LIFE);
    }
  }

  private final Map<ByteBuffer, Account> records = new LinkedHashMap<>(64, 0.75f, true);

  /// Returns 0 for whoever goes first, to 2.
  int rank(InetAddress source, long now) {
    Account account = records.get(Sources.of(source));
    double unfinished = account == null ? 0 : account.at(now);
    return unfinished < FEW ? 0 : unfinished < MANY ? 1 : 2;
  }

  void note(InetAddress source, boolean well, long now) {
    ByteBuffer key = Sources.of(source);
    Account account = records.get(key);
    if (account == null && well) {
      return;
    }
    double unfinished = account == null ? 0 : account.at(now);
    records.put(key, new Account(well ? unfinished / 2 : unfinished + 1, now));
    if (records.size() > REMEMBERED) {
      records.remove(records.keySet().iterator().next());
    }
  }
}

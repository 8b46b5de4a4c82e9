package io.cardea.apps.server.metrics;

import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Serial;
import io.micrometer.core.instrument.Counter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The numbers of revocation data: of lists, by authority, those of the one that was published
/// last.
final class RevocationMetrics implements RevocationData.Observer {
  private static final Logger log = LoggerFactory.getLogger(RevocationMetrics.class);

  private final Metrics metrics;
  private final InstantSource time;
  private final Map<String, Counter> answers = new ConcurrentHashMap<>();
  private final Map<AuthorityId, Last> last = new ConcurrentHashMap<>();

  private static final class Last {
    private volatile Listed list;

    private Last(Listed list) {
      this.list = list;
    }
  }

  RevocationMetrics(Metrics metrics, InstantSource time) {
    this.metrics = metrics;
    this.time = time;
  }

  @Override
  public void published(AuthorityId authority, int shard, Listed list) {
    last.computeIfAbsent(authority, id -> measured(id, list)).list = list;
    metrics
        .counter(
            "cardea.crl.published",
            "Revocation lists that this replica signed",
            "authority",
            authority.value())
        .increment();
  }

  @Override
  public void answered(String answer, boolean fromMemory) {
    answers
        .computeIfAbsent(
            fromMemory ? answer : answer + " signed",
            _ ->
                metrics.counter(
                    "cardea.ocsp.answers",
                    "OCSP answers, by what they said and whether they came from memory",
                    "answer",
                    answer,
                    "memory",
                    Boolean.toString(fromMemory)))
        .increment();
  }

  @Override
  public void remembers(RevocationData.RevocationMemory memory) {
    metrics.gauge("cardea.ocsp.memory.answers", "Answers in memory", memory, it -> it.answers());
    metrics.gauge(
        "cardea.ocsp.memory.bytes", "What answers in memory take", memory, it -> it.octets());
  }

  private Last measured(AuthorityId id, Listed first) {
    Last of = new Last(first);
    String authority = id.value();
    metrics.gauge(
        "cardea.crl.number",
        "Number of the newest list",
        of,
        it -> it.list.number(),
        "authority",
        authority);
    metrics.gauge(
        "cardea.crl.age.seconds",
        "Age of the newest list",
        of,
        it -> time.instant().getEpochSecond() - it.list.thisUpdate().getEpochSecond(),
        "authority",
        authority);
    metrics.gauge(
        "cardea.crl.bytes",
        "Size of the newest list",
        of,
        it -> it.list.der().length,
        "authority",
        authority);
    metrics.gauge(
        "cardea.crl.position",
        "Changes of status that the newest list takes account of",
        of,
        it -> it.list.through(),
        "authority",
        authority);
    return of;
  }

  @Override
  public void unexplained(AuthorityId authority, int shard, List<Serial> serials) {
    log.error(
        "the list of shard {} of authority {} would lose {} entries that the store cannot account"
            + " for; they stay in it, the first is {}",
        shard,
        authority,
        serials.size(),
        serials.getFirst());
    metrics
        .counter(
            "cardea.crl.unexplained",
            "Entries that stay in a list though the store lost them",
            "authority",
            authority.value())
        .increment(serials.size());
  }
}

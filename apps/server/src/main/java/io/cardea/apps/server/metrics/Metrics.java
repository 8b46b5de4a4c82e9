package io.cardea.apps.server.metrics;

import io.cardea.apps.server.api.ApiEvents;
import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.apps.server.watch.Look;
import io.cardea.apps.server.watch.Watch;
import io.cardea.life.Refusal;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.findings.Alarm;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.Pruning;
import io.cardea.platform.store.StoreListener;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.est.EnrolmentDoor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/// The numbers of one server. Each part of it is told through its own interface.
public final class Metrics implements AutoCloseable {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private static final double[] GROUPS = {1, 2, 4, 8, 16, 32, 64, 128};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final Map<AuthorityId, AtomicLong> ocspCertificates = new ConcurrentHashMap<>();
  private final CommitMetrics commits;
  private final MultiGauge certificates =
      MultiGauge.builder("cardea.certificate.not.after")
          .description("Until when it holds, in seconds since 1970")
          .baseUnit("seconds")
          .register(registry);
  private final TrustedTime time;

  public Metrics(TrustedTime time) {
    this.time = time;
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    Gauge.builder("cardea.clock.trusted", time, clock -> clock.trusted() ? 1 : 0)
        .description("1 while the clock is trusted; issuing stops at 0")
        .register(registry);
    commits =
        new CommitMetrics(
            timer("cardea.commit.wait", "Time until the first of a group was taken up"),
            timer("cardea.commit", "Time of a database transaction, its commit included"),
            summary("cardea.commit.decisions", "Decisions that shared one database commit"),
            counter("cardea.commit.rejected", "Decisions that lost against another writer"),
            counter("cardea.commit.failed", "Decisions whose transaction failed"),
            timer("cardea.read", "Time of a query of lineages, the wait for it included"),
            summary("cardea.read.lineages", "Lineages that shared one query"));
  }

  /// Shows each alarm that a replica looks for.
  public void alarms(Watch watch) {
    for (Alarm alarm : watch.alarms()) {
      Gauge.builder("cardea.alarm", watch, looked -> value(looked.seen(alarm)))
          .description("1 while raised, 0 while fine, -1 while it could not be looked at")
          .tags("alarm", alarm.code(), "severity", alarm.severity().name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  private static double value(Optional<Watch.Seen> seen) {
    return switch (seen.map(Watch.Seen::look).orElseGet(() -> new Look.Unseen(""))) {
      case Look.Wrong _ -> 1;
      case Look.Fine _ -> 0;
      case Look.Unseen _ -> -1;
    };
  }

  /// Until when each certificate of this installation's own holds.
  public void certificates(Map<String, Instant> ends) {
    certificates.register(
        ends.entrySet().stream()
            .map(one ->
                Row.of(Tags.of("certificate", one.getKey()), one.getValue().getEpochSecond()))
            .collect(Collectors.toList()),
        true);
  }

  /// One scrape, in the text format of Prometheus.
  public String scrape() {
    return registry.scrape();
  }

  /// A request was refused, by any protocol.
  public void refused(Refusal refusal, String protocol) {
    refusals
        .computeIfAbsent(
            refusal.code() + ' ' + protocol,
            _ ->
                counter(
                    "cardea.refusals",
                    "Requests refused, by code and protocol",
                    "code",
                    refusal.code(),
                    "protocol",
                    protocol))
        .increment();
  }

  /// Measures what enrolment answers, and how long it takes until the answer is durable.
  public EnrolmentDoor measured(EnrolmentDoor door) {
    return (applicant, csr, protocol) -> {
      long start = System.nanoTime();
      Answer answer = door.enrol(applicant, csr, protocol);
      String word =
          switch (answer) {
            case Answer.Issued issued -> issued.again() ? "again" : "issued";
            case Answer.Wait _ -> "wait";
            case Answer.TooOften _ -> "too-often";
            case Answer.Declined _ -> "declined";
          };
      timer(
              "cardea.enrolment",
              "Time until a request for a certificate was answered, by answer",
              "protocol",
              protocol,
              "answer",
              word)
          .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      return answer;
    };
  }

  /// What one listener of the edge tells.
  ///
  /// @param listener its name as a label: `devices`, `http`
  public EdgeEvents edge(String listener) {
    return new EdgeMetrics(this, listener);
  }

  /// What the store tells.
  public StoreListener commits() {
    return commits;
  }

  /// What is removed of expired credentials.
  public Pruning.Observer pruning() {
    Counter pruned =
        counter("cardea.credentials.pruned", "Expired credentials that this replica removed");
    AtomicLong behind = new AtomicLong();
    gauge(
        "cardea.credentials.overdue.seconds",
        "How long the first credential of the last batch had been due for removal; 0 if none was",
        behind,
        AtomicLong::get);
    return (count, overdue) -> {
      pruned.increment(count);
      behind.set(overdue.toSeconds());
    };
  }

  /// What is published of revocations.
  public RevocationData.Observer revocationData() {
    return new RevocationMetrics(this, time);
  }

  /// A certificate under which OCSP answers are signed, and until when it is valid.
  public void ocspCertificate(AuthorityId authority, Instant notAfter) {
    ocspCertificates
        .computeIfAbsent(
            authority,
            id -> {
              AtomicLong end = new AtomicLong();
              gauge(
                  "cardea.ocsp.certificate.remaining.seconds",
                  "What is left of the certificate under which OCSP answers are signed",
                  end,
                  at -> at.get() - time.instant().getEpochSecond(),
                  "authority",
                  id.value());
              return end;
            })
        .set(notAfter.getEpochSecond());
  }

  /// What the API tells.
  public ApiEvents api() {
    return (route, status, refusal, nanos) -> {
      timer(
              "cardea.api.requests",
              "Time until a request of the API was answered",
              "route",
              route,
              "status",
              Integer.toString(status))
          .record(nanos, TimeUnit.NANOSECONDS);
      refusal.ifPresent(code -> refused(code, "api"));
    };
  }

  Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  Timer timer(String name, String description, String... tags) {
    return timers.computeIfAbsent(
        name + ' ' + String.join(" ", tags),
        _ ->
            Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(BUCKETS)
                .register(registry));
  }

  private DistributionSummary summary(String name, String description) {
    return DistributionSummary.builder(name)
        .description(description)
        .serviceLevelObjectives(GROUPS)
        .register(registry);
  }

  <T> void gauge(
      String name,
      String description,
      T of,
      java.util.function.ToDoubleFunction<T> value,
      String... tags) {
    Gauge.builder(name, of, value)
        .description(description)
        .tags(tags)
        .strongReference(true) // many of these live for their gauge alone
        .register(registry);
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}

package io.cardea.apps.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.revocation.ForeignLists;
import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.apps.server.watch.Check;
import io.cardea.apps.server.watch.Look;
import io.cardea.apps.server.watch.Watch;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.findings.Alarm;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.Ceremony;
import io.cardea.life.pki.Crl;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.Signatories;
import io.cardea.life.testing.InMemoryStore;
import io.cardea.life.testing.SettableTime;
import io.cardea.platform.store.Standbys.Standby;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
  @TempDir Path lists;

  private static final long GIB = 1L << 30;

  @Test
  void disk_isLowBelowTwoGibibytesOrATwentieth() {
    assertThat(Checks.disk(2 * GIB, 20 * GIB)).isInstanceOf(Look.Fine.class);
    assertThat(Checks.disk(2 * GIB - 1, 20 * GIB)).isInstanceOf(Look.Wrong.class);
    assertThat(Checks.disk(5 * GIB, 100 * GIB)).isInstanceOf(Look.Fine.class);
    assertThat(Checks.disk(5 * GIB - 1, 100 * GIB))
        .isEqualTo(new Look.Wrong("free: 5119 MiB of 102400 MiB"));
  }

  @Test
  void authority_isNearItsEndInTheLastFifthOfItsLife() {
    Instant from = Instant.parse("2026-01-01T00:00:00Z");
    Instant until = from.plusSeconds(1_000);
    assertThat(Checks.isNearItsEnd(from, until, from.plusSeconds(800))).isFalse();
    assertThat(Checks.isNearItsEnd(from, until, from.plusSeconds(801))).isTrue();
    assertThat(Checks.isNearItsEnd(from, until, until.plusSeconds(1))).isTrue();
  }

  @Test
  void backup_isOverdueAfterTheTimeBetweenTwo_orTheFirstOne() {
    Instant last = Instant.parse("2026-01-01T00:00:00Z");
    Duration every = Duration.ofDays(1);
    assertThat(Checks.backups(true, Optional.of(last), every, last.plus(every)))
        .isEqualTo(
            new Look.Fine(
                "the last one: 2026-01-01T00:00:00Z, one is due by 2026-01-02T00:00:00Z"));
    assertThat(Checks.backups(true, Optional.of(last), every, last.plus(every).plusSeconds(1)))
        .isInstanceOf(Look.Wrong.class);
    assertThat(Checks.backups(false, Optional.of(last), every, last.plus(every)))
        .isInstanceOf(Look.Fine.class);
    assertThat(Checks.backups(false, Optional.of(last), every, last.plus(every).plusSeconds(1)))
        .isEqualTo(new Look.Wrong("none was ever made, one is due by 2026-01-02T00:00:00Z"));
  }

  @Test
  void standby_isNamedUnlessSynchronous() {
    assertThat(Checks.following(List.of(new Standby("a", true)))).isInstanceOf(Look.Fine.class);
    assertThat(Checks.following(List.of(new Standby("a", true), new Standby("b", false))))
        .isEqualTo(new Look.Wrong("not synchronous: b"));
  }

  /// Of our own list and of one that was signed elsewhere, through the watch as in a server.
  @Test
  void listsThatAreOverdue_raiseTheAlarm_untilTheyAreThere() throws Exception {
    Ceremony ceremony = new Ceremony();
    SettableTime time = new SettableTime(Ceremony.AT);
    AtomicBoolean away = new AtomicBoolean(true);
    Signatories signatories =
        new Signatories() {
          @Override
          public Optional<Authority> authority(AuthorityId id) {
            return Optional.of(ceremony.issuing).filter(one -> one.id().equals(id));
          }

          @Override
          public AuthorityKey key(Authority authority) throws Refused {
            if (away.get()) {
              throw new Refused(Refusal.AUTHORITY_UNAVAILABLE, "its token is gone");
            }
            return ceremony.issuingKey;
          }
        };
    RevocationData ours =
        RevocationData.of(
            new InMemoryStore(),
            signatories,
            _ -> {
              throw new Refused(Refusal.AUTHORITY_UNAVAILABLE, "nobody asks");
            },
            Ceremony.URLS,
            time,
            (answer, fromMemory) -> {},
            new RevocationData.Settings(1 << 20, 1 << 20, Duration.ofHours(1), false));
    Path list = lists.resolve("root.crl");
    ForeignLists others =
        new ForeignLists(
            Optional.of(lists),
            () -> List.of(ceremony.issuing.certificate(), ceremony.root.certificate()),
            ceremony.backend,
            time);
    Watch watch =
        new Watch(
            List.of(
                new Check(
                    Alarm.REVOCATION_LIST_OVERDUE,
                    Duration.ZERO,
                    () -> Checks.lists(ours, others))),
            time);
    try (watch) {
      ours.listener().confirmed(System.nanoTime());
      assertThat(seen(watch)).isInstanceOf(Look.Fine.class);

      ours.listener().moved(ceremony.issuing.id(), 0, 0);
      Files.write(list, rootList(ceremony, Ceremony.AT, Duration.ofDays(10)));

      assertThat(seen(watch))
          .isEqualTo(
              new Look.Wrong("1: list 0 of " + ceremony.issuing.id() + " (authority-unavailable)"));
      away.set(false);
      assertThat(seen(watch)).isInstanceOf(Look.Fine.class);

      time.pass(Duration.ofDays(8).plusSeconds(1));
      ours.listener().confirmed(System.nanoTime());
      assertThat(seen(watch))
          .isEqualTo(new Look.Wrong("1: root.crl until " + Ceremony.AT.plus(Duration.ofDays(10))));

      Files.write(list, rootList(new Ceremony(), time.instant(), Duration.ofDays(10)));
      assertThat(((Look.Wrong) seen(watch)).detail())
          .contains("root.crl: not signed by an authority that is known here")
          .contains("root.crl until ");
      Files.write(list, rootList(ceremony, Ceremony.AT.minusSeconds(9), Duration.ofDays(99)));
      assertThat(((Look.Wrong) seen(watch)).detail()).contains("older than the one before");

      Files.writeString(
          list, Pem.encode("X509 CRL", rootList(ceremony, time.instant(), Duration.ofDays(10))));
      assertThat(seen(watch)).isInstanceOf(Look.Fine.class);
    }
  }

  private static Look seen(Watch watch) {
    watch.look();
    return watch.seen(Alarm.REVOCATION_LIST_OVERDUE).orElseThrow().look();
  }

  private static byte[] rootList(Ceremony ceremony, Instant from, Duration life) throws Refused {
    return Crl.sign(
            ceremony.root,
            ceremony.rootKey,
            Ceremony.URLS,
            0,
            BigInteger.ONE,
            from,
            from.plus(life),
            List.of())
        .der();
  }
}

package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.platform.store.DatabaseClock.Distrust;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final DatabaseClock.Settings SETTINGS = DatabaseClock.Settings.USUAL;

  private final World world = new World();

  @Test
  void instant_isTheDatabasesAndNotTheHosts() throws SQLException {
    world.wall = NOON.plusSeconds(3);
    DatabaseClock clock = world.clock();

    assertThat(clock.instant()).isEqualTo(NOON);
    assertThat(clock.trusted()).isTrue();
  }

  @Test
  void instant_isCarriedOnByTheMonotonicClock() throws SQLException {
    DatabaseClock clock = world.clock();

    world.pass(Duration.ofMinutes(7));
    world.databaseIsGone = true;

    assertThat(clock.sync()).isFalse();
    assertThat(clock.instant()).isEqualTo(NOON.plus(Duration.ofMinutes(7)));
    assertThat(clock.trusted()).isTrue();
  }

  @Test
  void instant_accountsForHalfOfTheRoundTrip() throws SQLException {
    world.roundTrip = Duration.ofMillis(400);
    DatabaseClock clock = world.clock();

    assertThat(clock.instant()).isEqualTo(NOON.plusMillis(400));
  }

  @Test
  void start_refusesADatabaseThatIsTooSlowToTellTheTime() {
    world.roundTrip = Duration.ofSeconds(4);

    assertThatThrownBy(world::clock)
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("4000 ms");
  }

  @Test
  void instant_neverGoesBackwards() throws SQLException {
    DatabaseClock clock = world.clock();
    world.pass(Duration.ofSeconds(10));
    Instant before = clock.instant();

    world.database = world.database.minusSeconds(2);
    world.wall = world.wall.minusSeconds(2);
    clock.sync();

    assertThat(clock.instant()).isEqualTo(before);
    assertThat(clock.trusted()).as("two seconds are within the tolerance").isTrue();
    world.pass(Duration.ofSeconds(3));
    assertThat(clock.instant()).isEqualTo(before.plusSeconds(1));
  }

  @Test
  void aLongSilenceOfTheDatabase_endsTrustUntilItSpeaks() throws SQLException {
    DatabaseClock clock = world.clock();

    world.pass(SETTINGS.longestSilence().plusSeconds(1));

    assertThat(clock.distrust()).contains(Distrust.NOT_SYNCHRONIZED);
    clock.sync();
    assertThat(clock.trusted()).isTrue();
  }

  @Nested
  class Steps {
    @Test
    void hostsClockSet_isNoticedWithoutAskingTheDatabase() throws SQLException {
      DatabaseClock clock = world.clock();

      world.wall = world.wall.plusSeconds(6);

      assertThat(clock.distrust()).contains(Distrust.HOST_CLOCK_STEPPED);
      assertThat(clock.instant()).isEqualTo(NOON);
    }

    @Test
    void hostsClockSetWithinTolerance_isNoStep() throws SQLException {
      DatabaseClock clock = world.clock();

      world.wall = world.wall.plusSeconds(4);
      clock.sync();

      assertThat(clock.trusted()).isTrue();
    }

    @Test
    void hostsClockSetBack_isDistrustedUntilTheyAgreeForAWhile() throws SQLException {
      DatabaseClock clock = world.clock();
      world.wall = world.wall.minus(Duration.ofDays(3650));
      clock.sync();
      world.syncFor(clock, Duration.ofMinutes(5));
      assertThat(clock.distrust()).contains(Distrust.CLOCKS_DIFFER);

      world.wall = world.database;
      clock.sync();
      assertThat(clock.distrust()).contains(Distrust.HOST_CLOCK_STEPPED);
      world.syncFor(clock, SETTINGS.settle());
      assertThat(clock.trusted()).as("agreeing, but not for long enough").isFalse();
      world.syncFor(clock, SETTINGS.interval());

      assertThat(clock.trusted()).isTrue();
      assertThat(clock.instant()).isEqualTo(world.database);
    }

    @Test
    void databaseSetForward_isTakenOverOnlyAfterTheHostAgreed() throws SQLException {
      DatabaseClock clock = world.clock();
      world.database = world.database.plus(Duration.ofHours(1));
      clock.sync();

      assertThat(clock.distrust()).contains(Distrust.DATABASE_CLOCK_STEPPED);
      assertThat(clock.instant()).isEqualTo(NOON);

      world.wall = world.database;
      clock.sync();
      world.syncFor(clock, SETTINGS.settle().plus(SETTINGS.interval()));
      assertThat(clock.trusted()).isTrue();
      assertThat(clock.instant()).isEqualTo(world.database);
    }

    @Test
    void bothSetBack_standsStillAndIsDistrustedUntilCaughtUp() throws SQLException {
      DatabaseClock clock = world.clock();
      Instant given = clock.instant();
      world.database = world.database.minus(Duration.ofHours(1));
      world.wall = world.database;
      clock.sync();
      world.syncFor(clock, SETTINGS.settle().plus(SETTINGS.interval()));

      assertThat(clock.distrust()).contains(Distrust.AHEAD_OF_DATABASE);
      assertThat(clock.instant()).isAfterOrEqualTo(given);
      world.pass(Duration.ofHours(1));
      assertThat(clock.trusted()).isTrue();
    }

    @Test
    void clocksThatDifferFromTheBeginning_areNotTrusted() throws SQLException {
      world.wall = NOON.plusSeconds(6);

      assertThat(world.clock().distrust()).contains(Distrust.CLOCKS_DIFFER);
    }

    @Test
    void slowDriftBetweenHostAndDatabase_isNoticed() throws SQLException {
      DatabaseClock clock = world.clock();
      for (int i = 0; i < 6; i++) {
        assertThat(clock.trusted()).isTrue();
        world.pass(SETTINGS.interval());
        world.wall = world.wall.plusSeconds(1);
        clock.sync();
      }

      assertThat(clock.distrust()).contains(Distrust.CLOCKS_DIFFER);
    }
  }

  /// Three clocks that tests move as they like.
  private static final class World {
    private Instant database = NOON;
    private Instant wall = NOON;
    private long monotonic = -5_000; // any origin, as the JDK has it
    private Duration roundTrip = Duration.ZERO;
    private boolean databaseIsGone;

    DatabaseClock clock() throws SQLException {
      return new DatabaseClock(
          new TimeSources(this::askDatabase, () -> wall, () -> monotonic), SETTINGS);
    }

    void pass(Duration time) {
      database = database.plus(time);
      wall = wall.plus(time);
      monotonic += time.toNanos();
    }

    void syncFor(DatabaseClock clock, Duration time) {
      for (long left = time.dividedBy(SETTINGS.interval()); left > 0; left--) {
        pass(SETTINGS.interval());
        clock.sync();
      }
    }

    private Instant askDatabase() throws SQLException {
      if (databaseIsGone) {
        throw new SQLException("connection refused");
      }
      pass(roundTrip.dividedBy(2));
      Instant told = database;
      pass(roundTrip.dividedBy(2));
      return told;
    }
  }
}

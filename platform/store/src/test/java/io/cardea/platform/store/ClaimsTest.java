package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClaimsTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static TestHome folder;
  private static EmbeddedPostgres postgres;
  private static Database database;

  @BeforeAll
  static void start() throws IOException {
    folder = new TestHome();
    postgres = EmbeddedPostgres.start(folder.resolve("db"));
    database = Database.open(postgres.address(), Database.Settings.USUAL);
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
    postgres.close();
    folder.close();
  }

  private static Claims claimsOf(String holder) {
    return new Claims(database, holder);
  }

  @Test
  void take_isForOneUntilItsLeaseIsOver_andTheFenceGrowsWithTheHand() {
    Claims one = claimsOf("one");
    Claims other = claimsOf("other");

    assertThat(one.take("sweep", NOON, LEASE)).hasValue(1);
    assertThat(other.take("sweep", NOON.plusSeconds(29), LEASE)).isEmpty();
    assertThat(one.take("sweep", NOON.plusSeconds(29), LEASE)).as("extended").hasValue(1);
    assertThat(other.take("sweep", NOON.plusSeconds(58), LEASE)).isEmpty();
    assertThat(other.take("sweep", NOON.plusSeconds(59), LEASE)).hasValue(2);
    assertThat(one.take("sweep", NOON.plusSeconds(60), LEASE)).as("it was paused").isEmpty();
    assertThat(other.take("another", NOON, LEASE)).as("its own name").hasValue(1);
  }

  @Test
  void close_letsGoAtOnce() {
    Claims one = claimsOf("one");
    assertThat(one.take("closed", NOON, LEASE)).hasValue(1);

    one.close();

    assertThat(claimsOf("other").take("closed", NOON, LEASE)).hasValue(2);
  }

  @Test
  void take_byManyAtOnce_isForExactlyOne() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<OptionalLong>> servers =
          IntStream.range(0, 16)
              .mapToObj(i ->
                  (Callable<OptionalLong>) () -> claimsOf("server-" + i).take("race", NOON, LEASE))
              .toList();
      long winners = 0;
      for (var taken : threads.invokeAll(servers)) {
        winners += taken.get().isPresent() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
  }
}

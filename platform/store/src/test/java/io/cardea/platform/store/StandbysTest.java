package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.platform.store.Standbys.Standby;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.Eventually;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StandbysTest {
  /// A primary and a standby, both real: what follows without being waited for is told.
  @Test
  void standbyThatCommitsDoNotWaitFor_isToldUntilTheyDo() throws Exception {
    try (TestHome folder = new TestHome()) {
      Path primaryHome = folder.resolve("primary");
      Path standbyHome = folder.resolve("standby");
      EmbeddedPostgres.start(primaryHome).close();
      copy(primaryHome, standbyHome);
      try (EmbeddedPostgres primary = EmbeddedPostgres.start(primaryHome)) {
        String follow =
            "host=%s port=5432 user=cardea password=%s application_name=two"
                .formatted(
                    primaryHome.toRealPath().resolve("run"),
                    Files.readString(primaryHome.resolve("password")).strip());
        Standbys standbys = new Standbys(primary.address().dataSource());
        assertThat(standbys.promotable(Set.of())).isEmpty();
        try (EmbeddedPostgres _ =
            EmbeddedPostgres.start(standbyHome, Map.of("primary_conninfo", follow))) {
          Eventually.holds(
              () -> standbys.promotable(Set.of()).equals(List.of(new Standby("two", false))));
          assertThat(standbys.promotable(Set.of("two"))).isEmpty();

          execute(primary, "alter system set synchronous_standby_names = 'two'");
          execute(primary, "select pg_reload_conf()");
          Eventually.holds(
              () -> standbys.promotable(Set.of()).equals(List.of(new Standby("two", true))));
          execute(primary, "alter system reset synchronous_standby_names");
          execute(primary, "select pg_reload_conf()");
        }
      }
    }
  }

  private static void execute(EmbeddedPostgres database, String sql) throws SQLException {
    try (Connection connection = database.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// With its owners, who are not us.
  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder(
                    "sh",
                    "-c",
                    "cp -a \"$0\" \"$1\" && touch \"$1/data/standby.signal\""
                        + " && chown --reference=\"$1/data/PG_VERSION\" \"$1/data/standby.signal\"",
                    from.toString(),
                    to.toString())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }
}

package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The release before this one, beside it on one database: its columns and its statements, kept in
/// `previous-release`. When a release is made, they are taken anew.
class PreviousReleaseTest {
  /// The last migration that it knows.
  private static final String ITS_SCHEMA = "3";

  private static TestHome home;
  private static EmbeddedPostgres postgres;

  /// A column, as it may be written and read.
  private record Column(String type, boolean required) {}

  @BeforeAll
  static void start() throws IOException {
    home = new TestHome();
    postgres = EmbeddedPostgres.start(home.resolve("db"));
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
    home.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop schema public cascade");
      statement.execute("create schema public");
    }
  }

  private static String kept(String name) throws IOException {
    try (InputStream in =
        PreviousReleaseTest.class.getResourceAsStream("/previous-release/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Map<String, Column> columns() throws SQLException {
    Map<String, Column> columns = new TreeMap<>();
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select table_name || '.' || column_name, udt_name, is_nullable = 'NO'
                  and column_default is null and is_identity = 'NO' and is_generated = 'NEVER'
                from information_schema.columns
                where table_schema = 'public' and table_name <> 'flyway_schema_history'
                """)) {
      while (row.next()) {
        columns.put(row.getString(1), new Column(row.getString(2), row.getBoolean(3)));
      }
    }
    return columns;
  }

  private static Map<String, Column> itsColumns() throws IOException {
    Map<String, Column> columns = new TreeMap<>();
    kept("columns.txt")
        .lines()
        .map(line -> line.split(" ", 3))
        .forEach(words -> columns.put(words[0], new Column(words[1], words[2].equals("required"))));
    return columns;
  }

  /// What is kept is what that release had.
  @Test
  void keptColumns_areThoseOfItsSchema() throws Exception {
    Schema.migrate(postgres.address(), Optional.of(ITS_SCHEMA));

    List<String> lines = new ArrayList<>();
    columns()
        .forEach((name, column) ->
            lines.add(name + " " + column.type() + (column.required() ? " required" : " free")));
    assertThat(kept("columns.txt").lines().toList()).isEqualTo(lines);
  }

  @Test
  void itsColumns_areThereStillAndNothingMoreIsDemanded() throws Exception {
    Schema.migrate(postgres.address(), Optional.empty());
    Map<String, Column> now = columns();

    List<String> broken = new ArrayList<>();
    Map<String, Column> its = itsColumns();
    its.forEach((name, column) -> {
      Column found = now.get(name);
      if (found == null || !found.type().equals(column.type())) {
        broken.add(name + " was " + column + " and is " + found);
      } else if (found.required() && !column.required()) {
        broken.add(name + " is demanded now");
      }
    });
    now.forEach((name, column) -> {
      String table = name.substring(0, name.indexOf('.') + 1);
      boolean old = its.keySet().stream().anyMatch(known -> known.startsWith(table));
      if (old && !its.containsKey(name) && column.required()) {
        broken.add(name + " is new and demanded: give it a default");
      }
    });
    assertThat(broken).isEmpty();
  }

  @Test
  void itsStatements_runOnTheSchemaOfNow() throws Exception {
    Schema.migrate(postgres.address(), Optional.of(ITS_SCHEMA));
    runStatements();
    empty();
    Schema.migrate(postgres.address(), Optional.empty());
    runStatements();
  }

  /// Rows that the previous release wrote are there when this one migrates.
  @Test
  void itsRows_areMigrated() throws Exception {
    Schema.migrate(postgres.address(), Optional.of(ITS_SCHEMA));
    runStatements();

    assertThatCode(() -> Schema.migrate(postgres.address(), Optional.empty()))
        .doesNotThrowAnyException();
  }

  /// A contraction must not go unseen: this is what would show it.
  @Test
  void droppedColumn_isSeen() throws Exception {
    Schema.migrate(postgres.address(), Optional.empty());
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table device rename column site to place");
    }

    assertThatCode(this::runStatements).hasMessageContaining("site");
  }

  private void runStatements() throws SQLException, IOException {
    String all =
        kept("statements.sql")
            .lines()
            .filter(line -> !line.startsWith("--"))
            .reduce("", (one, other) -> one + "\n" + other);
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : Pattern.compile("\n;(?=\n|$)").splitAsStream(all).toList()) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    }
  }
}

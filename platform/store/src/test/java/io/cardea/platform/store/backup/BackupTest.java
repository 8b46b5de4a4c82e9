package io.cardea.platform.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.DatabaseUnusableException;
import io.cardea.platform.store.Schema;
import io.cardea.platform.store.embedded.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");
  private static final byte[] ENVELOPE = {1, 2, 3};
  private static final Protection SEALED =
      new Protection(
          Optional.of(new Protection.Sealed(ENVELOPE, KEY, Optional.of(new byte[] {7}))),
          Optional.of(mac(1)));

  private static Databases databases;
  private static DatabaseAddress source;
  private static DatabaseAddress small;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    databases = new Databases();
    source = databases.empty();
    Schema.migrate(source, Optional.empty());
    small = databases.copyOf(source);
    Databases.fill(source, 3_000);
    Databases.fill(small, 3);
  }

  @AfterAll
  static void stop() throws IOException {
    databases.close();
  }

  private static UnaryOperator<byte[]> mac(int key) {
    return digest -> {
      byte[] mac = digest.clone();
      mac[0] ^= (byte) key;
      return mac;
    };
  }

  private Path backup(DatabaseAddress from, Protection protection) throws IOException {
    Path file = folder.resolve("backup");
    try (var out = Files.newOutputStream(file)) {
      new Backup(from, "1.2.3", () -> NOON, Progress.NONE).write(out, protection);
    }
    return file;
  }

  private static BackupReader reader(Path file) {
    return reader(file, Optional.empty(), Optional.empty());
  }

  private static BackupReader reader(
      Path file, Optional<Protection.Opener> opener, Optional<UnaryOperator<byte[]>> mac) {
    return new BackupReader(file, opener, mac, Progress.NONE);
  }

  private static Protection.Opener opener(SecretKey key) {
    return envelope -> {
      if (!Arrays.equals(envelope, ENVELOPE)) {
        throw new InvalidKeyException("another envelope");
      }
      return key;
    };
  }

  private static Restore.Loaded restore(Path file, DatabaseAddress into) throws IOException {
    try (Restore restore = Restore.begin(into, Progress.NONE)) {
      Restore.Loaded loaded = restore.load(reader(file), false);
      restore.leap();
      restore.finish();
      return loaded;
    }
  }

  @Test
  void restoredDatabase_isTheSame() throws Exception {
    Path file = backup(source, Protection.NONE);
    DatabaseAddress copy = databases.empty();

    Contents contents = restore(file, copy).contents();

    assertThat(contents.made()).isEqualTo(NOON);
    assertThat(contents.product()).isEqualTo("1.2.3");
    assertThat(Databases.digests(copy)).isEqualTo(Databases.digests(source));
    assertThat(Databases.structure(copy)).isEqualTo(Databases.structure(source));
    try (Database opened = Database.open(copy, Database.Settings.USUAL)) {
      assertThat(opened.durability().isSufficient()).isTrue();
    }
  }

  @Test
  void verify_saysWhatIsInIt() throws Exception {
    Path file = backup(source, Protection.NONE);

    BackupReader.Found found = reader(file).verify();

    Contents contents = found.contents().orElseThrow();
    assertThat(found.encrypted()).isFalse();
    assertThat(found.sealed()).isFalse();
    assertThat(contents.schema()).isNotEmpty();
    assertThat(contents.tables())
        .filteredOn(table -> table.name().equals("credential"))
        .extracting(Contents.Table::rows)
        .containsExactly(9_000L);
    assertThat(contents.ledger().number()).isEqualTo(9_000);
    assertThat(contents.tables().stream().map(Contents.Table::name).toList())
        .containsSubsequence("device", "slot");
  }

  @Test
  void sequences_goOnAfterAGap() throws Exception {
    Path file = backup(small, Protection.NONE);
    DatabaseAddress copy = databases.empty();
    restore(file, copy);

    Databases.execute(copy, "insert into ledger_entry (kind, canonical) values ('x', 'x')");

    assertThat(Databases.query(copy, "select max(number) from ledger_entry"))
        .containsExactly(Long.toString(10 + Restore.JUMP));
    assertThatThrownBy(() -> Databases.execute(copy, "delete from ledger_entry"))
        .hasMessageContaining("append-only");
  }

  @Test
  void whatIsWrittenMeanwhile_isNotInIt() throws Exception {
    DatabaseAddress busy = databases.copyOf(source);
    List<String> before = Databases.digests(busy);
    AtomicBoolean written = new AtomicBoolean();
    Path file = folder.resolve("backup");

    try (var out = Files.newOutputStream(file)) {
      new Backup(busy, "1", () -> NOON, Progress.NONE)
          .write(
              new java.io.FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                  if (length > 1_000 && written.compareAndSet(false, true)) {
                    try {
                      Databases.execute(
                          busy,
                          "insert into ledger_entry (kind, canonical) values ('late', 'late')",
                          "delete from certificate");
                    } catch (SQLException e) {
                      throw new IOException(e);
                    }
                  }
                  out.write(bytes, from, length);
                }
              },
              Protection.NONE);
    }

    DatabaseAddress copy = databases.empty();
    restore(file, copy);
    assertThat(written).isTrue();
    assertThat(Databases.digests(copy)).isEqualTo(before);
  }

  @Test
  void olderSchema_isRestoredAndThenMigrated() throws Exception {
    DatabaseAddress old = databases.empty();
    Schema.migrate(old, Optional.of("1"));
    Databases.fill(old, 10);
    Path file = backup(old, Protection.NONE);
    DatabaseAddress copy = databases.empty();

    restore(file, copy);

    assertThat(reader(file).verify().contents().orElseThrow().schema()).isEqualTo("1");
    assertThat(Databases.structure(copy)).isEqualTo(Databases.structure(source));
    assertThat(Databases.query(copy, "select count(*) from credential")).containsExactly("30");
  }

  @Test
  void newerSchema_isRefusedByName() throws Exception {
    DatabaseAddress newer = databases.copyOf(small);
    Databases.execute(
        newer,
        "insert into flyway_schema_history (installed_rank, version, description, type, script,"
            + " installed_by, execution_time, success) values (999, '999', 'x', 'SQL', 'x', 'x', 1,"
            + " true)");
    Path file = backup(newer, Protection.NONE);

    DatabaseAddress copy = databases.empty();
    assertThatThrownBy(() -> restore(file, copy))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("999");
    Database.open(copy, Database.Settings.USUAL).close();
  }

  @Nested
  class Targets {
    @Test
    void fullDatabase_isRefusedAndLeftAlone_unlessItIsToBeReplaced() throws Exception {
      Path file = backup(small, Protection.NONE);
      DatabaseAddress full = databases.copyOf(small);
      Databases.execute(full, "delete from certificate");
      List<String> before = Databases.digests(full);

      assertThatThrownBy(() -> restore(file, full)).hasMessageContaining("not empty");
      assertThat(Databases.digests(full)).isEqualTo(before);

      try (Restore restore = Restore.begin(full, Progress.NONE)) {
        restore.load(reader(file), true);
        restore.finish();
      }
      assertThat(Databases.digests(full)).isEqualTo(Databases.digests(small));
    }

    @Test
    void halfRestored_isNoServersAndIsBegunAgain() throws Exception {
      Path file = backup(small, Protection.NONE);
      DatabaseAddress copy = databases.empty();
      Path half = folder.resolve("half");
      Files.write(half, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));

      assertThatThrownBy(() -> restore(half, copy)).hasMessageContaining("cut off");

      assertThatThrownBy(() -> Database.open(copy, Database.Settings.USUAL))
          .isInstanceOf(DatabaseUnusableException.class)
          .hasMessageContaining("half restored");
      restore(file, copy);
      assertThat(Databases.digests(copy)).isEqualTo(Databases.digests(small));
      Database.open(copy, Database.Settings.USUAL).close();
    }

    @Test
    void oneAtATime_andNeverUnderAServer() throws Exception {
      Path file = backup(small, Protection.NONE);
      DatabaseAddress copy = databases.empty();
      try (Database server = Database.open(copy, Database.Settings.USUAL)) {
        assertThatThrownBy(() -> restore(file, copy)).hasMessageContaining("stop it first");
        try (Connection served = server.dataSource().getConnection()) {
          assertThat(Schema.isBeingRestored(served)).isFalse();
        }
      }
      DatabaseAddress other = databases.empty();
      try (Restore first = Restore.begin(other, Progress.NONE)) {
        first.load(reader(file), false);
        assertThatThrownBy(() -> restore(file, other)).hasMessageContaining("is at work");
        first.finish();
      }
      assertThat(Databases.digests(other)).isEqualTo(Databases.digests(small));
    }

    @Test
    void serverThatWasOutOfReachWhenARestoreBegan_goesOnByNoNewConnection() throws Exception {
      DatabaseAddress away = databases.empty();
      Database.Settings impatient =
          new Database.Settings(
              1,
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(1),
              Database.Settings.USUAL.applicationName());
      try (Database server = Database.open(away, impatient)) {
        Databases.execute(away, "create schema cardea_restoring");
        Databases.execute(
            away,
            "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
        Eventually.holds(() -> isRefused(server));
      }
    }

    private boolean isRefused(Database server) {
      try (Connection connection = server.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("select 1");
        throw new AssertionError("it goes on");
      } catch (SQLException e) {
        // The first may be a connection that ended without the pool's knowing.
        return String.valueOf(e.getCause()).contains("half restored");
      }
    }
  }

  @Nested
  class Damage {
    @Test
    void aFlippedByte_isFoundAnywhere() throws Exception {
      for (Protection protection : List.of(Protection.NONE, SEALED)) {
        byte[] whole = Files.readAllBytes(backup(small, protection));
        Path damaged = folder.resolve("damaged");
        // Each byte of the first and the last part, and one of seven in between.
        for (int i = 0; i < whole.length; i += i < 300 || i > whole.length - 300 ? 1 : 7) {
          byte[] bytes = whole.clone();
          bytes[i] ^= (byte) (1 << new Random(i).nextInt(8));
          Files.write(damaged, bytes);
          int place = i;
          assertThatThrownBy(() -> reader(damaged).checkBytes())
              .as("byte %s of %s", place, whole.length)
              .isInstanceOf(BackupException.class);
          if (i % 32 == 0) {
            assertThatThrownBy(
                    () -> reader(damaged, Optional.of(opener(KEY)), Optional.of(mac(1))).verify())
                .as("byte %s of %s", place, whole.length)
                .isInstanceOf(BackupException.class);
          }
        }
      }
    }

    @Test
    void aCutOffFile_isFoundAtAnyLength() throws Exception {
      byte[] whole = Files.readAllBytes(backup(source, Protection.NONE));
      Path cut = folder.resolve("cut");
      for (int length : new int[] {0, 1, 16, 20, 40, whole.length / 2, whole.length - 1}) {
        Files.write(cut, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> reader(cut).checkBytes()).isInstanceOf(BackupException.class);
        assertThatThrownBy(() -> reader(cut).verify()).isInstanceOf(BackupException.class);
      }
    }

    @Test
    void moreAfterTheEnd_isFound() throws Exception {
      Path file = backup(small, Protection.NONE);
      Files.write(file, new byte[1], StandardOpenOption.APPEND);

      assertThatThrownBy(() -> reader(file).checkBytes()).hasMessageContaining("follows the end");
    }
  }

  @Nested
  class Sealed {
    @Test
    void contents_areUnreadableWithoutTheKey() throws Exception {
      Path file = backup(small, SEALED);

      assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("device_class", "1.2.3");
      BackupReader.Found found = reader(file).verify();
      assertThat(found.encrypted()).isTrue();
      assertThat(found.contents()).isEmpty();
      assertThatThrownBy(() -> restore(file, databases.empty())).hasMessageContaining("encrypted");
    }

    @Test
    void contents_areRestoredWithTheKey() throws Exception {
      Path file = backup(small, SEALED);
      DatabaseAddress copy = databases.empty();

      try (Restore restore = Restore.begin(copy, Progress.NONE)) {
        Restore.Loaded loaded =
            restore.load(reader(file, Optional.of(opener(KEY)), Optional.of(mac(1))), false);
        restore.finish();
        assertThat(loaded.secrets()).contains(new byte[] {7});
      }

      assertThat(Databases.digests(copy)).isEqualTo(Databases.digests(small));
    }

    @Test
    void anotherKey_opensNothingAndTheDatabaseStaysEmpty() throws Exception {
      Path file = backup(small, SEALED);
      DatabaseAddress copy = databases.empty();
      SecretKey other =
          new SecretKeySpec(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6}, "AES");
      Protection.Opener refuses =
          _ -> {
            throw new GeneralSecurityException("not its recipient");
          };

      for (Protection.Opener wrong : List.of(opener(other), refuses)) {
        try (Restore restore = Restore.begin(copy, Progress.NONE)) {
          assertThatThrownBy(
                  () -> restore.load(reader(file, Optional.of(wrong), Optional.empty()), false))
              .isInstanceOf(BackupException.class);
        }
      }
      assertThat(
              Databases.query(
                  copy, "select relname from pg_class where relnamespace = 'public'::regnamespace"))
          .isEmpty();
      Database.open(copy, Database.Settings.USUAL).close();
    }

    @Test
    void sealOfAnotherWrappingKey_isRefused() throws Exception {
      Path file = backup(small, SEALED);

      assertThat(reader(file, Optional.empty(), Optional.of(mac(1))).checkBytes().sealChecked())
          .isTrue();
      assertThat(reader(file).checkBytes().sealed()).isTrue();
      assertThatThrownBy(() -> reader(file, Optional.empty(), Optional.of(mac(2))).checkBytes())
          .hasMessageContaining("seal");
    }
  }

  @Test
  void memory_isOfPieces_whateverIsWritten() throws Exception {
    // A stream that takes nothing stops the reading too: nothing is gathered for it.
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    assertThatThrownBy(() ->
            new Backup(source, "1", () -> NOON, Progress.NONE)
                .write(
                    new java.io.OutputStream() {
                      @Override
                      public void write(int one) throws IOException {
                        first.write(one);
                        if (first.size() > 2_000) {
                          throw new IOException("No space left on device");
                        }
                      }
                    },
                    Protection.NONE))
        .hasMessageContaining("No space left");
  }
}

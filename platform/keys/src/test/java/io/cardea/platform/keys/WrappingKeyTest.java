package io.cardea.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrappingKeyTest {
  private static final byte[] CONTEXT = {7};

  @TempDir private Path folder;

  @Test
  void createdFile_isOpenToItsOwnerAlone() throws IOException {
    Path file = folder.resolve("key");
    byte[] wrapped = WrappingKey.readOrCreate(file).wrap(new byte[] {1, 2, 3}, CONTEXT);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(WrappingKey.readOrCreate(file).unwrap(wrapped, CONTEXT))
        .hasValue(new byte[] {1, 2, 3});
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void fileOpenToOthers_isRefusedWithWhatToDo(String permissions) throws IOException {
    Path file = folder.resolve("key");
    assertThat(WrappingKey.readOrCreate(file)).isNotNull();
    String secret = Files.readString(file).strip();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThatThrownBy(() -> WrappingKey.readOrCreate(file))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(permissions)
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining(secret);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "zz",
        "00",
        "not hex at all, and by far too long to be a key of 32 octets in text"
      })
  void damagedFile_isRefusedAndKept(String content) throws IOException {
    Path file = folder.resolve("key");
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> WrappingKey.readOrCreate(file))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("not a wrapping key");
    assertThat(file).hasContent(content);
  }

  @Test
  void systemdCredential_comesBeforeTheFile() throws IOException {
    Path file = folder.resolve("key");
    Path credentials = Files.createDirectory(folder.resolve("credentials"));
    WrappingKey handedOver = WrappingKey.readOrCreate(credentials.resolve(WrappingKey.CREDENTIAL));
    byte[] wrapped = handedOver.wrap(new byte[] {1}, CONTEXT);
    Map<String, String> environment = Map.of("CREDENTIALS_DIRECTORY", credentials.toString());
    assertThat(WrappingKey.find(environment, file).unwrap(wrapped, CONTEXT)).isPresent();
    assertThat(file).doesNotExist();
    assertThat(WrappingKey.find(Map.of(), file).unwrap(wrapped, CONTEXT)).isEmpty();
  }

  @Test
  void twoStartsAtOnce_agreeOnOneKey() throws Exception {
    Path file = folder.resolve("key");
    List<Future<WrappingKey>> starts = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        starts.add(threads.submit(() -> WrappingKey.readOrCreate(file)));
      }
      byte[] wrapped = starts.getFirst().get().wrap(new byte[] {1}, CONTEXT);
      for (Future<WrappingKey> start : starts) {
        assertThat(start.get().unwrap(wrapped, CONTEXT)).isPresent();
      }
    }
  }

  @Test
  void missingFolder_isSaid() {
    assertThatThrownBy(() -> WrappingKey.readOrCreate(folder.resolve("missing/key")))
        .isInstanceOf(NoSuchFileException.class);
  }
}

package io.cardea.apps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.server.watch.Look;
import io.cardea.life.Fingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedKeyFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("refused");
  }

  private static Fingerprint key(int number) {
    return Fingerprint.of(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void keysOfTheFile_areRefused_inWhateverOrder_andNoOthers() throws IOException {
    StringBuilder text = new StringBuilder("# compromised\r\n\n");
    for (int i = 0; i < 3_000; i++) {
      text.append(key(i).hex()).append(i % 2 == 0 ? "\n" : "\r\n");
    }
    Files.writeString(file, text.append(key(3_000).hex()));
    RefusedKeyFile keys = RefusedKeyFile.open(Optional.of(file));
    assertThat(keys.size()).isEqualTo(3_001);
    for (int i = 0; i < 6_000; i++) {
      assertThat(keys.contains(key(i))).isEqualTo(i <= 3_000);
    }
    assertThat(RefusedKeyFile.open(Optional.empty()).contains(key(1))).isFalse();
  }

  @Test
  void malformedLine_stopsTheStart_andIsNamed() throws IOException {
    for (String bad :
        new String[] {
          key(1).hex() + "  -", key(1).hex().toUpperCase(Locale.ROOT), "abc", "\u0007bell"
        }) {
      Files.writeString(file, key(0).hex() + "\n" + bad + "\n");
      assertThatThrownBy(() -> RefusedKeyFile.open(Optional.of(file)))
          .isInstanceOf(IOException.class)
          .hasMessage(
              file
                  + ":2: \""
                  + bad.replace('\u0007', '?')
                  + "\" (expected: 64 lower-case hexadecimal digits)");
    }
    Files.writeString(file, "0".repeat(600));
    assertThatThrownBy(() -> RefusedKeyFile.open(Optional.of(file)))
        .hasMessageContaining(":1: longer than 512");
    assertThatThrownBy(() -> RefusedKeyFile.open(Optional.of(folder.resolve("none"))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void changedFile_isReadAgain_andABadOneLeavesTheKeysBeforeAndAnAlarm() throws IOException {
    Files.writeString(file, key(1).hex());
    RefusedKeyFile keys = RefusedKeyFile.open(Optional.of(file));
    assertThat(keys.look()).isEqualTo(new Look.Fine("keys: 1"));

    Files.writeString(file, key(1).hex() + "\n" + key(2).hex() + "\n");
    keys.readAgain();
    assertThat(keys.contains(key(2))).isTrue();

    Files.writeString(file, key(3).hex() + "\nnonsense\n");
    keys.readAgain();
    assertThat(keys.contains(key(1))).isTrue();
    assertThat(keys.contains(key(3))).isFalse();
    assertThat(keys.look())
        .isInstanceOfSatisfying(
            Look.Wrong.class, wrong -> assertThat(wrong.detail()).contains(":2: \"nonsense\""));

    Files.delete(file);
    keys.readAgain();
    assertThat(keys.contains(key(2))).isTrue();
    assertThat(keys.look()).isInstanceOf(Look.Wrong.class);

    Files.writeString(file, key(3).hex());
    keys.readAgain();
    assertThat(keys.contains(key(3))).isTrue();
    assertThat(keys.contains(key(2))).isFalse();
    assertThat(keys.look()).isEqualTo(new Look.Fine("keys: 1"));
  }
}

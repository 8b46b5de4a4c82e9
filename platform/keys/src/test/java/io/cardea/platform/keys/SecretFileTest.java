package io.cardea.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  private static final int ROOT = 0;
  private static final int SERVICE = 990;

  @Test
  void file_isItsOwnersAlone() {
    assertThat(isOpen("rw-------", SERVICE, SERVICE)).isFalse();
    assertThat(isOpen("r--r-----", SERVICE, SERVICE)).isTrue();
    assertThat(isOpen("rw----r--", SERVICE, SERVICE)).isTrue();
    assertThat(isOpen("r--r-----", ROOT, ROOT)).isTrue();
  }

  @Test
  void fileThatRootHandedOver_mayBeReadByAGroupAndNotWritten() {
    assertThat(isOpen("r--r-----", ROOT, SERVICE)).isFalse();
    assertThat(isOpen("rw-rw----", ROOT, SERVICE)).isTrue();
    assertThat(isOpen("r--r--r--", ROOT, SERVICE)).isTrue();
  }

  @Test
  void fileOnTheDisk_isJudgedByItsPermissions(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("secret"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(SecretFile.isOpenToOthers(file)).isFalse();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(SecretFile.isOpenToOthers(file)).isTrue();
  }

  private static boolean isOpen(String permissions, int owner, int self) {
    return SecretFile.isOpenToOthers(PosixFilePermissions.fromString(permissions), owner, self);
  }
}

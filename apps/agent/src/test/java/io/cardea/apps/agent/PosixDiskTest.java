package io.cardea.apps.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.cardea.protocols.est.client.KeyKind;
import io.cardea.protocols.est.client.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PosixDiskTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final PosixDisk disk = new PosixDisk();
  private final TestAuthority authority = new TestAuthority("Root", NOW);
  @TempDir private Path temporary = Path.of("");

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void pairs_areReadBackWhateverTheirKind(KeyKind kind) throws Exception {
    Path directory = temporary.resolve("deep/below/device");
    Identities identities = Identities.open(disk, directory);
    KeyPair key = identities.pending(kind);
    assertThat(Identities.open(disk, directory).pending().orElseThrow().getPublic())
        .isEqualTo(key.getPublic());

    Generation stored =
        identities.store(
            authority.device("pump", key.getPublic(), NOW, NOW.plus(Duration.ofDays(1))));
    identities.confirm(stored);

    Identities again = Identities.open(disk, directory);
    assertThat(again.current()).contains(stored);
    assertThat(again.pending()).isEmpty();
    assertThat(again.damaged()).isEmpty();
    assertThat(Files.readString(directory.resolve("current/cert.pem")))
        .startsWith("-----BEGIN CERTIFICATE-----\nMII");
  }

  @Test
  void everything_belongsToItsOwnerAlone() throws Exception {
    Path directory = temporary.resolve("device");
    Identities identities = Identities.open(disk, directory);
    KeyPair key = identities.pending(KeyKind.EC_P256);
    identities.confirm(
        identities.store(
            authority.device("pump", key.getPublic(), NOW, NOW.plus(Duration.ofDays(1)))));
    identities.authorities(List.of(authority.root()));
    identities.pending(KeyKind.EC_P256);

    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all.filter(path -> !Files.isSymbolicLink(path)))
          .hasSizeGreaterThan(5)
          .allSatisfy(path ->
              assertThat(
                      PosixFilePermissions.toString(
                          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)))
                  .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }

  @Test
  void directoryOpenToOthers_isRefused() throws Exception {
    Path directory =
        Files.createDirectory(
            temporary.resolve("open"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));

    assertThatIOException()
        .isThrownBy(() -> disk.createDirectory(directory))
        .withMessageContaining("chmod 700");
  }

  @Test
  void secondAgentInADirectory_isRefused() throws Exception {
    Path lock = temporary.resolve("lock");
    try (AutoCloseable _ = disk.lock(lock)) {
      assertThatIOException().isThrownBy(() -> disk.lock(lock)).withMessageContaining("another");
    }
    try (AutoCloseable again = disk.lock(lock)) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void tornPair_isPassedOverAndReported() throws Exception {
    Identities identities = Identities.open(disk, temporary.resolve("device"));
    Generation good = stored(identities);
    Generation torn = stored(identities);
    Path key = identities.pathOf(torn).resolve("key.pem");
    Files.write(key, Files.readAllBytes(identities.pathOf(good).resolve("key.pem")));

    Identities again = Identities.open(disk, temporary.resolve("device"));

    assertThat(again.shown()).contains(good);
    assertThat(again.damaged()).singleElement().asString().contains("not that of the certificate");
    assertThat(stored(again).number()).isGreaterThan(torn.number());
  }

  @Test
  void rubbishAsPendingKey_isReplaced() throws Exception {
    Path directory = temporary.resolve("device");
    Identities.open(disk, directory);
    disk.write(
        directory.resolve("pending-key.pem"),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"
            .getBytes(StandardCharsets.US_ASCII));

    Identities again = Identities.open(disk, directory);

    assertThat(again.damaged()).hasSize(1);
    assertThat(again.pending(KeyKind.EC_P256)).isNotNull();
    assertThat(Identities.open(disk, directory).damaged()).isEmpty();
  }

  private Generation stored(Identities identities) throws Exception {
    KeyPair key = identities.pending(KeyKind.EC_P256);
    return identities.store(
        authority.device("pump", key.getPublic(), NOW, NOW.plus(Duration.ofDays(1))));
  }
}

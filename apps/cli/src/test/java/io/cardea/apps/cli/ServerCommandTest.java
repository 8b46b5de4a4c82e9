package io.cardea.apps.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an operator types, and what is then on the disk.
class ServerCommandTest extends ProductTest {
  @Test
  void server_startsServesAndStops_andItsTokenIsRecoveredBesideItAndWithoutIt() throws Exception {
    Path log = folder.resolve("server.log");
    Process server = run(log, "server", "--config", configuration.toString());
    awaitLine(log, "administrator's token");
    Path token = data.resolve("administrator.token");
    String first = Files.readString(token);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    assertThat(ends("device", "register", "pump-1", "--class", "device")).isZero();

    assertThat(ends("server", "recover-token", "--config", configuration.toString())).isZero();
    String second = Files.readString(token);
    assertThat(second).isNotEqualTo(first);
    // The server remembers tokens for a second, and this JVM starts no faster than that.
    assertThat(kinds()).endsWith("device.registered", "api-token.recovered");
    Files.writeString(folder.resolve("old"), first);
    Files.setPosixFilePermissions(
        folder.resolve("old"), PosixFilePermissions.fromString("rw-------"));
    assertThat(ends("device", "list", "--token-file", folder.resolve("old").toString()))
        .isEqualTo(ExitCode.REFUSED);

    server.destroy();
    assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(SIGTERM);
    assertThat(log).content().contains("stopped").doesNotContain("WARN", "ERROR", "Exception");

    assertThat(ends("server", "recover-token", "--config", configuration.toString())).isZero();
    Path again = folder.resolve("again.log");
    run(again, "server", "--config", configuration.toString());
    awaitLine(again, "administrator's token");
    assertThat(Files.readString(token)).isNotEqualTo(second);
    assertThat(kinds())
        .contains("api-token.created")
        .endsWith("api-token.recovered", "api-token.recovered", "server-certificate.issued");
    for (String secret : List.of(first, second, Files.readString(token))) {
      assertThat(Files.readString(log) + Files.readString(again)).doesNotContain(secret.strip());
    }
  }

  @Test
  void server_withMistakesInItsFile_saysAllOfThemAndDoesNotStart() throws Exception {
    Files.writeString(configuration, "public.ulr: http://localhost\ndrain.timeout: soon\n");
    Path out = folder.resolve("out");

    Process server = run(out, "server", "--config", configuration.toString());

    assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(ExitCode.REFUSED);
    assertThat(out)
        .content()
        .contains("public.ulr", "public.url", "drain.timeout", "soon")
        .doesNotContain("\tat ");
    assertThat(data).doesNotExist();
  }

  @Test
  void recoverToken_whereNoServerEverRan_saysSo() throws Exception {
    assertThat(ends("server", "recover-token", "--config", configuration.toString()))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(folder.resolve("command")).content().contains("no server was ever started here");
  }

  private List<String> kinds() throws Exception {
    assertThat(ends("ledger", "list", "--all", "--output", "json")).isZero();
    return Files.readAllLines(folder.resolve("command")).stream()
        .map(line -> JsonMapper.shared().readTree(line))
        .map(entry -> entry.path("kind"))
        .map(JsonNode::asString)
        .toList();
  }
}

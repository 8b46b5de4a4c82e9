package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The demonstration as a person runs it, small: its own process, both fleets, the lines to copy.
class DemoTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private Home home;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void makeHome() throws IOException {
    home = Home.create();
  }

  @AfterEach
  void clear() throws Exception {
    for (Process demo : started) {
      demo.destroy();
      if (!demo.waitFor(60, TimeUnit.SECONDS)) {
        demo.destroyForcibly().waitFor();
      }
    }
    home.close();
  }

  @Test
  void once_losesAnswersAndNoDevice_whileTheControlLosesSome() throws Exception {
    Process demo = start("--once", "--output", "json", "--against", "single-active");

    assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).as(said()).isZero();
    JsonNode result = JsonMapper.shared().readTree(Files.readString(home.resolve("out")));
    assertThat(result.path("devices").asInt()).isEqualTo(8);
    assertThat(result.path("enrolled").asInt()).isEqualTo(8);
    assertThat(result.path("renewed").asInt()).isEqualTo(8);
    assertThat(result.path("answers_dropped").asInt()).isPositive();
    assertThat(result.path("locked_out").asInt(-1)).isZero();
    assertThat(result.path("control_locked_out").asInt()).isPositive();
    for (String measured : List.of("ready_ms", "enrol_max_ms", "renew_max_ms")) {
      assertThat(result.path(measured).asInt()).as(measured).isPositive();
    }
  }

  @Test
  @NeedsTool({"openssl", "curl"})
  void linesToCopy_enrolADeviceOfOnesOwn_andTheNextRunFindsTheSameAuthorities() throws Exception {
    Process demo = start();
    List<String> lines = awaitLines();
    Process shell =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", String.join("\n", lines))
            .directory(home.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("shell").toFile())
            .start();

    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).as(Files.readString(home.resolve("shell"))).isZero();
    assertThat(home.resolve("shell")).content().contains("subject=", "mine-", "notAfter=");

    Path authorities = home.resolve("data/cardea/server/ca.pem");
    String before = Files.readString(authorities);
    demo.destroy();
    assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(home.resolve("out")).content().contains("devices locked out 0");

    start();
    awaitSaid("Server ready in");
    assertThat(Files.readString(authorities)).isEqualTo(before);
  }

  private Process start(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DemoMain.class.getName(),
                "--devices=8",
                "--drop=0.3",
                "--life=15s",
                "--data=" + home.resolve("data")));
    command.addAll(List.of(more));
    Files.deleteIfExists(home.resolve("out"));
    Process demo =
        new ProcessBuilder(command)
            .redirectOutput(home.resolve("out").toFile())
            .redirectError(home.resolve("err").toFile())
            .start();
    started.add(demo);
    return demo;
  }

  /// The three lines, as soon as they are all there.
  private List<String> awaitLines() throws Exception {
    awaitSaid("Ctrl-C stops it.");
    List<String> lines =
        Files.readString(home.resolve("out"))
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("openssl "))
            .toList();
    assertThat(lines).hasSize(3);
    return lines;
  }

  private void awaitSaid(String text) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!said().contains(text)) {
      assertThat(System.nanoTime() - end).as(said()).isNegative();
      assertThat(started.getLast().waitFor(100, TimeUnit.MILLISECONDS)).as(said()).isFalse();
    }
  }

  private String said() throws IOException {
    return Files.readString(home.resolve("out")) + Files.readString(home.resolve("err"));
  }
}

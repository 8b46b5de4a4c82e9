package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.server.config.Config;
import io.cardea.life.testing.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What the documents tell people to type is typed, and works.
class DocumentsTest {
  private static final Path ROOT = Documents.root();

  /// From an empty folder: the server of the README, its first certificate, its renewal; then, on
  /// the same server, what operators are told.
  @Test
  @NeedsTool({"openssl", "curl"})
  void everyCommand_works() throws Exception {
    try (Terminals terminals = Terminals.open()) {
      int commands = terminals.type(Documents.blocks(ROOT.resolve("README.md")));
      assertThat(commands).isGreaterThan(8);
      assertThat(terminals.said()).contains("device.pem: OK", "my-first-device is enrolled");
      assertThat(terminals.said()).containsPattern("\"device\":\"my-first-device\"");

      terminals.type("cp .cardea/ca.pem .");
      commands = terminals.type(Documents.blocks(ROOT.resolve("docs/operations/agent.md")));
      assertThat(commands).isGreaterThan(3);
      assertThat(terminals.folder().resolve("pump/current/cert.pem")).exists();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyBlock_isTypedOrSaysWhyNot() throws IOException {
    List<Documents.Block> blocks = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.blocks(document).stream().filter(Documents.Block::isShell).forEach(blocks::add);
    }
    assertThat(blocks).isNotEmpty();
    List<Path> typed = List.of(ROOT.resolve("README.md"), ROOT.resolve("docs/operations/agent.md"));
    return blocks.stream()
        .map(block ->
            DynamicTest.dynamicTest(
                block.toString(),
                () -> {
                  if (!block.manner().matches("no-run: .{10,}")) {
                    assertThat(block.manner()).isIn("", "until-stopped");
                    assertThat(block.document()).isIn(typed);
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> everyConfiguration_isOneThatTheServerTakes(@TempDir Path folder)
      throws IOException {
    List<Documents.Block> blocks = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.blocks(document).stream()
          .filter(block -> block.language().equals("yaml"))
          .forEach(blocks::add);
    }
    assertThat(blocks).hasSizeGreaterThan(1);
    Path file = folder.resolve("cardea.yaml");
    return blocks.stream()
        .map(block ->
            DynamicTest.dynamicTest(
                block.toString(),
                () -> {
                  Files.writeString(file, block.text());
                  Config.check(Optional.of(file), Map.of()).orThrow();
                }));
  }

  /// Else a document that stopped working would go unnoticed.
  @Test
  void commandThatFails_isNoticed() throws Exception {
    try (Terminals terminals = Terminals.open()) {
      Documents.Block wrong = new Documents.Block(Path.of("x.md"), 1, "sh", "true\nfalse\ntrue");
      assertThatThrownBy(() -> terminals.type(List.of(wrong)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("exit status 1");
    }
  }
}

package io.cardea.apps.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConfigReferenceTest {
  private static final Path DOCS = Path.of("..", "..", "docs");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");

  @Test
  void page_saysWhatTheKeysSay() throws IOException {
    assertThat(DOCS.resolve("operations/configuration.md"))
        .as("refresh it: ./cardea config reference > docs/operations/configuration.md")
        .hasContent(ConfigReference.markdown());
  }

  /// A YAML block in these pages is a configuration of the server.
  @TestFactory
  Stream<DynamicTest> yamlBlock_loads() throws IOException {
    try (Stream<Path> pages = Files.walk(DOCS.resolve("operations"))) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .flatMap(ConfigReferenceTest::blocks)
          .toList()
          .stream();
    }
  }

  private static Stream<DynamicTest> blocks(Path page) {
    String text;
    try {
      text = Files.readString(page);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return BLOCK
        .matcher(text)
        .results()
        .map(block ->
            DynamicTest.dynamicTest(
                page.getFileName() + " at " + block.start(),
                () ->
                    assertThat(
                            new ConfigReader(Map.of(), "someone")
                                .read(page.toString(), block.group(1))
                                .problems())
                        .isEmpty()));
  }
}

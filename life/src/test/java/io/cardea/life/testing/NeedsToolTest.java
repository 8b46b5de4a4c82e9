package io.cardea.life.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class NeedsToolTest {
  private static final List<String> SHELL = List.of("sh");
  private static final List<String> MISSING = List.of("sh", "no-such-tool");

  @Test
  void toolOnPath_letsTestRun() {
    assertThatCode(() -> ToolsOnPath.require(SHELL, Map.of("PATH", "/nowhere::/bin")))
        .doesNotThrowAnyException();
  }

  @Test
  void missingTool_onLaptop_isNamedSkip() {
    assertThatThrownBy(() -> ToolsOnPath.require(MISSING, Map.of("PATH", "/bin")))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no-such-tool");
  }

  @Test
  void missingTool_inCi_isFailure() {
    assertThatThrownBy(() -> ToolsOnPath.require(MISSING, Map.of("PATH", "/bin", "CI", "true")))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("no-such-tool");
  }
}

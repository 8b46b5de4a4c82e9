package io.cardea.life.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/// Judges [NeedsTool] before a class and before a method. It aborts or fails rather than disables,
/// so that a missing tool shows up as a named skip and cannot be mistaken for a test that was never
/// written.
final class ToolsOnPath implements BeforeAllCallback, BeforeEachCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    check(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    check(context);
  }

  private static void check(ExtensionContext context) {
    context
        .getElement()
        .map(element -> element.getAnnotation(NeedsTool.class))
        .ifPresent(needs -> require(List.of(needs.value()), System.getenv()));
  }

  /// Returns when every tool is on the path of this environment; else throws what JUnit reads as a
  /// failure or a skip.
  static void require(List<String> tools, Map<String, String> environment) {
    var missing = tools.stream().filter(tool -> !isOnPath(tool, environment.get("PATH"))).toList();
    if (missing.isEmpty()) {
      return;
    }
    var message = "not on the path: " + String.join(", ", missing) + " (see .ci/packages)";
    if ("true".equals(environment.get("CI"))) {
      throw new AssertionFailedError(message);
    }
    throw new TestAbortedException(message);
  }

  private static boolean isOnPath(String tool, @Nullable String path) {
    return path != null
        && Stream.of(path.split(File.pathSeparator, -1))
            .filter(folder -> !folder.isEmpty())
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }
}

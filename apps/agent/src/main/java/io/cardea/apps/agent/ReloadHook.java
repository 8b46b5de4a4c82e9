package io.cardea.apps.agent;

import java.time.Duration;
import java.util.List;

/// A program that is run after each confirmation, so that others take up the new credential.
///
/// It is started without a shell, finds the paths in its environment (`CARDEA_DEVICE`,
/// `CARDEA_CERT`, `CARDEA_KEY`, `CARDEA_CA`, `CARDEA_DIRECTORY`), and is killed when its time is
/// over. It is run again when it failed, and after a crash: at least once for each generation.
///
/// @param command the program and its arguments
public record ReloadHook(List<String> command, Duration timeout) {
  public ReloadHook {
    command = List.copyOf(command);
    if (command.isEmpty() || !timeout.isPositive()) {
      throw new IllegalArgumentException(
          "hook: " + command + " within " + timeout + " (expected: a program, and a time)");
    }
  }

  /// With 30 seconds.
  public ReloadHook(List<String> command) {
    this(command, Duration.ofSeconds(30));
  }
}

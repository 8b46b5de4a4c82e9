package io.cardea.apps.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that a person names, read whole.
final class TextFile {
  private static final long LONGEST = 64L * 1024 * 1024;

  private TextFile() {}

  static String read(Path file) throws CommandFailure {
    try {
      if (Files.size(file) > LONGEST) {
        throw CommandFailure.refused(file + " is longer than 64 MiB.");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CommandFailure.refused(file + " cannot be read as text: " + e.getMessage());
    }
  }
}

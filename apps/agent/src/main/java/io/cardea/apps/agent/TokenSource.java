package io.cardea.apps.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where the enrolment token comes from: read anew at each use, so that a person can put a fresh
/// one there. Never from the command line, which every user of a machine can read.
@FunctionalInterface
public interface TokenSource {
  /// The environment variable.
  String VARIABLE = "CARDEA_ENROLMENT_TOKEN";

  Optional<String> token() throws IOException;

  /// There is no token.
  TokenSource NONE = Optional::empty;

  /// This one; for devices that are made in the same process.
  static TokenSource of(String token) {
    return () -> Optional.of(token);
  }

  /// The first line of a file; none while there is no such file.
  static TokenSource file(Path file) {
    return () -> {
      try (InputStream in = Files.newInputStream(file)) {
        return new String(in.readNBytes(4096), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .findFirst();
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
    };
  }

  /// The environment variable `CARDEA_ENROLMENT_TOKEN`.
  static TokenSource environment(Map<String, String> environment) {
    return () ->
        Optional.ofNullable(environment.get(VARIABLE))
            .map(String::strip)
            .filter(token -> !token.isEmpty());
  }
}

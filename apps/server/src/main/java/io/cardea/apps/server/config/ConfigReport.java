package io.cardea.apps.server.config;

import java.util.List;
import java.util.Optional;

/// What reading a configuration found.
///
/// @param settings the value of each key in effect, in the order of the reference; a key whose
///   value is in error is left out
/// @param dataDirectory where the data is, also when something else is wrong
/// @param config empty when there is a problem
public record ConfigReport(
    List<Setting> settings,
    List<Problem> problems,
    DataDirectory dataDirectory,
    Optional<Config> config) {
  public ConfigReport {
    settings = List.copyOf(settings);
    problems = List.copyOf(problems);
  }

  public Config orThrow() throws ConfigException {
    return config.orElseThrow(() -> new ConfigException(problems));
  }
}

package io.cardea.apps.cli;

import io.cardea.apps.server.config.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as in the configuration: `10s`, `5m`, `2h`, `90d`.
final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "'" + text + "' (expected: a duration like 10s, 5m, 2h or 90d)");
    }
  }
}

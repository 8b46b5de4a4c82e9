package io.cardea.apps.server.watch;

import io.cardea.life.findings.Alarm;
import java.time.Duration;

/// One thing that is looked at, again and again.
///
/// @param alarm what it means when something is wrong
/// @param every how often to look
/// @param eye looks, and may block
public record Check(Alarm alarm, Duration every, Eye eye) {
  /// Looks at something.
  @FunctionalInterface
  public interface Eye {
    /// @throws Exception whatever it is, the check counts as not made
    Look look() throws Exception;
  }
}

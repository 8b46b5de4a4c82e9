package io.cardea.life.rotation.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A change that was computed against every device, and what became of it.
///
/// @param actor who made it, as the ledger names them
/// @param impact as it was when it was made, or when it was last tried
/// @param outcome what came of it: the order that carries it out, or why it was refused
public record Plan(
    UUID id,
    PlannedChange change,
    String actor,
    String why,
    Instant madeAt,
    Impact impact,
    State state,
    Optional<Instant> endedAt,
    String outcome) {

  /// Where it stands.
  public enum State {
    /// Computed; nothing is changed.
    MADE,
    /// Tried, and refused: a healthy device would hold nothing.
    REFUSED,
    APPLIED,
    /// Applied although healthy devices would hold nothing, for the reason that was given.
    OVERRIDDEN;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public boolean over() {
      return this == APPLIED || this == OVERRIDDEN;
    }
  }

  /// What a change would do.
  ///
  /// @param devices those that it is about: they hold an accepted credential now
  /// @param losses devices that would hold none, in groups
  public record Impact(long devices, List<Loss> losses) {
    public Impact {
      losses = List.copyOf(losses);
    }

    /// Devices that would hold nothing.
    public long stranded() {
      return losses.stream().mapToLong(Loss::devices).sum();
    }

    /// Of these, the ones that were seen lately.
    public long healthy() {
      return losses.stream().mapToLong(Loss::healthy).sum();
    }
  }

  /// Devices of one class that would hold nothing, and would have renewed by themselves on one day.
  ///
  /// @param days from now: applied after that day, the change does not touch them
  /// @param healthy of the devices, those whose last recorded use is no older than the longest
  ///   silence of their class
  /// @param example one of them, a healthy one if there is one
  public record Loss(
      String deviceClass, String cause, int days, long devices, long healthy, String example) {}

  Plan in(State next, Impact now, Instant at, String said) {
    return new Plan(
        id,
        change,
        actor,
        why,
        madeAt,
        now,
        next,
        next.over() ? Optional.of(at) : Optional.empty(),
        said);
  }
}

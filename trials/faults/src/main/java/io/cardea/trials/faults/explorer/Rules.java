package io.cardea.trials.faults.explorer;

import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.trials.faults.SingleActive;
import io.cardea.trials.faults.wrong.CountsRefusedUses;
import io.cardea.trials.faults.wrong.JudgesByPredecessor;
import io.cardea.trials.faults.wrong.NeverRestartsOverlap;
import io.cardea.trials.faults.wrong.RetiresEverythingOlder;
import io.cardea.trials.faults.wrong.RevokesAtIssue;
import io.cardea.trials.faults.wrong.RollsBackTheUnproven;
import java.time.Duration;
import java.util.List;

/// A set of rules to explore: the server's, the terms of the class, and what the device keeps to.
///
/// A fork closes every door but the token's, the strictest answer, and there is no token here. The
/// number of candidates is not limited.
public record Rules(String name, Rotation rotation, Terms terms, Client client) {
  /// Which of its credentials a device uses.
  public enum Client {
    /// The newest that was once used, until it is refused with a code (R7).
    STICKY,
    /// The same, but in the day of a proof some of its programs still use the older one.
    CHANGES_OVER,
    /// Whichever.
    ANY
  }

  /// A device has a turn each day, so it is never silent for two days.
  static final Duration DAY = Duration.ofDays(1);

  private static final Rotation RIGHT = new ProvenRotation();
  private static final Terms TERMS = terms(DAY.multipliedBy(2), Duration.ZERO, Duration.ZERO);
  private static final Terms WITH_GRACE =
      terms(DAY.multipliedBy(2), Duration.ofDays(10_000), Duration.ZERO);
  private static final Terms WITH_SETTLING = terms(DAY.multipliedBy(2), Duration.ZERO, DAY);

  public static final Rules CHOSEN = new Rules("the chosen rules", RIGHT, TERMS, Client.STICKY);

  /// The same rules under other terms.
  public static final List<Rules> RIGHT_ONES =
      List.of(
          CHOSEN,
          new Rules("the chosen rules, with grace", RIGHT, WITH_GRACE, Client.STICKY),
          new Rules(
              "the chosen rules, with programs that change over one by one",
              RIGHT,
              WITH_SETTLING,
              Client.CHANGES_OVER));

  public static final List<Rules> WRONG_ONES =
      List.of(
          spoiled("retire = everything older (R3)", new RetiresEverythingOlder(RIGHT)),
          spoiled("retry = judged by its predecessor (R4)", new JudgesByPredecessor(RIGHT)),
          spoiled("fork = refused uses count (R7)", new CountsRefusedUses(RIGHT)),
          new Rules("client = uses whichever (R7)", RIGHT, TERMS, Client.ANY),
          new Rules(
              "overlap = shorter than the longest silence (R3)",
              RIGHT,
              terms(DAY, Duration.ZERO, Duration.ZERO),
              Client.STICKY),
          spoiled("restart = never (R3)", new NeverRestartsOverlap(RIGHT)),
          spoiled("unproven = rolled back (R1)", new RollsBackTheUnproven(RIGHT)),
          spoiled("issue = revokes (R1)", new RevokesAtIssue(RIGHT)),
          new Rules("settling = none (R7)", RIGHT, TERMS, Client.CHANGES_OVER),
          spoiled("single active (R1, R4)", new SingleActive()));

  private static Rules spoiled(String name, Rotation wrong) {
    return new Rules(name, wrong, TERMS, Client.STICKY);
  }

  private static Terms terms(Duration overlap, Duration grace, Duration settling) {
    return new Terms(overlap, true, grace, settling, 1_000, OnFork.RECOVERY_DOOR);
  }
}

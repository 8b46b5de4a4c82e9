package io.cardea.trials.faults.explorer;

import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.trials.faults.wrong.EveryReportProves;
import io.cardea.trials.faults.wrong.EvictsTheOldestCandidate;
import io.cardea.trials.faults.wrong.ForgetsSessions;
import io.cardea.trials.faults.wrong.GraceForTheRetired;
import io.cardea.trials.faults.wrong.RefusesSecondProofs;
import io.cardea.trials.faults.wrong.RevokesThatOneAlone;
import io.cardea.trials.faults.wrong.WaitsForNoAudience;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Rules to explore in one circumstance: the server's, and whether it renews in quarantine.
public record SceneRules(
    String name, Circumstance circumstance, Rotation rotation, boolean renewsInQuarantine) {
  private static final Rotation RIGHT = new ProvenRotation();

  public static SceneRules chosen(Circumstance circumstance) {
    return new SceneRules("the chosen rules", circumstance, RIGHT, true);
  }

  public static final List<SceneRules> WRONG_ONES =
      List.of(
          wrong(
              "report = a proof, whoever makes it (R2)",
              Circumstance.REPORTS,
              new EveryReportProves(RIGHT)),
          wrong(
              "retire = whatever audiences have seen (R3)",
              Circumstance.AUDIENCE,
              new WaitsForNoAudience(RIGHT)),
          wrong(
              "retire = whatever is connected (R3)",
              Circumstance.SESSION,
              new ForgetsSessions(RIGHT)),
          wrong(
              "enough candidates = the oldest goes (R5)",
              Circumstance.LIMIT,
              new EvictsTheOldestCandidate(RIGHT)),
          wrong(
              "second proof = only without a credential (R6)",
              Circumstance.RESTORED,
              new RefusesSecondProofs(RIGHT)),
          wrong(
              "grace = for what was retired, too (R6)",
              Circumstance.RETIRED_KEY,
              new GraceForTheRetired(RIGHT)),
          wrong(
              "compromise = that credential alone (R8)",
              Circumstance.COMPROMISE,
              new RevokesThatOneAlone(RIGHT)),
          new SceneRules("quarantine = no renewal (R11)", Circumstance.QUARANTINE, RIGHT, false));

  private static SceneRules wrong(String name, Circumstance circumstance, Rotation rotation) {
    return new SceneRules(name, circumstance, rotation, true);
  }

  Terms terms() {
    Set<String> reporting =
        switch (circumstance) {
          case REPORTS, AUDIENCE -> Set.of(SceneMoves.AUDIENCE);
          case SESSION, LIMIT, RESTORED, RETIRED_KEY, COMPROMISE, QUARANTINE -> Set.of();
        };
    return new Terms(
        Rules.DAY.multipliedBy(2),
        true,
        circumstance == Circumstance.RETIRED_KEY ? Duration.ofDays(10_000) : Duration.ZERO,
        Duration.ZERO,
        circumstance == Circumstance.LIMIT ? 2 : 1_000,
        OnFork.RECOVERY_DOOR,
        reporting);
  }
}

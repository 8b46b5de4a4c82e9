package io.cardea.trials.faults.explorer;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Lineage;
import io.cardea.trials.faults.explorer.Scene.Flag;

/// What a scene must not come to.
public enum SceneEnd {
  /// Nothing that a device has opens anything, and nobody decided that.
  LOCKED_OUT,
  /// The audience accepts nothing that the device has.
  LOCKED_OUT_THERE,
  /// A connection goes on by a credential that is not accepted any more.
  CONNECTED_BY_A_RETIRED_ONE,
  /// A fresh second proof opens nothing.
  NO_WAY_BACK,
  /// Who found a retired key has a credential of his own.
  REVIVED,
  /// What the thief made of the key is accepted after its revocation.
  OUTLIVES_REVOCATION;

  boolean isReached(Scene scene, SceneMoves moves) {
    return switch (this) {
      case LOCKED_OUT -> isLockedOut(scene, moves);
      case LOCKED_OUT_THERE ->
          moves.isIn(Circumstance.AUDIENCE) && !moves.isLetInThere(scene) && !isForked(scene);
      case CONNECTED_BY_A_RETIRED_ONE ->
          scene
              .session()
              .flatMap(scene.lineage()::link)
              .filter(link -> link.state() == CredentialState.RETIRED)
              .isPresent();
      case NO_WAY_BACK ->
          moves.isIn(Circumstance.RESTORED)
              && !moves.deviceHasDoor(scene)
              && !moves.isOpenToAFreshToken(scene);
      case REVIVED -> moves.isIn(Circumstance.RETIRED_KEY) && thiefIsIn(scene, moves);
      case OUTLIVES_REVOCATION -> scene.is(Flag.REVOKED) && thiefIsIn(scene, moves);
    };
  }

  /// Where a disk may go back, or a key was revoked, the recovery door is the way in.
  private static boolean isLockedOut(Scene scene, SceneMoves moves) {
    if (isForked(scene)
        || scene.is(Flag.QUARANTINED)
        || moves.isIn(Circumstance.RESTORED)
        || moves.isIn(Circumstance.COMPROMISE)
        || (scene.is(Flag.EXPIRED) && !scene.is(Flag.ASKED))) {
      return false;
    }
    return !moves.deviceHasDoor(scene);
  }

  private static boolean isForked(Scene scene) {
    return scene.lineage().forkedAt().isPresent();
  }

  private static boolean thiefIsIn(Scene scene, SceneMoves moves) {
    Lineage lineage = scene.lineage();
    for (int credential = 0; credential < scene.size(); credential++) {
      if ((scene.stolen() & 1 << credential) != 0 && moves.accepts(lineage, credential)) {
        return true;
      }
    }
    return false;
  }
}

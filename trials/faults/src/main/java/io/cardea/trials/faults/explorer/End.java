package io.cardea.trials.faults.explorer;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Link;
import io.cardea.trials.faults.explorer.World.Thief;
import java.util.List;

/// What a sequence of events can end in.
public enum End {
  /// Nothing on the device opens anything, though what it has has not all expired.
  LOCKED_OUT(Thief.NONE),
  /// A healthy lineage is called forked.
  FALSE_FORK(Thief.NONE),
  /// A thief with nothing but retired keys has got the lineage called forked.
  DEAD_KEY(Thief.FINDS_RETIRED),
  /// The thief alone holds an accepted credential, and nobody was told.
  SILENT_THEFT(Thief.COPIES_FIRST),
  /// Not a bad one: the new credential is current, and the old one is retired. So that "no bad end"
  /// is not said of a device that never renews.
  RENEWED(Thief.NONE);

  public static final List<End> BAD = List.of(LOCKED_OUT, FALSE_FORK, DEAD_KEY, SILENT_THEFT);

  private final Thief thief;

  End(Thief thief) {
    this.thief = thief;
  }

  boolean canBeIn(World world) {
    return world.thief() == thief;
  }

  boolean isReached(Situation now, Moves moves) {
    return switch (this) {
      case LOCKED_OUT -> !allExpired(now, moves) && !now.forked() && !moves.deviceHasDoor(now);
      case FALSE_FORK, DEAD_KEY -> now.forked();
      case SILENT_THEFT ->
          !now.forked() && !now.expired() && thiefHasDoor(now, moves) && isAlone(now, moves);
      case RENEWED ->
          !now.expired()
              && now.link(0).state() == CredentialState.RETIRED
              && deviceHoldsCurrent(now);
    };
  }

  /// Without grace nothing is promised to a device whose newest credential has expired. One that
  /// waits for the answer to a request that it can repeat has a newer one.
  private static boolean allExpired(Situation now, Moves moves) {
    return !moves.haveGrace() && now.expired() && now.held() == 1 && !moves.retriesWithSameKey(now);
  }

  private static boolean thiefHasDoor(Situation now, Moves moves) {
    for (int credential = 0; credential < now.size(); credential++) {
      if ((now.stolen() & ~now.held() & 1 << credential) != 0
          && moves.accepts(now.lineage(), credential)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAlone(Situation now, Moves moves) {
    if (moves.deviceHasDoor(now)) {
      return false;
    }
    for (Link link : now.lineage().links()) {
      if (now.pending() >= 0
          && link.key().equals(Situation.key(now.pending()))
          && moves.accepts(now.lineage(), Situation.number(link.id()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean deviceHoldsCurrent(Situation now) {
    for (int credential = 0; credential < now.size(); credential++) {
      if ((now.held() & 1 << credential) != 0
          && now.link(credential).state() == CredentialState.CURRENT) {
        return true;
      }
    }
    return false;
  }
}

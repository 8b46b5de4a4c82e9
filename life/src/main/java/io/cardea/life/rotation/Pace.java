package io.cardea.life.rotation;

import java.time.Instant;

/// How many candidates a slot has staged since a moment: what R5 counts.
public record Pace(Instant since, int staged) {
  public static final Pace NONE = new Pace(Instant.EPOCH, 0);
}

package io.cardea.life.testing;

import io.cardea.life.TrustedTime;
import java.time.Duration;
import java.time.Instant;

/// A clock that a test moves, and that loses its trust on demand.
public final class SettableTime implements TrustedTime {
  private volatile Instant now;
  private volatile boolean trusted = true;

  public SettableTime(Instant now) {
    this.now = now;
  }

  public void pass(Duration duration) {
    now = now.plus(duration);
  }

  public void trusted(boolean trust) {
    trusted = trust;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public boolean trusted() {
    return trusted;
  }
}

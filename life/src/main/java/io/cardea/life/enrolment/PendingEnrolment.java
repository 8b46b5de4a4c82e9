package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/// A request for a certificate on which an operator has to decide. A device and a key have one,
/// however often they ask.
public record PendingEnrolment(
    UUID id,
    DeviceId device,
    Fingerprint key,
    Instant requestedAt,
    Instant expiresAt,
    State state) {
  /// How long a request waits, and a decision counts.
  public static final Duration LIFE = Duration.ofDays(7);

  /// How many keys of one device may wait, and how many requests in all.
  public static final int MOST_OF_A_DEVICE = 4;

  public static final int MOST = 10_000;

  public enum State {
    WAITING,
    APPROVED,
    REFUSED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public PendingEnrolment in(State next) {
    return new PendingEnrolment(id, device, key, requestedAt, expiresAt, next);
  }
}

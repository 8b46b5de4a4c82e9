package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import java.time.Duration;
import java.time.Instant;

/// When the server would like to see a credential renewed: advice, and the same advice whenever it
/// is asked (RFC 9773 has the idea).
///
/// The window opens between 60 and 70 % of the credential's life and is 5 % long; where in between
/// follows from the credential's id, so that credentials issued together do not come back together.
/// A quarter of the life at least is left for retries, silence and repair.
public record RenewalWindow(Instant start, Instant end) {
  private static final double EARLIEST = 0.60;
  private static final double SPREAD = 0.10;
  private static final double LENGTH = 0.05;

  public static RenewalWindow of(Link link) {
    return of(link.id(), link.issuedAt(), link.notAfter());
  }

  public static RenewalWindow of(CredentialId id, Instant issuedAt, Instant notAfter) {
    return of(id, issuedAt, notAfter, EARLIEST, SPREAD);
  }

  /// The window under a policy.
  ///
  /// @param from the hundredths of the life after which the first windows open
  /// @param spread over how many hundredths they open
  public static RenewalWindow of(
      CredentialId id, Instant issuedAt, Instant notAfter, int from, int spread) {
    return of(id, issuedAt, notAfter, from / 100.0, spread / 100.0);
  }

  private static RenewalWindow of(
      CredentialId id, Instant issuedAt, Instant notAfter, double earliest, double spread) {
    double life = Math.max(0, Duration.between(issuedAt, notAfter).toMillis());
    double opens = earliest + spread * share(id);
    return new RenewalWindow(
        issuedAt.plusMillis((long) (life * opens)),
        issuedAt.plusMillis((long) (life * (opens + LENGTH))));
  }

  /// When the first windows of credentials with this life open, counted from their issue.
  public static Duration firstOpens(Duration life) {
    return share(life, EARLIEST);
  }

  /// When the last windows of credentials with this life close, counted from their issue.
  public static Duration lastCloses(Duration life) {
    return share(life, EARLIEST + SPREAD + LENGTH);
  }

  private static Duration share(Duration life, double share) {
    return Duration.ofMillis(Math.round(life.toMillis() * share));
  }

  /// From here on the same key gets a new credential and not its old one again (R4): the first
  /// moment at which a device that follows the advice can ask.
  public Instant renewalPoint() {
    return start;
  }

  /// Seconds until the window opens, for a device whose clock is not to be compared with ours
  /// (R10).
  public long secondsToStart(Instant at) {
    return secondsTo(start, at);
  }

  public long secondsToEnd(Instant at) {
    return secondsTo(end, at);
  }

  /// Rounded up: a device that waits them out must not knock a moment too early.
  private static long secondsTo(Instant then, Instant at) {
    long millis = Duration.between(at, then).toMillis();
    return millis <= 0 ? 0 : (millis + 999) / 1_000;
  }

  /// A number from 0 to 1 that looks random and depends on nothing but the id (the finalizer of
  /// SplitMix64).
  private static double share(CredentialId id) {
    long bits = id.value().getMostSignificantBits() ^ id.value().getLeastSignificantBits();
    bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
    bits ^= bits >>> 31;
    return (bits >>> 11) * 0x1.0p-53;
  }
}

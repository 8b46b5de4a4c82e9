package io.cardea.life.pki;

import io.cardea.life.Fingerprint;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/// The ticket for one signature: a certificate that was built and linted, and that nobody has
/// signed yet.
///
/// It holds the very octets that were linted, and only its [Issuer] can redeem it, once. A ticket
/// that is never redeemed costs nothing.
public final class Prepared {
  private final Issuer issuer;
  private final byte[] toBeSigned;
  private final Serial serial;
  private final Fingerprint keyFingerprint;
  private final Instant notBefore;
  private final Instant notAfter;
  private final String profile;
  private final int shard;
  private final AtomicBoolean redeemed = new AtomicBoolean();

  Prepared(
      Issuer issuer,
      byte[] toBeSigned,
      Serial serial,
      Fingerprint keyFingerprint,
      Instant notBefore,
      Instant notAfter,
      String profile,
      int shard) {
    this.issuer = issuer;
    this.toBeSigned = toBeSigned;
    this.serial = serial;
    this.keyFingerprint = keyFingerprint;
    this.notBefore = notBefore;
    this.notAfter = notAfter;
    this.profile = profile;
    this.shard = shard;
  }

  /// Hands the octets out to the one call that comes first.
  byte[] redeem(Issuer by) {
    if (by != issuer) {
      throw new IllegalArgumentException("ticket of another issuer: serial " + serial);
    }
    if (!redeemed.compareAndSet(false, true)) {
      throw new IllegalStateException("ticket already redeemed: serial " + serial);
    }
    return toBeSigned;
  }

  public Serial serial() {
    return serial;
  }

  public Fingerprint keyFingerprint() {
    return keyFingerprint;
  }

  public Instant notBefore() {
    return notBefore;
  }

  public Instant notAfter() {
    return notAfter;
  }

  public String profile() {
    return profile;
  }

  public int shard() {
    return shard;
  }

  @Override
  public String toString() {
    return "Prepared[" + profile + ", serial " + serial + "]";
  }
}

package io.cardea.life.enrolment;

import io.cardea.life.inventory.CredentialId;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Makes ids that sort by time (RFC 9562 §5.7, version 7), so that new rows land beside each other
/// in an index. They are names, not secrets.
public final class CredentialIds {
  private CredentialIds() {}

  public static CredentialId next(Instant now) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (now.toEpochMilli() << 16) | 0x7000L | random.nextLong(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new CredentialId(new UUID(high, low));
  }
}

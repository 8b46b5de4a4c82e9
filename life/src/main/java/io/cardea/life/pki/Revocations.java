package io.cardea.life.pki;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is revoked, shard by shard, in the order in which it was; and the lists that say so.
///
/// Each revocation takes the next position of its shard in the commit that writes it, so whoever
/// has seen a shard up to a position has seen everything before it too.
public interface Revocations {
  /// The CRLReason certificateHold: the device is in quarantine, and may come back (R11).
  int CERTIFICATE_HOLD = 6;

  /// How many rows one read gives at most.
  int MAX_READ = 10_000;

  /// A shard and the list that was last published for it; empty for one that was never opened.
  Optional<Shard> shard(AuthorityId authority, int shard);

  /// The rows of a shard after this position, in their order, at most `limit` (1 to [#MAX_READ]).
  List<Revoked> revoked(AuthorityId authority, int shard, long after, int limit);

  /// Publishes the next list of a shard: durable, for every replica. Nothing happens if another
  /// list than number `before` (0: none) is the newest by now.
  ///
  /// @return whether this list is the newest one now
  boolean publish(AuthorityId authority, int shard, long before, Listed next);

  /// Whether this certificate is one that the authority issued, and what became of it.
  ///
  /// @return what was true at one moment after the question
  CertificateStatus status(AuthorityId authority, Serial serial);

  /// @param position that of the newest revocation
  record Shard(long position, Optional<Listed> list) {}

  /// A list as it was published.
  ///
  /// @param through the position up to which it names what is revoked
  record Listed(long number, Instant thisUpdate, Instant nextUpdate, long through, byte[] der) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Listed that && number == that.number && through == that.through;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }

    @Override
    public String toString() {
      return "Listed[number " + number + ", through " + through + ", next " + nextUpdate + "]";
    }
  }

  /// One row: a certificate that is revoked or on hold, or that was released from its hold.
  ///
  /// @param reasonCode the CRLReason of RFC 5280 §5.3.1
  /// @param invalidSince since when it is known or suspected to be in wrong hands
  /// @param moved whether it had another position before, and so may stand in an older list
  record Revoked(
      long position,
      BigInteger serial,
      Instant at,
      int reasonCode,
      Optional<Instant> invalidSince,
      Instant notAfter,
      boolean moved,
      boolean released) {}
}

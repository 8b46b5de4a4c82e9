package io.cardea.life.rotation.emergency;

import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.Selection;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// One compromise, and how far the fleet is from being safe again.
///
/// @param actor who declared it, as the ledger names them
/// @param since when it may have begun
/// @param deadline when whoever has not moved is revoked all the same
/// @param campaign which has the devices of an authority move; none for devices
/// @param order the revocation that was ordered last
/// @param followed how many devices had moved when that was ordered
/// @param closing whether that takes all that is left
public record Emergency(
    UUID id,
    Target target,
    Optional<Instant> since,
    String why,
    String actor,
    Instant begunAt,
    Optional<Instant> deadline,
    Optional<UUID> campaign,
    Optional<UUID> order,
    long followed,
    boolean closing,
    State state,
    Optional<Instant> endedAt) {

  /// What is compromised.
  public sealed interface Target {
    /// The key of an issuing authority. Its devices' own keys are not: each moves with what it
    /// holds to another authority, and what it held is revoked.
    record OfAuthority(AuthorityId authority) implements Target {}

    /// The keys of devices. What they hold is revoked at once, with all that was issued under it
    /// since (R8); they come back by a second proof.
    record OfDevices(Selection selection) implements Target {}
  }

  /// Where it stands.
  public enum State {
    RUNNING,
    /// Nothing that was compromised is accepted any more.
    SAFE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Emergency ordered(UUID next, long moved, boolean last) {
    return new Emergency(
        id,
        target,
        since,
        why,
        actor,
        begunAt,
        deadline,
        campaign,
        Optional.of(next),
        moved,
        last,
        state,
        endedAt);
  }

  Emergency safe(Instant at) {
    return new Emergency(
        id,
        target,
        since,
        why,
        actor,
        begunAt,
        deadline,
        campaign,
        order,
        followed,
        closing,
        State.SAFE,
        Optional.of(at));
  }
}

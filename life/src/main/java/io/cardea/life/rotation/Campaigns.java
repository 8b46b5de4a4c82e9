package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// What is kept of campaigns, and the steps of their devices.
///
/// Each step takes a batch in a transaction of its own, and only while the campaign is running:
/// from the moment at which a pause is durable, no device is called. A device takes each step once,
/// however many servers try.
public interface Campaigns {
  int MAX_PAGE = 1_000;

  /// How many devices one step takes at most.
  int BATCH = 2_000;

  Campaign.Extent campaignExtent(Selection selection, Instant now);

  Optional<Campaign> campaign(UUID id);

  /// Newest first, those that are over among them, at most `limit`.
  ///
  /// @param actor only those that this one began
  List<Campaign> campaigns(Optional<String> actor, Optional<UUID> before, int limit);

  /// Those that are running, oldest first.
  List<Campaign> runningCampaigns();

  /// Chooses the next devices, in the order of their ids, and puts them into their waves. Whoever
  /// is in another campaign that is not over is left out.
  ///
  /// @return whether there may be more to choose
  boolean enlist(UUID campaign, Instant now);

  /// Calls devices that wait, of the waves that have come, at most `limit` and [#BATCH].
  ///
  /// @return how many were called
  int call(UUID campaign, int limit, Instant now);

  /// Looks at devices that were called: those that have proven a credential that was issued since,
  /// for a new key where the cause asks for one, have moved, those that have not for `patience` are
  /// late, and those that hold nothing accepted any more are gone. A late device that proves after
  /// all has moved.
  ///
  /// @return how many took a step
  int settle(UUID campaign, Duration patience, Instant now);

  /// Goes on to the next wave, from this one.
  ///
  /// @return whether it did; not when another server did, or the campaign is not running
  boolean nextWave(UUID campaign, int from);

  /// How many of its devices are where, wave by wave.
  List<Tally> tallies(UUID campaign);

  /// The call of the device, while that is open.
  Optional<Call> call(DeviceId device);

  /// A campaign wants the device to renew, now.
  record Call(Instant at, Campaign.Cause cause) {
    /// Whether a credential for the key that it has is no help.
    public boolean newKey() {
      return cause == Campaign.Cause.COMPROMISE || cause == Campaign.Cause.ALGORITHM;
    }
  }

  /// Devices that were called after this moment and have not settled since, the longest called
  /// first, at most `limit`.
  List<Called> calledSince(Instant after, int limit);

  /// A device, and its call.
  record Called(DeviceId device, Call call) {}

  /// The devices of a campaign by id, after `after` ("" for the first).
  List<Participant> participants(
      UUID campaign, Optional<Standing> standing, String after, int limit);

  /// Where a device of a campaign is.
  enum Standing {
    WAITING,
    CALLED,
    /// It has proven a credential that was issued after it was called.
    MOVED,
    LATE,
    /// It holds nothing any more that could change.
    GONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it was called, and its proof still counts.
    public boolean open() {
      return this == CALLED || this == LATE;
    }
  }

  /// One wave in numbers.
  record Tally(int wave, long waiting, long called, long moved, long late, long gone) {
    public long all() {
      return waiting + called + moved + late + gone;
    }

    /// Whether nobody is left to wait for.
    boolean settled() {
      return waiting == 0 && called == 0;
    }
  }

  /// One device in a campaign.
  ///
  /// @param evidence the credential that was proven
  record Participant(
      DeviceId device,
      int wave,
      Standing standing,
      Optional<Instant> calledAt,
      Optional<Instant> settledAt,
      Optional<CredentialId> evidence) {}
}

package io.cardea.life.rotation;

import io.cardea.life.TrustedTime;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Campaign.State;
import io.cardea.life.rotation.Campaigns.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// Carries campaigns out: chooses, calls and looks after their devices, wave by wave, at the pace
/// that was ordered, and halts by itself when too many are late.
///
/// Whichever server holds the claim does it (R9). One that believes in a claim that is over does no
/// harm: each device takes each step once, and the worst is that devices are called at twice the
/// pace for as long as two believe.
public final class CampaignWork {
  private static final String ACTOR = "server:campaigns";

  private final Campaigns campaigns;
  private final CampaignDesk desk;
  private final TrustedTime time;

  /// Until when each campaign's calls are paid for by its pace.
  private final Map<UUID, Instant> paid = new ConcurrentHashMap<>();

  public CampaignWork(Campaigns campaigns, CampaignDesk desk, TrustedTime time) {
    this.campaigns = campaigns;
    this.desk = desk;
    this.time = time;
  }

  /// One round; to be called every second or so.
  ///
  /// @param claimed takes or extends the claim; asked before each batch
  public void work(BooleanSupplier claimed) {
    List<Campaign> running = campaigns.runningCampaigns();
    paid.keySet().retainAll(running.stream().map(Campaign::id).toList());
    for (Campaign campaign : running) {
      round(campaign, claimed);
    }
  }

  private void round(Campaign campaign, BooleanSupplier claimed) {
    while (claimed.getAsBoolean() && campaigns.enlist(campaign.id(), time.instant())) {
      // In batches, until everybody has a wave: a wave must not look settled before it is whole.
    }
    while (claimed.getAsBoolean()
        && campaigns.settle(campaign.id(), campaign.course().patience(), time.instant())
            == Campaigns.BATCH) {
      // More of them wait to be looked at.
    }
    if (!claimed.getAsBoolean()) {
      return;
    }
    List<Tally> tallies = campaigns.tallies(campaign.id());
    if (spent(campaign, tallies)) {
      halt(campaign, tallies);
    } else if (tallies.stream().allMatch(Tally::settled)) {
      end(campaign, tallies);
    } else if (tallies.stream()
        .filter(tally -> tally.wave() <= campaign.wave())
        .allMatch(Tally::settled)) {
      if (campaigns.nextWave(campaign.id(), campaign.wave())) {
        call(campaign);
      }
    } else {
      call(campaign);
    }
  }

  private void call(Campaign campaign) {
    Instant now = time.instant();
    Duration each = Duration.ofMinutes(1).dividedBy(campaign.course().perMinute());
    // Who could not be called in the last second may be called in this one, and no more.
    Instant from = paid.getOrDefault(campaign.id(), now.minus(each));
    Instant earliest = now.minusSeconds(1).minus(each);
    if (from.isBefore(earliest)) {
      from = earliest;
    }
    long due = Duration.between(from, now).dividedBy(each);
    if (due <= 0) {
      return;
    }
    int called = campaigns.call(campaign.id(), (int) Math.min(due, Campaigns.BATCH), now);
    paid.put(campaign.id(), from.plus(each.multipliedBy(Math.max(called, 1))));
  }

  /// Of those that were called since somebody last looked, more than the budget are late.
  private static boolean spent(Campaign campaign, List<Tally> tallies) {
    long late = tallies.stream().mapToLong(Tally::late).sum() - campaign.forgiven();
    long called = tallies.stream().mapToLong(tally -> tally.all() - tally.waiting()).sum();
    return late > 0 && late * 100 > called * campaign.course().errorBudget();
  }

  private void halt(Campaign campaign, List<Tally> tallies) {
    long late = tallies.stream().mapToLong(Tally::late).sum();
    String why = late + " devices are late, " + campaign.forgiven() + " of them known before";
    Instant now = time.instant();
    Campaign halted = campaign.in(State.HALTED, why, campaign.forgiven(), now);
    var _ =
        desk.written(campaign, halted, EntryKind.CAMPAIGN_HALTED, ACTOR, now, Map.of("why", why));
  }

  private void end(Campaign campaign, List<Tally> tallies) {
    Instant now = time.instant();
    Campaign done = campaign.in(State.DONE, "", campaign.forgiven(), now);
    var _ =
        desk.written(
            campaign,
            done,
            EntryKind.CAMPAIGN_ENDED,
            ACTOR,
            now,
            Map.of(
                "moved", Long.toString(tallies.stream().mapToLong(Tally::moved).sum()),
                "late", Long.toString(tallies.stream().mapToLong(Tally::late).sum()),
                "gone", Long.toString(tallies.stream().mapToLong(Tally::gone).sum())));
  }
}

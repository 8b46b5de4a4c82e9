package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Campaign.State;
import io.cardea.life.rotation.Campaigns.Participant;
import io.cardea.life.rotation.Campaigns.Standing;
import io.cardea.life.rotation.Campaigns.Tally;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// What people do with campaigns: see what one would come to, begin it, have it wait, go on or end,
/// and see what became of each device.
public final class CampaignDesk {
  private final Campaigns campaigns;
  private final Commits commits;
  private final InstantSource time;

  public CampaignDesk(Campaigns campaigns, Commits commits, InstantSource time) {
    this.campaigns = campaigns;
    this.commits = commits;
    this.time = time;
  }

  /// What is asked for.
  ///
  /// @param atMost how many devices it may come to: what the preview showed
  public record Order(
      Selection selection, Campaign.Cause cause, String why, Campaign.Course course, long atMost) {}

  /// Whom it would come to. Changes nothing.
  public Campaign.Extent preview(Selection selection, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    return campaigns.campaignExtent(selection, time.instant());
  }

  /// Begins a campaign; [CampaignWork] carries it out.
  ///
  /// @throws Refused CONFLICT when it comes to nobody, to more than was said, or to devices that
  ///   are in another campaign
  public Campaign begin(Order order, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    Instant now = time.instant();
    Campaign.Extent extent = campaigns.campaignExtent(order.selection(), now);
    if (extent.devices() == 0) {
      throw new Refused(Refusal.CONFLICT, "the selection comes to no device that holds anything");
    }
    if (extent.devices() > order.atMost()) {
      throw new Refused(
          Refusal.CONFLICT,
          "this comes to "
              + extent.devices()
              + " devices (expected: at most "
              + order.atMost()
              + ")");
    }
    if (extent.elsewhere() > 0) {
      throw new Refused(
          Refusal.CONFLICT,
          extent.elsewhere() + " of the devices are in another campaign that is not over");
    }
    Campaign campaign =
        new Campaign(
            UUID.randomUUID(),
            actor.name(),
            order.selection(),
            order.cause(),
            Reason.checked(order.why()),
            order.course(),
            extent,
            now,
            State.RUNNING,
            0,
            "",
            0,
            Optional.empty());
    record(
        new RotationChange.BeginCampaign(campaign),
        EntryKind.CAMPAIGN_BEGUN,
        campaign,
        actor.name(),
        now,
        Map.of(
            "cause", order.cause().word(),
            "devices", Long.toString(extent.devices()),
            "why", order.why()));
    return campaign;
  }

  public List<Campaign> list(Optional<UUID> before, int limit, Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return campaigns.campaigns(
        actor.scope().isAll() ? Optional.empty() : Optional.of(actor.name()), before, limit);
  }

  /// @throws Refused NOT_FOUND, also for a campaign of somebody else who acts for another part
  public Campaign show(UUID id, Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return campaigns
        .campaign(id)
        .filter(campaign -> sees(campaign, actor))
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "campaign: " + id));
  }

  public List<Tally> tallies(UUID id, Actor actor) throws Refused {
    return campaigns.tallies(show(id, actor).id());
  }

  public List<Participant> participants(
      UUID id, Optional<Standing> standing, String after, int limit, Actor actor) throws Refused {
    return campaigns.participants(show(id, actor).id(), standing, after, limit);
  }

  /// Nobody is called from now on. Doing it again changes nothing.
  public Campaign pause(UUID id, String why, Actor actor) throws Refused {
    return move(id, why, actor, State.PAUSED, EntryKind.CAMPAIGN_PAUSED);
  }

  /// Pauses every campaign that is running, as far as the actor sees them.
  ///
  /// @return those that it paused
  public List<Campaign> freeze(String why, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    Reason.checked(why);
    List<Campaign> paused = new ArrayList<>();
    for (Campaign campaign : campaigns.runningCampaigns()) {
      if (sees(campaign, actor)) {
        paused.add(pause(campaign.id(), why, actor));
      }
    }
    return paused;
  }

  /// Goes on after a pause, or after a halt: who is late by now counts no more.
  public Campaign resume(UUID id, String why, Actor actor) throws Refused {
    return move(id, why, actor, State.RUNNING, EntryKind.CAMPAIGN_RESUMED);
  }

  /// Ends it for good. Devices that have proven keep the new credential, the others what they have.
  public Campaign abort(UUID id, String why, Actor actor) throws Refused {
    return move(id, why, actor, State.ABORTED, EntryKind.CAMPAIGN_ABORTED);
  }

  private Campaign move(UUID id, String why, Actor actor, State to, EntryKind kind) throws Refused {
    actor.must(Permission.OPERATE);
    Reason.checked(why);
    return Stubborn.insist(() -> {
      Campaign campaign = show(id, actor);
      if (campaign.state() == to) {
        return Optional.of(campaign);
      }
      if (campaign.state().over() || (to == State.PAUSED && campaign.state() == State.HALTED)) {
        throw new Refused(Refusal.CONFLICT, "campaign: " + id + " is " + campaign.state().word());
      }
      Instant now = time.instant();
      long late = campaigns.tallies(id).stream().mapToLong(Tally::late).sum();
      Campaign next = campaign.in(to, "", to == State.RUNNING ? late : campaign.forgiven(), now);
      return written(campaign, next, kind, actor.name(), now, Map.of("why", why))
          ? Optional.of(next)
          : Optional.empty();
    });
  }

  /// @return whether it was in that state still
  boolean written(
      Campaign from,
      Campaign to,
      EntryKind kind,
      String actor,
      Instant now,
      Map<String, String> facts) {
    return commits.commit(
            new Decision(
                List.of(
                    new RotationChange.MoveCampaign(
                        from.id(),
                        from.state(),
                        to.state(),
                        to.halt(),
                        to.forgiven(),
                        to.endedAt())),
                List.of(entry(kind, from, actor, now, facts))))
        instanceof Outcome.Committed;
  }

  private void record(
      RotationChange change,
      EntryKind kind,
      Campaign campaign,
      String actor,
      Instant now,
      Map<String, String> facts)
      throws Refused {
    if (!(commits.commit(
            new Decision(List.of(change), List.of(entry(kind, campaign, actor, now, facts))))
        instanceof Outcome.Committed)) {
      throw new Refused(Refusal.CONFLICT, "campaign: " + campaign.id());
    }
  }

  private static Entry entry(
      EntryKind kind, Campaign campaign, String actor, Instant now, Map<String, String> facts) {
    Map<String, String> all = new TreeMap<>(facts);
    all.put("campaign", campaign.id().toString());
    return new Entry(kind, now, actor, Optional.empty(), all);
  }

  private static boolean sees(Campaign campaign, Actor actor) {
    return actor.scope().isAll() || campaign.actor().equals(actor.name());
  }
}

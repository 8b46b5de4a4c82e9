package io.cardea.life.rotation.emergency;

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
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityOutcome;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.CampaignDesk;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Campaigns.Tally;
import io.cardea.life.rotation.MassRevocation;
import io.cardea.life.rotation.MassRevocation.Healthy;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.emergency.Emergency.State;
import io.cardea.life.rotation.emergency.Emergency.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/// Declares that something is compromised, and carries out what follows from it.
///
/// Other campaigns are paused first. For the key of an authority: its successor is made, so that it
/// issues no more; a campaign moves its devices; whenever a tenth of them has moved, what those
/// held is revoked, and nobody else is touched; when the campaign or the deadline is over, all that
/// is left of that authority is revoked. For keys of devices: what they hold is revoked at once.
///
/// A server that dies leaves its work to the next one: each step is begun again, and what was done
/// is found done.
public final class EmergencyDesk {
  private static final String ACTOR = "server:emergencies";

  private final Emergencies emergencies;
  private final Authorities authorities;
  private final AuthoritySuccession succession;
  private final CampaignDesk campaignDesk;
  private final Campaigns campaigns;
  private final MassRevocation massRevocation;
  private final Commits commits;
  private final InstantSource time;

  public EmergencyDesk(
      Emergencies emergencies,
      Authorities authorities,
      AuthoritySuccession succession,
      CampaignDesk campaignDesk,
      Campaigns campaigns,
      MassRevocation massRevocation,
      Commits commits,
      InstantSource time) {
    this.emergencies = emergencies;
    this.authorities = authorities;
    this.succession = succession;
    this.campaignDesk = campaignDesk;
    this.campaigns = campaigns;
    this.massRevocation = massRevocation;
    this.commits = commits;
    this.time = time;
  }

  /// What is declared.
  ///
  /// @param within after how long whoever has not moved is revoked all the same
  /// @param course of the campaign that moves the devices of an authority
  public record Order(
      Target target,
      Optional<Instant> since,
      String why,
      Optional<Duration> within,
      Campaign.Course course) {}

  /// An emergency, and where it is.
  ///
  /// @param devices that were to move, and have moved
  /// @param safeAt the forecast: when it will be over at the pace of now, or when it was
  public record Status(
      Emergency emergency, long devices, long moved, long revoked, Optional<Instant> safeAt) {}

  /// @throws Refused CONFLICT for an authority whose root is elsewhere, that nobody can follow at
  ///   once, and for one that issued to no device
  public Emergency begin(Order order, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    actor.must(Permission.REVOKE);
    String why = Reason.checked(order.why());
    Instant now = time.instant();
    if (order.since().filter(now::isBefore).isPresent()) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED, "since: " + order.since().get() + " (expected: past)");
    }
    var _ = campaignDesk.freeze(why, Actor.SERVER);
    Optional<UUID> campaign = Optional.empty();
    Optional<UUID> revocation = Optional.empty();
    switch (order.target()) {
      case Target.OfAuthority(var authority) -> {
        succeed(authority, actor);
        campaign =
            Optional.of(
                campaignDesk
                    .begin(
                        new CampaignDesk.Order(
                            Selection.issuedBy(authority.value()),
                            Campaign.Cause.AUTHORITY,
                            why,
                            order.course(),
                            Long.MAX_VALUE),
                        Actor.SERVER)
                    .id());
      }
      case Target.OfDevices(var selection) ->
          revocation =
              Optional.of(
                  massRevocation
                      .begin(
                          selection,
                          RevocationReason.KEY_COMPROMISE,
                          order.since(),
                          why,
                          Long.MAX_VALUE,
                          Healthy.REVOKE,
                          actor)
                      .id());
    }
    Emergency emergency =
        new Emergency(
            UUID.randomUUID(),
            order.target(),
            order.since(),
            why,
            actor.name(),
            now,
            order.within().map(now::plus),
            campaign,
            revocation,
            0,
            revocation.isPresent(),
            State.RUNNING,
            Optional.empty());
    record(
        new EmergencyChange.BeginEmergency(emergency),
        EntryKind.EMERGENCY_DECLARED,
        emergency,
        actor.name(),
        now);
    return emergency;
  }

  public List<Emergency> list(Optional<UUID> before, int limit, Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    return emergencies.emergencies(before, limit);
  }

  public Status show(UUID id, Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    Emergency emergency =
        emergencies
            .emergency(id)
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "emergency: " + id));
    Optional<MassRevocationOrder> order = order(emergency);
    long revoked = order.map(MassRevocationOrder::credentials).orElse(0L);
    if (emergency.campaign().isEmpty()) {
      return new Status(
          emergency,
          order.map(its -> its.extent().devices()).orElse(0L),
          order.map(MassRevocationOrder::devices).orElse(0L),
          revoked,
          emergency.endedAt());
    }
    Campaign campaign = campaigns.campaign(emergency.campaign().get()).orElseThrow();
    long moved = moved(campaign);
    return new Status(
        emergency,
        campaign.extent().devices(),
        moved,
        revoked,
        emergency.endedAt().or(() -> forecast(emergency, campaign, moved)));
  }

  /// At the pace at which devices have moved so far; before the tenth, at that which was ordered.
  private Optional<Instant> forecast(Emergency emergency, Campaign campaign, long moved) {
    Instant now = time.instant();
    long left = Math.max(0, campaign.extent().devices() - moved);
    double each =
        moved < 10
            ? 60.0 / campaign.course().perMinute()
            : Math.max(1, Duration.between(emergency.begunAt(), now).toMillis()) / 1_000.0 / moved;
    Instant then = now.plusMillis((long) Math.min(left * each * 1_000, 1e14));
    return emergency.deadline().filter(then::isAfter).or(() -> Optional.of(then));
  }

  /// One round; to be called every few seconds.
  ///
  /// @param claimed takes or extends the claim
  public void work(BooleanSupplier claimed) throws Refused {
    for (Emergency emergency : emergencies.runningEmergencies()) {
      if (!claimed.getAsBoolean()) {
        return;
      }
      round(emergency);
    }
  }

  private void round(Emergency emergency) throws Refused {
    Optional<MassRevocationOrder> order = order(emergency);
    if (order.filter(its -> its.endedAt().isEmpty()).isPresent()) {
      return; // one after the other
    }
    Instant now = time.instant();
    if (emergency.closing()) {
      record(
          new EmergencyChange.StepEmergency(emergency.order(), emergency.safe(now)),
          EntryKind.EMERGENCY_OVER,
          emergency,
          ACTOR,
          now);
      return;
    }
    Campaign campaign = campaigns.campaign(emergency.campaign().orElseThrow()).orElseThrow();
    long moved = moved(campaign);
    boolean over =
        campaign.state().over() || emergency.deadline().filter(at -> !now.isBefore(at)).isPresent();
    if (over || (moved - emergency.followed()) * 10 >= Math.max(10, campaign.extent().devices())) {
      follow(emergency, moved, over, now);
    }
  }

  /// Revokes what the devices held that have moved, or all that is left.
  private void follow(Emergency emergency, long moved, boolean over, Instant now) throws Refused {
    if (!(emergency.target() instanceof Target.OfAuthority(var authority))) {
      throw new IllegalStateException("devices are revoked at once");
    }
    MassRevocationOrder order =
        massRevocation.begin(
            Selection.issuedBy(authority.value()),
            RevocationReason.SUPERSEDED,
            Optional.empty(),
            emergency.why(),
            Long.MAX_VALUE,
            over ? Healthy.REVOKE : Healthy.SPARE,
            Actor.SERVER);
    record(
        new EmergencyChange.StepEmergency(
            emergency.order(), emergency.ordered(order.id(), moved, over)),
        EntryKind.EMERGENCY_FOLLOWED,
        emergency,
        ACTOR,
        now);
  }

  private Optional<MassRevocationOrder> order(Emergency emergency) throws Refused {
    return emergency.order().isEmpty()
        ? Optional.empty()
        : Optional.of(massRevocation.show(emergency.order().get(), Actor.SERVER));
  }

  private long moved(Campaign campaign) {
    return campaigns.tallies(campaign.id()).stream().mapToLong(Tally::moved).sum();
  }

  /// From here on the authority issues no more.
  private void succeed(AuthorityId id, Actor actor) throws Refused {
    Authority authority =
        authorities.authorities().stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "authority: " + id.value()));
    if (authority.kind() != Authority.Kind.ISSUING) {
      throw new Refused(
          Refusal.CONFLICT,
          "authority: "
              + id.value()
              + " is a root (expected: an issuing one; each of those under a"
              + " compromised root, after another root was made)");
    }
    if (!authority.isActive()) {
      return;
    }
    AuthorityOutcome outcome =
        succession.rekey(
            authority.name(), id, Optional.empty(), Optional.empty(), Optional.empty(), actor);
    if (outcome instanceof AuthorityOutcome.Waits) {
      throw new Refused(
          Refusal.CONFLICT,
          "authority: "
              + id.value()
              + " has its root elsewhere; a request is made (expected: its answer, by cardea ca"
              + " install, then the same again)");
    }
  }

  private void record(
      EmergencyChange change, EntryKind kind, Emergency emergency, String actor, Instant at)
      throws Refused {
    Map<String, String> facts = new TreeMap<>();
    facts.put("emergency", emergency.id().toString());
    facts.put(
        "target",
        switch (emergency.target()) {
          case Target.OfAuthority(var authority) -> "authority " + authority.value();
          case Target.OfDevices _ -> "devices";
        });
    emergency.since().ifPresent(since -> facts.put("since", since.toString()));
    facts.put("why", emergency.why());
    if (!(commits.commit(
            new Decision(
                List.of(change), List.of(new Entry(kind, at, actor, Optional.empty(), facts))))
        instanceof Outcome.Committed)) {
      throw new Refused(Refusal.CONFLICT, "emergency: another server goes on with it");
    }
  }
}

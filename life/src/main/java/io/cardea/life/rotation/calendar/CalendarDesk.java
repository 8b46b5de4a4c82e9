package io.cardea.life.rotation.calendar;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Profile;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.calendar.Calendars.Settings;
import io.cardea.life.rotation.calendar.Calendars.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What people do with the calendar: see the load to come, and set the rate and the policies that
/// it follows.
public final class CalendarDesk {
  /// A calendar is made anew after this, for what was issued since.
  public static final Duration FRESH = Duration.ofHours(1);

  public static final int MOST_PER_MINUTE = 10_000_000;

  private final Calendars calendars;
  private final Campaigns campaigns;
  private final Inventory inventory;
  private final Authorities authorities;
  private final Commits commits;
  private final InstantSource time;

  public CalendarDesk(
      Calendars calendars,
      Campaigns campaigns,
      Inventory inventory,
      Authorities authorities,
      Commits commits,
      InstantSource time) {
    this.calendars = calendars;
    this.campaigns = campaigns;
    this.inventory = inventory;
    this.authorities = authorities;
    this.commits = commits;
    this.time = time;
  }

  /// What is set.
  public Settings settings(Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return calendars.renewalSettings();
  }

  /// The calendar that was made last; none before the first.
  public Optional<Calendar> show(Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return calendars.calendar();
  }

  /// What the calendar would be with this policy, and changes nothing.
  public Calendar preview(RenewalPolicy policy, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    checked(policy);
    Settings now = calendars.renewalSettings();
    return made(new Settings(now.perMinute(), with(now.policies(), policy)));
  }

  /// Saves a policy, new or changed; saving it again changes nothing. The calendar follows within
  /// the minute.
  public RenewalPolicy save(RenewalPolicy policy, String why, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    String reason = Reason.checked(why);
    checked(policy);
    if (calendars.renewalSettings().policies().contains(policy)) {
      return policy;
    }
    commit(
        new CalendarChange.SavePolicy(policy),
        EntryKind.RENEWAL_POLICY_SAVED,
        actor,
        Map.of(
            "policy", policy.name(),
            "class", policy.deviceClass(),
            "from", Integer.toString(policy.from()),
            "spread", Integer.toString(policy.spread()),
            "blackouts",
                policy.blackouts().stream()
                    .map(RenewalPolicy.Blackout::toString)
                    .collect(Collectors.joining(" ")),
            "why", reason));
    return policy;
  }

  /// @throws Refused NOT_FOUND when there is none of that name
  public void remove(String name, String why, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    String reason = Reason.checked(why);
    if (calendars.renewalSettings().policies().stream()
        .noneMatch(each -> each.name().equals(name))) {
      throw new Refused(Refusal.NOT_FOUND, "renewal policy: " + name);
    }
    commit(
        new CalendarChange.RemovePolicy(name),
        EntryKind.RENEWAL_POLICY_REMOVED,
        actor,
        Map.of("policy", name, "why", reason));
  }

  /// Sets how many devices may come in a minute; 0 for as many as like.
  public void rate(int perMinute, String why, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    String reason = Reason.checked(why);
    if (perMinute < 0 || perMinute > MOST_PER_MINUTE) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "per minute: " + perMinute + " (expected: 0 to " + MOST_PER_MINUTE + ")");
    }
    if (calendars.renewalSettings().perMinute() != perMinute) {
      commit(
          new CalendarChange.SetRate(perMinute),
          EntryKind.RENEWAL_RATE_SET,
          actor,
          Map.of("per-minute", Integer.toString(perMinute), "why", reason));
    }
  }

  /// Makes the calendar anew when somebody asked for it, or when it is an hour old.
  ///
  /// @return whether it did
  public boolean makeIfDue() {
    Stamp stamp = calendars.calendarStamp();
    if (!stamp.due(time.instant().minus(FRESH))) {
      return false;
    }
    calendars.saveCalendar(made(calendars.renewalSettings()), stamp.asked());
    return true;
  }

  private Calendar made(Settings settings) {
    Instant now = time.instant();
    CalendarMaker maker = new CalendarMaker(now, settings.perMinute(), settings.policies());
    for (Campaign campaign : campaigns.runningCampaigns()) {
      long waiting =
          campaign.extent().devices()
              - campaigns.tallies(campaign.id()).stream()
                  .mapToLong(wave -> wave.all() - wave.waiting())
                  .sum();
      int each = campaign.course().perMinute();
      maker.reserve(each, Math.ceilDiv(Math.max(0, waiting), each));
    }
    calendars.forthcoming(settings.policies(), now, maker::add);
    return maker.make();
  }

  /// A policy must leave its devices the time in which they may be silent.
  private void checked(RenewalPolicy policy) throws Refused {
    DeviceClass its =
        inventory
            .deviceClass(policy.deviceClass())
            .orElseThrow(
                () -> new Refused(Refusal.NOT_FOUND, "device class: " + policy.deviceClass()));
    Optional<Profile> profile =
        authorities.profiles().stream()
            .filter(each -> each.name().equals(its.profile()))
            .findFirst();
    if (profile.isEmpty()) {
      return;
    }
    Duration left =
        profile.get().life().multipliedBy(100 - policy.from() - policy.spread()).dividedBy(100);
    if (left.compareTo(its.longestSilence()) < 0) {
      throw new Refused(
          Refusal.CONFLICT,
          "from and spread: "
              + (policy.from() + policy.spread())
              + " leave "
              + left
              + " of a life (expected: at least "
              + its.longestSilence()
              + ", the longest silence of class "
              + its.name()
              + ")");
    }
  }

  private static List<RenewalPolicy> with(List<RenewalPolicy> policies, RenewalPolicy policy) {
    List<RenewalPolicy> all = new ArrayList<>(policies);
    all.removeIf(each -> each.name().equals(policy.name()));
    all.add(policy);
    return all;
  }

  private void commit(CalendarChange change, EntryKind kind, Actor actor, Map<String, String> facts)
      throws Refused {
    Entry entry = new Entry(kind, time.instant(), actor.name(), Optional.empty(), facts);
    if (!(commits.commit(new Decision(List.of(change), List.of(entry)))
        instanceof Outcome.Committed)) {
      throw new Refused(Refusal.CONFLICT, "somebody else changed it meanwhile");
    }
  }
}

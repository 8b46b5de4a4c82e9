package io.cardea.life.rotation.calendar;

import io.cardea.life.Rate;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Campaigns.Call;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RenewalAdvice;
import io.cardea.life.rotation.RenewalWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The renewal window of one device: what its policy and the calendar say, or now when a campaign
/// has called it.
///
/// The calendar is read once and kept; [#refresh] is to be called every few seconds.
public final class Windows {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final Calendars calendars;
  private final Campaigns campaigns;
  private final Inventory inventory;
  private volatile Kept kept = new Kept(Calendar.EMPTY, List.of(), 0, Rate.unlimited());

  /// @param coming how many this replica lets come in a minute
  private record Kept(
      Calendar calendar, List<RenewalPolicy> policies, int perMinute, Rate coming) {}

  public Windows(Calendars calendars, Campaigns campaigns, Inventory inventory) {
    this.calendars = calendars;
    this.campaigns = campaigns;
    this.inventory = inventory;
  }

  /// Reads policies and calendar again, if there are others.
  ///
  /// @return the calendar that holds from now on
  public Calendar refresh() {
    Kept before = kept;
    boolean same =
        calendars.calendarStamp().madeAt().filter(before.calendar().madeAt()::equals).isPresent();
    Calendars.Settings settings = calendars.renewalSettings();
    kept =
        new Kept(
            same ? before.calendar() : calendars.calendar().orElse(Calendar.EMPTY),
            settings.policies(),
            settings.perMinute(),
            settings.perMinute() == before.perMinute()
                ? before.coming()
                : Rate.of(settings.perMinute(), MINUTE, LONGEST_WAIT));
    return kept.calendar();
  }

  /// Counts a renewal. While more devices come than the rate has, one that comes before its window
  /// is told to come later: evenly, not after its window has opened, and with three quarters of
  /// what is left of its credential to come. Who is on time is never sent away.
  ///
  /// @param shown the credential that is to be renewed
  /// @return how long to wait; empty for now
  public Optional<Duration> wait(DeviceId device, Link shown, Instant now) {
    Optional<Duration> turn = kept.coming().take("");
    if (turn.isEmpty()) {
      return turn;
    }
    Span span = new Span(shown.id(), shown.issuedAt(), shown.notAfter());
    Instant usual = window(device, span).start();
    Instant opens = calls(device, span, usual).map(Call::at).orElse(usual);
    if (!shown.state().accepted() || !now.isBefore(opens)) {
      return Optional.empty();
    }
    Duration wait = turn.get();
    for (Duration most :
        List.of(
            Duration.between(now, opens), Duration.between(now, shown.notAfter()).dividedBy(4))) {
      wait = most.compareTo(wait) < 0 ? most : wait;
    }
    return Optional.of(wait.compareTo(SECOND) < 0 ? SECOND : wait);
  }

  /// When to renew this credential.
  public RenewalAdvice advice(Credential credential, Instant now) {
    if (!credential.state().accepted()) {
      // It should have been renewed before.
      return RenewalAdvice.of(
          new RenewalWindow(credential.issuedAt(), credential.issuedAt()), false, now);
    }
    Span span = new Span(credential.id(), credential.issuedAt(), credential.notAfter());
    RenewalWindow usual = window(credential.slot().device(), span);
    Optional<Call> call = calls(credential.slot().device(), span, usual.start());
    return RenewalAdvice.of(
        call.map(Call::at).map(at -> new RenewalWindow(at, at)).orElse(usual),
        call.filter(Call::newKey).isPresent(),
        now);
  }

  /// From when on the server would like to see the device renew what it holds, with whatever key:
  /// when a request with the same key is to be answered with a new credential.
  public Instant renewalPoint(
      DeviceId device, CredentialId credential, Instant issuedAt, Instant notAfter) {
    Span span = new Span(credential, issuedAt, notAfter);
    Instant usual = window(device, span).start();
    return calls(device, span, usual).filter(call -> !call.newKey()).map(Call::at).orElse(usual);
  }

  private record Span(CredentialId id, Instant issuedAt, Instant notAfter) {}

  /// A call that is about this credential, and earlier than what would be anyway.
  private Optional<Call> calls(DeviceId device, Span span, Instant usual) {
    return campaigns
        .call(device)
        .filter(call -> span.issuedAt().isBefore(call.at()))
        .filter(call -> call.at().isBefore(usual));
  }

  private RenewalWindow window(DeviceId device, Span span) {
    Kept now = kept;
    Optional<RenewalPolicy> policy =
        now.policies().isEmpty()
            ? Optional.empty()
            : inventory.device(device).flatMap(its -> policy(now.policies(), its));
    return now.calendar().window(span.id(), span.issuedAt(), span.notAfter(), policy);
  }

  private static Optional<RenewalPolicy> policy(List<RenewalPolicy> policies, Device device) {
    return RenewalPolicy.of(policies, device);
  }
}

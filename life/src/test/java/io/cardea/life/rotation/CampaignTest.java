package io.cardea.life.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.Campaign.Cause;
import io.cardea.life.rotation.Campaign.Course;
import io.cardea.life.rotation.Campaign.State;
import io.cardea.life.rotation.Campaigns.Standing;
import io.cardea.life.rotation.Campaigns.Tally;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryCampaigns;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CampaignTest {
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final FirstDay day = new FirstDay();
  private final InMemoryCampaigns campaigns = day.store.campaigns();
  private final CampaignDesk desk = new CampaignDesk(campaigns, day.store, day.time);
  private final CampaignWork work = new CampaignWork(campaigns, desk, day.time);
  private final Map<String, byte[]> held = new HashMap<>();

  CampaignTest() throws Refused {
    for (int i = 0; i < 10; i++) {
      String device = "pump-" + i;
      Answer.Issued issued = (Answer.Issued) day.enrol(device, day.tokenFor(device), day.key());
      held.put(device, issued.certificate());
      use(device);
    }
  }

  private void use(String device) throws Refused {
    assertThat(day.access.use(Fingerprint.of(Objects.requireNonNull(held.get(device)))))
        .isInstanceOf(Admission.Admitted.class);
  }

  private static Selection all() {
    return new Selection(
        Scope.ALL,
        Optional.of("device"),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        List.of());
  }

  private Campaign begun(Course course) throws Refused {
    return desk.begin(
        new CampaignDesk.Order(all(), Cause.ALGORITHM, "away from RSA", course, 10),
        FirstDay.ADMIN);
  }

  private static Course course(int canary, int perMinute, int errorBudget) {
    return new Course(canary, 10, perMinute, errorBudget, PATIENCE);
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      day.time.pass(Duration.ofSeconds(1));
      work.work(() -> true);
    }
  }

  private RenewalAdvice advice(String device) {
    Credential credential =
        day.store
            .credentialByCertificate(Fingerprint.of(Objects.requireNonNull(held.get(device))))
            .orElseThrow();
    return day.windows.advice(credential, day.time.instant());
  }

  private boolean called(String device) {
    return advice(device).secondsToStart() == 0;
  }

  /// The devices that are called do what they are told.
  private void obey() throws Refused {
    for (int i = 0; i < 10; i++) {
      if (called("pump-" + i)) {
        renew("pump-" + i);
      }
    }
  }

  private void renew(String device) throws Refused {
    Answer.Issued issued =
        (Answer.Issued) day.renew(Objects.requireNonNull(held.get(device)), day.key());
    held.put(device, issued.certificate());
    use(device);
  }

  private State state(Campaign campaign) throws Refused {
    return desk.show(campaign.id(), FirstDay.ADMIN).state();
  }

  private long count(Campaign campaign, java.util.function.ToLongFunction<Tally> of)
      throws Refused {
    return desk.tallies(campaign.id(), FirstDay.ADMIN).stream().mapToLong(of).sum();
  }

  private long entries(EntryKind kind) {
    return day.store.after(0, 1_000).stream().filter(entry -> entry.kind() == kind).count();
  }

  @Test
  void fleetThatObeys_movesWaveByWave() throws Refused {
    Campaign campaign = begun(course(2, 6_000, 0));
    seconds(2);
    assertThat(count(campaign, Tally::called)).isEqualTo(2);
    assertThat(called("pump-0")).isTrue();
    assertThat(called("pump-5")).isFalse();

    obey();
    seconds(2);
    assertThat(count(campaign, Tally::moved)).isEqualTo(2);
    obey();
    seconds(2);

    assertThat(state(campaign)).isEqualTo(State.DONE);
    assertThat(count(campaign, Tally::moved)).isEqualTo(10);
    assertThat(entries(EntryKind.CAMPAIGN_ENDED)).isEqualTo(1);
    assertThat(called("pump-0")).isFalse();
    assertThat(
            desk.participants(campaign.id(), Optional.of(Standing.MOVED), "", 100, FirstDay.ADMIN))
        .allSatisfy(each -> assertThat(each.evidence()).isPresent());
  }

  @Test
  void pace_isKept() throws Refused {
    Campaign campaign = begun(course(10, 60, 0));

    seconds(4);

    assertThat(count(campaign, Tally::called)).isBetween(3L, 5L);
  }

  @Test
  void pace_isNotMadeUpForAfterAPause() throws Refused {
    Campaign campaign = begun(course(10, 60, 0));
    seconds(1);
    desk.pause(campaign.id(), "lunch", FirstDay.ADMIN);
    seconds(60);
    long before = count(campaign, Tally::called);
    desk.resume(campaign.id(), "back", FirstDay.ADMIN);

    seconds(1);

    assertThat(count(campaign, Tally::called) - before).isBetween(1L, 2L);
  }

  @Test
  void budgetThatIsSpent_haltsTheCampaignAndLeavesTheOthersAlone() throws Refused {
    Campaign campaign = begun(course(2, 6_000, 10));
    seconds(2);
    day.time.pass(PATIENCE);
    seconds(1);

    Campaign halted = desk.show(campaign.id(), FirstDay.ADMIN);
    assertThat(halted.state()).isEqualTo(State.HALTED);
    assertThat(halted.halt()).contains("2 devices are late");
    assertThat(entries(EntryKind.CAMPAIGN_HALTED)).isEqualTo(1);
    seconds(5);
    assertThat(count(campaign, Tally::waiting)).isEqualTo(8);
    for (String device : held.keySet()) {
      use(device); // R1: what was late, and what was never called, is accepted as before
    }
  }

  @Test
  void haltedCampaign_goesOnAfterSomebodyLooked() throws Refused {
    Campaign campaign = begun(course(2, 6_000, 10));
    seconds(2);
    day.time.pass(PATIENCE);
    seconds(1);

    desk.resume(campaign.id(), "both are in the workshop", FirstDay.ADMIN);
    seconds(2);
    obey();
    seconds(2);

    assertThat(state(campaign)).isEqualTo(State.DONE);
    assertThat(count(campaign, Tally::moved)).isEqualTo(10);
    assertThat(count(campaign, Tally::late)).isZero();
  }

  @Test
  void abortedCampaign_takesNothingBack() throws Refused {
    Campaign campaign = begun(course(2, 6_000, 0));
    seconds(2);
    renew("pump-0");

    Campaign aborted = desk.abort(campaign.id(), "wrong profile", FirstDay.ADMIN);

    assertThat(aborted.state()).isEqualTo(State.ABORTED);
    assertThat(aborted.endedAt()).isPresent();
    assertThat(called("pump-1")).isFalse();
    for (String device : held.keySet()) {
      use(device);
    }
    assertThatThrownBy(() -> desk.resume(campaign.id(), "no", FirstDay.ADMIN))
        .hasMessageContaining("aborted");
  }

  @Test
  void sameKeyAgain_isAMove_whereTheKeyIsNotTheReason() throws Refused {
    var key = day.key();
    held.put(
        "pump-x", ((Answer.Issued) day.enrol("pump-x", day.tokenFor("pump-x"), key)).certificate());
    use("pump-x");
    Campaign campaign =
        desk.begin(
            new CampaignDesk.Order(all(), Cause.AUTHORITY, "new CA", course(100, 6_000, 0), 11),
            FirstDay.ADMIN);
    seconds(2);
    assertThat(advice("pump-x").newKey()).isFalse();

    Answer.Issued fresh =
        (Answer.Issued) day.renew(Objects.requireNonNull(held.get("pump-x")), key);
    Answer.Issued again =
        (Answer.Issued) day.renew(Objects.requireNonNull(held.get("pump-x")), key);
    assertThat(fresh.again()).isFalse();
    assertThat(again.credential()).isEqualTo(fresh.credential());
    held.put("pump-x", fresh.certificate());
    use("pump-x");
    seconds(1);

    assertThat(
            desk.participants(campaign.id(), Optional.of(Standing.MOVED), "", 100, FirstDay.ADMIN))
        .extracting(Campaigns.Participant::evidence)
        .containsExactly(Optional.of(fresh.credential()));
  }

  @Test
  void sameKeyPastItsRenewalPoint_isIssued_andNoMoveWhereTheKeyIsTheReason() throws Refused {
    var key = day.key();
    held.put(
        "pump-x", ((Answer.Issued) day.enrol("pump-x", day.tokenFor("pump-x"), key)).certificate());
    use("pump-x");
    Campaign campaign =
        desk.begin(
            new CampaignDesk.Order(
                all(),
                Cause.COMPROMISE,
                "old keys",
                new Course(100, 10, 6_000, 100, Duration.ofDays(1)),
                11),
            FirstDay.ADMIN);
    seconds(2);
    assertThat(advice("pump-x").newKey()).isTrue();
    day.time.pass(FirstDay.LIFE.multipliedBy(8).dividedBy(10));

    Answer.Issued fresh =
        (Answer.Issued) day.renew(Objects.requireNonNull(held.get("pump-x")), key);
    assertThat(fresh.again()).isFalse();
    held.put("pump-x", fresh.certificate());
    use("pump-x");
    seconds(1);

    assertThat(count(campaign, Tally::moved)).isZero();
  }

  @Test
  void sameKeyAgain_isNoMove() throws Refused {
    var key = day.key();
    held.put(
        "pump-x", ((Answer.Issued) day.enrol("pump-x", day.tokenFor("pump-x"), key)).certificate());
    use("pump-x");
    Campaign campaign =
        desk.begin(
            new CampaignDesk.Order(all(), Cause.COMPROMISE, "old keys", course(100, 6_000, 0), 11),
            FirstDay.ADMIN);
    seconds(2);

    assertThat(((Answer.Issued) day.renew(held.get("pump-x"), key)).again()).isTrue();
    use("pump-x");
    seconds(1);

    assertThat(
            desk.participants(campaign.id(), Optional.of(Standing.MOVED), "", 100, FirstDay.ADMIN))
        .isEmpty();
  }

  @Test
  void order_isRefusedWhenItDoesNotFit() throws Refused {
    Course usual = course(1, 60, 0);
    assertRefused(
        () ->
            desk.begin(
                new CampaignDesk.Order(all(), Cause.POLICY, "why", usual, 9), FirstDay.ADMIN),
        Refusal.CONFLICT,
        "10 devices");
    assertRefused(
        () ->
            desk.begin(
                new CampaignDesk.Order(
                    new Selection(
                        Scope.ALL,
                        Optional.of("nobodys"),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        Optional.empty(),
                        List.of()),
                    Cause.POLICY,
                    "why",
                    usual,
                    9),
                FirstDay.ADMIN),
        Refusal.CONFLICT,
        "no device");
    begun(usual);
    seconds(1);
    assertRefused(() -> begun(usual), Refusal.CONFLICT, "another campaign");
    assertThat(entries(EntryKind.CAMPAIGN_BEGUN)).isEqualTo(1);
  }

  @Test
  void whoMayNotOperate_mayLookAtMost() throws Refused {
    Campaign campaign = begun(course(1, 60, 0));
    Actor reader = new Actor("api-token:reader", Role.READER, Scope.ALL);
    Actor elsewhere =
        new Actor(
            "api-token:gas", Role.FLEET_OPERATOR, new Scope(Set.of(), Set.of(), Set.of("gas")));

    assertThat(desk.show(campaign.id(), reader)).isEqualTo(campaign);
    assertRefused(() -> desk.pause(campaign.id(), "x", reader), Refusal.FORBIDDEN, "");
    assertRefused(() -> desk.show(campaign.id(), elsewhere), Refusal.NOT_FOUND, "");
    assertRefused(() -> desk.show(UUID.randomUUID(), FirstDay.ADMIN), Refusal.NOT_FOUND, "");
  }

  @Test
  void withoutTheClaim_nothingIsDone() throws Refused {
    Campaign campaign = begun(course(10, 6_000, 0));
    day.time.pass(Duration.ofSeconds(5));

    work.work(() -> false);

    assertThat(desk.tallies(campaign.id(), FirstDay.ADMIN)).isEmpty();
  }

  @Test
  void waves_growAsOrdered() {
    Course course = new Course(10, 3, 60, 0, PATIENCE);

    assertThat(course.waveOf(0)).isZero();
    assertThat(course.waveOf(9)).isZero();
    assertThat(course.waveOf(10)).isEqualTo(1);
    assertThat(course.waveOf(39)).isEqualTo(1);
    assertThat(course.waveOf(40)).isEqualTo(2);
    assertThat(new Course(1, 1, 60, 0, PATIENCE).waveOf(1_000_000))
        .isEqualTo(Course.MOST_WAVES - 1);
  }

  @FunctionalInterface
  private interface Attempt {
    Object run() throws Refused;
  }

  private static void assertRefused(Attempt attempt, Refusal refusal, String detail) {
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(attempt::run)
        .satisfies(refused -> {
          assertThat(refused.refusal()).isEqualTo(refusal);
          assertThat(refused.detail()).contains(detail);
        });
  }
}

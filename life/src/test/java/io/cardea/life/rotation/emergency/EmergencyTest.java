package io.cardea.life.rotation.emergency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.AuthorityDesk;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.pki.MemoryAuthorityKeys;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaign.Course;
import io.cardea.life.rotation.CampaignDesk;
import io.cardea.life.rotation.CampaignWork;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.emergency.Emergency.State;
import io.cardea.life.rotation.emergency.Emergency.Target;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryCampaigns;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EmergencyTest {
  private static final Course COURSE = new Course(4, 10, 60_000, 100, Duration.ofHours(1));

  private final FirstDay day = new FirstDay();
  private final MemoryAuthorityKeys keys = new MemoryAuthorityKeys(day.crypto);
  private final PublicUrls urls = PublicUrls.of("http://pki.example.com");
  private final InMemoryCampaigns campaigns = day.store.campaigns();
  private final CampaignDesk campaignDesk = new CampaignDesk(campaigns, day.store, day.time);
  private final CampaignWork campaignWork = new CampaignWork(campaigns, campaignDesk, day.time);
  private final EmergencyDesk desk =
      new EmergencyDesk(
          day.store.emergencies(),
          day.store,
          new AuthoritySuccession(
              day.store,
              keys,
              day.crypto,
              urls,
              new AuthorityDesk(day.store, day.store, keys, day.crypto, urls, day.time, () -> {})),
          campaignDesk,
          campaigns,
          day.massRevocation,
          day.store,
          day.time);
  private final Map<String, byte[]> held = new HashMap<>();

  EmergencyTest() throws Refused {
    // Its successor is there already: the issuing of these tests goes on under one key.
    day.store.commit(
        new Decision(
            List.of(new PkiChange.SaveAuthority(day.issuing.retired())),
            List.of(
                new Entry(
                    EntryKind.AUTHORITY_CREATED,
                    day.time.instant(),
                    "server",
                    Optional.empty(),
                    Map.of()))));
    for (int i = 0; i < 20; i++) {
      String device = "pump-" + i;
      held.put(
          device,
          ((Answer.Issued) day.enrol(device, day.tokenFor(device), day.key())).certificate());
      use(device);
    }
  }

  private void use(String device) throws Refused {
    day.access.use(Fingerprint.of(Objects.requireNonNull(held.get(device))));
  }

  private EmergencyDesk.Order ofAuthority(Optional<Duration> within) {
    return new EmergencyDesk.Order(
        new Target.OfAuthority(day.issuing.id()),
        Optional.of(day.time.instant().minusSeconds(60)),
        "the HSM was opened",
        within,
        COURSE);
  }

  private void round() throws Refused {
    day.time.pass(Duration.ofSeconds(2));
    campaignWork.work(() -> true);
    desk.work(() -> true);
    day.massRevocation.work(() -> true);
  }

  private EmergencyDesk.Status status(Emergency emergency) throws Refused {
    return desk.show(emergency.id(), FirstDay.ADMIN);
  }

  private List<Credential> credentials(String device) {
    return day.store.credentialsOf(new DeviceId(device), 10);
  }

  private long revoked() {
    return held.keySet().stream()
        .flatMap(device -> credentials(device).stream())
        .filter(each -> each.state() == CredentialState.REVOKED)
        .count();
  }

  @Test
  void keysOfDevices_areRevokedAtOnce_withWhatWasIssuedSince() throws Refused {
    Campaign other =
        campaignDesk.begin(
            new CampaignDesk.Order(
                Selection.issuedBy(day.issuing.id().value()),
                Campaign.Cause.POLICY,
                "spring",
                COURSE,
                100),
            FirstDay.ADMIN);
    Selection two =
        new Selection(
            Scope.ALL,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            List.of(new DeviceId("pump-1"), new DeviceId("pump-2")));

    Emergency emergency =
        desk.begin(
            new EmergencyDesk.Order(
                new Target.OfDevices(two),
                Optional.of(day.time.instant().minusSeconds(3_600)),
                "batch 7 leaked",
                Optional.empty(),
                COURSE),
            FirstDay.ADMIN);
    round();
    round();

    assertThat(campaigns.campaign(other.id()).orElseThrow().state())
        .isEqualTo(Campaign.State.PAUSED);
    assertThat(revoked()).isEqualTo(2);
    assertThat(status(emergency).emergency().state()).isEqualTo(State.SAFE);
    assertThat(status(emergency).safeAt()).isPresent();
    // The way back is a second proof.
    assertThat(day.renew(Objects.requireNonNull(held.get("pump-1")), day.key()))
        .isInstanceOf(Answer.Declined.class);
    assertThat(day.enrol("pump-1", day.tokenFor("pump-1"), day.key()))
        .isInstanceOf(Answer.Issued.class);
  }

  @Test
  void authoritysDevices_areCalled_andNobodyIsRevokedWhoHasNotMoved() throws Refused {
    Emergency emergency = desk.begin(ofAuthority(Optional.empty()), FirstDay.ADMIN);
    round();
    round();

    EmergencyDesk.Status status = status(emergency);
    assertThat(status.devices()).isEqualTo(20);
    assertThat(status.emergency().state()).isEqualTo(State.RUNNING);
    assertThat(revoked()).isZero();
    assertThat(status.safeAt().orElseThrow()).isAfter(day.time.instant());
    assertThat(
            day.windows
                .advice(credentials("pump-0").getFirst(), day.time.instant())
                .secondsToStart())
        .isZero();
  }

  @Test
  void deadline_takesAllThatIsLeft() throws Refused {
    Emergency emergency =
        desk.begin(ofAuthority(Optional.of(Duration.ofMinutes(5))), FirstDay.ADMIN);
    round();
    assertThat(status(emergency).safeAt().orElseThrow())
        .isBeforeOrEqualTo(emergency.deadline().orElseThrow());
    day.time.pass(Duration.ofMinutes(6));
    round();
    round();

    assertThat(revoked()).isEqualTo(20);
    assertThat(status(emergency).emergency().state()).isEqualTo(State.SAFE);
    assertThat(day.store.after(0, 1_000))
        .extracting(entry -> entry.kind())
        .contains(
            EntryKind.EMERGENCY_DECLARED, EntryKind.EMERGENCY_FOLLOWED, EntryKind.EMERGENCY_OVER);
  }

  @Test
  void withoutTheClaim_nothingIsDone() throws Refused {
    Emergency emergency =
        desk.begin(ofAuthority(Optional.of(Duration.ofMinutes(5))), FirstDay.ADMIN);
    day.time.pass(Duration.ofMinutes(6));
    desk.work(() -> false);

    assertThat(status(emergency).emergency().order()).isEmpty();
  }

  @Test
  void emergencyOfNothing_isRefused() {
    EmergencyDesk.Order nobody =
        new EmergencyDesk.Order(
            new Target.OfAuthority(new AuthorityId("nobody")),
            Optional.empty(),
            "x",
            Optional.empty(),
            COURSE);
    assertThatThrownBy(() -> desk.begin(nobody, FirstDay.ADMIN))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.NOT_FOUND));
    EmergencyDesk.Order tomorrow =
        new EmergencyDesk.Order(
            nobody.target(),
            Optional.of(day.time.instant().plusSeconds(60)),
            "x",
            Optional.empty(),
            COURSE);
    assertThatThrownBy(() -> desk.begin(tomorrow, FirstDay.ADMIN))
        .hasMessageContaining("(expected: past)");
    Actor operator = new Actor("api-token:op", Role.FLEET_OPERATOR, Scope.ALL);
    assertThatThrownBy(() -> desk.begin(nobody, operator))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.FORBIDDEN));
  }
}

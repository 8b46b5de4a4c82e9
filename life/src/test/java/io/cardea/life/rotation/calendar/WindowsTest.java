package io.cardea.life.rotation.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Credential;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.ProfileDesk;
import io.cardea.life.rotation.RenewalAdvice;
import io.cardea.life.testing.FirstDay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowsTest {
  private final FirstDay day = new FirstDay();

  WindowsTest() throws Refused {}

  private static RenewalPolicy policy(int from, int spread) {
    return new RenewalPolicy("early", "device", Optional.empty(), from, spread, List.of());
  }

  private byte[] enrolled(String device) throws Refused {
    byte[] certificate =
        ((Answer.Issued) day.enrol(device, day.tokenFor(device), day.key())).certificate();
    day.access.use(Fingerprint.of(certificate));
    return certificate;
  }

  private RenewalAdvice advice(byte[] certificate) {
    Credential credential =
        day.store.credentialByCertificate(Fingerprint.of(certificate)).orElseThrow();
    return day.windows.advice(credential, day.time.instant());
  }

  @Test
  void policy_movesTheWindowsOfItsClass() throws Refused {
    byte[] certificate = enrolled("pump-1");
    assertThat(advice(certificate).secondsToStart())
        .isGreaterThanOrEqualTo(FirstDay.LIFE.toSeconds() * 59 / 100);

    day.calendar.save(policy(20, 1), "new battery", FirstDay.ADMIN);
    day.windows.refresh();

    assertThat(advice(certificate).secondsToStart())
        .isBetween(FirstDay.LIFE.toSeconds() * 19 / 100, FirstDay.LIFE.toSeconds() * 22 / 100);
    day.calendar.remove("early", "no more", FirstDay.ADMIN);
    day.windows.refresh();
    assertThat(advice(certificate).secondsToStart())
        .isGreaterThanOrEqualTo(FirstDay.LIFE.toSeconds() * 59 / 100);
  }

  @Test
  void calendarOfTheSameMinute_isReadToo() throws Refused {
    assertThat(day.calendar.makeIfDue()).isTrue();
    day.windows.refresh();
    day.time.pass(Duration.ofSeconds(1));
    day.calendar.rate(7, "slow", FirstDay.ADMIN);
    assertThat(day.calendar.makeIfDue()).isTrue();

    assertThat(day.windows.refresh().perMinute()).isEqualTo(7);
  }

  @Test
  void policyThatIsSavedAgain_changesNothing() throws Refused {
    day.calendar.save(policy(20, 1), "new battery", FirstDay.ADMIN);
    long asked = day.store.calendars().calendarStamp().asked();
    day.calendar.save(policy(20, 1), "new battery", FirstDay.ADMIN);

    assertThat(day.store.calendars().calendarStamp().asked()).isEqualTo(asked);
    assertThat(day.store.after(0, 1_000))
        .filteredOn(entry -> entry.kind() == EntryKind.RENEWAL_POLICY_SAVED)
        .hasSize(1);
  }

  @Test
  void policyThatLeavesLessThanTheLongestSilence_isRefusedAndChangesNothing() throws Refused {
    new ProfileDesk(day.store, day.store, day.time, () -> {})
        .save(day.profile, Optional.empty(), FirstDay.ADMIN);
    assertThatThrownBy(() -> day.calendar.save(policy(60, 10), "x", FirstDay.ADMIN))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("from and spread: 70 leave PT3H")
        .hasMessageContaining("the longest silence of class device");
    assertThat(day.store.calendars().renewalSettings().policies()).isEmpty();
  }

  @Test
  void policyOfNoClass_isRefused() {
    RenewalPolicy lost = new RenewalPolicy("a", "nothing", Optional.empty(), 20, 1, List.of());

    assertThatThrownBy(() -> day.calendar.save(lost, "x", FirstDay.ADMIN))
        .hasMessageContaining("device class: nothing");
    assertThatThrownBy(() -> day.calendar.remove("a", "x", FirstDay.ADMIN))
        .hasMessageContaining("renewal policy: a");
  }

  @Test
  void calendar_isMadeWhenSomebodyAskedOrAfterAnHour() throws Refused {
    assertThat(day.calendar.makeIfDue()).isTrue();
    assertThat(day.calendar.makeIfDue()).isFalse();
    day.calendar.rate(7, "slow", FirstDay.ADMIN);
    assertThat(day.calendar.makeIfDue()).isTrue();
    assertThat(day.calendar.show(FirstDay.ADMIN).orElseThrow().perMinute()).isEqualTo(7);
    day.time.pass(Duration.ofHours(1).plusMinutes(2));
    assertThat(day.calendar.makeIfDue()).isTrue();
  }

  @Test
  void earlyRenewals_beyondTheRate_areToldToComeLater() throws Refused {
    day.calendar.rate(2, "slow", FirstDay.ADMIN);
    List<byte[]> devices = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      devices.add(enrolled("pump-" + i));
    }
    day.windows.refresh();

    List<Answer> answers = new ArrayList<>();
    for (byte[] certificate : devices) {
      answers.add(day.renew(certificate, day.key()));
    }

    assertThat(answers.subList(0, 2)).allMatch(Answer.Issued.class::isInstance);
    assertThat(answers.subList(2, 4)).allMatch(Answer.Wait.class::isInstance);
    Duration first = ((Answer.Wait) answers.get(2)).retryAfter();
    Duration second = ((Answer.Wait) answers.get(3)).retryAfter();
    assertThat(first).isPositive();
    assertThat(second).isGreaterThan(first).isLessThan(FirstDay.LIFE.dividedBy(4));
  }

  @Test
  void renewalsThatAreOnTime_areNeverSentAway() throws Refused {
    day.calendar.rate(1, "slow", FirstDay.ADMIN);
    List<byte[]> devices = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      devices.add(enrolled("pump-" + i));
    }
    day.windows.refresh();
    day.time.pass(FirstDay.LIFE.multipliedBy(8).dividedBy(10));

    for (byte[] certificate : devices) {
      assertThat(day.renew(certificate, day.key())).isInstanceOf(Answer.Issued.class);
    }
  }
}

package io.cardea.life.rotation.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.rotation.RenewalWindow;
import io.cardea.life.rotation.calendar.RenewalPolicy.Blackout;
import io.cardea.life.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CalendarTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:30Z");
  private static final Duration LIFE = Duration.ofDays(60);
  private static final RenewalPolicy NIGHTS_OFF =
      new RenewalPolicy(
          "nights-off", "pumps", Optional.empty(), 50, 20, List.of(Blackout.parse("20:00-06:00")));

  /// A fleet that was enrolled within two hours, some 30 days ago.
  private static List<Forthcoming> fleet(RandomGenerator random, int size, int policy) {
    List<Forthcoming> fleet = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Instant issued =
          NOW.minus(Duration.ofDays(30))
              .plusMillis(random.nextLong(Duration.ofHours(2).toMillis()));
      fleet.add(
          new Forthcoming(
              new CredentialId(new UUID(random.nextLong(), random.nextLong())),
              issued,
              issued.plus(LIFE),
              policy));
    }
    return fleet;
  }

  private static Calendar calendar(List<Forthcoming> fleet, int perMinute, RenewalPolicy... all) {
    CalendarMaker maker = new CalendarMaker(NOW, perMinute, List.of(all));
    fleet.forEach(maker::add);
    return maker.make();
  }

  private static RenewalWindow window(
      Calendar calendar, Forthcoming device, Optional<RenewalPolicy> policy) {
    return calendar.window(device.id(), device.issuedAt(), device.notAfter(), policy);
  }

  private static Map<Instant, Integer> byMinute(
      Calendar calendar, List<Forthcoming> fleet, Optional<RenewalPolicy> policy) {
    Map<Instant, Integer> minutes = new HashMap<>();
    fleet.forEach(device ->
        minutes.merge(
            window(calendar, device, policy).start().truncatedTo(ChronoUnit.MINUTES),
            1,
            Integer::sum));
    return minutes;
  }

  @Test
  void noMinute_hasMoreThanTheRate() {
    Seeds.check(
        10,
        random -> {
          int perMinute = 1 + random.nextInt(3);
          List<Forthcoming> fleet = fleet(random, 5_000, -1);
          Calendar calendar = calendar(fleet, perMinute);

          assertThat(byMinute(Calendar.EMPTY, fleet, Optional.empty()).values())
              .anyMatch(count -> count > perMinute);
          assertThat(byMinute(calendar, fleet, Optional.empty()).values())
              .allMatch(count -> count <= perMinute);
          assertThat(calendar.curve().over()).isZero();
        });
  }

  @Test
  void window_isNeverLaterThanUsual_norBeforeHalfOfTheWay() {
    Seeds.check(
        5,
        random -> {
          List<Forthcoming> fleet = fleet(random, 3_000, -1);
          Calendar calendar = calendar(fleet, 1);
          for (Forthcoming device : fleet) {
            Instant usual = window(Calendar.EMPTY, device, Optional.empty()).start();
            Instant planned = window(calendar, device, Optional.empty()).start();
            Duration most = Duration.between(device.issuedAt(), usual).dividedBy(2);
            assertThat(planned).isBeforeOrEqualTo(usual);
            assertThat(planned).isAfterOrEqualTo(usual.minus(most).minusSeconds(120));
            assertThat(planned).isAfterOrEqualTo(NOW.truncatedTo(ChronoUnit.MINUTES));
          }
        });
  }

  @Test
  void fleetThatIsTooLargeForTheRate_comesAsUsual_andIsCounted() {
    List<Forthcoming> fleet = fleet(new Random(1), 60_000, -1);
    Calendar calendar = calendar(fleet, 1);

    assertThat(calendar.curve().over()).isBetween(20_000L, 60_000L);
    long moved =
        fleet.stream()
            .filter(device ->
                !window(calendar, device, Optional.empty())
                    .equals(window(Calendar.EMPTY, device, Optional.empty())))
            .count();
    assertThat(moved).isPositive();
  }

  @Test
  void blackout_hasNobody() {
    List<Forthcoming> fleet = fleet(new Random(2), 4_000, 0);
    Calendar calendar = calendar(fleet, 100, NIGHTS_OFF);

    assertThat(byMinute(calendar, fleet, Optional.of(NIGHTS_OFF)).keySet())
        .allMatch(minute -> {
          int hour = minute.atZone(ZoneOffset.UTC).getHour();
          return hour >= 6 && hour < 20;
        });
    assertThat(byMinute(calendar, fleet, Optional.of(NIGHTS_OFF)).values())
        .allMatch(count -> count <= 100);
  }

  @Test
  void twoPolicies_shareTheRate() {
    List<Forthcoming> days = fleet(new Random(3), 3_000, 0);
    List<Forthcoming> usual = fleet(new Random(4), 3_000, -1);
    List<Forthcoming> all = new ArrayList<>(days);
    all.addAll(usual);
    Calendar calendar = calendar(all, 2, NIGHTS_OFF);

    Map<Instant, Integer> together = byMinute(calendar, usual, Optional.empty());
    byMinute(calendar, days, Optional.of(NIGHTS_OFF))
        .forEach((minute, count) -> together.merge(minute, count, Integer::sum));
    assertThat(together.values()).allMatch(count -> count <= 2);
  }

  @Test
  void campaign_getsItsShareOfTheRate() {
    List<Forthcoming> fleet = fleet(new Random(5), 2_000, -1);
    CalendarMaker maker =
        new CalendarMaker(NOW, 2, List.of()).reserve(2, Duration.ofDays(7).toMinutes());
    fleet.forEach(maker::add);
    Calendar calendar = maker.make();

    // Their usual time is 6 to 12 days from now: whoever may come before day 7 is left there.
    assertThat(calendar.curve().list().subList(0, 24)).allMatch(hour -> hour.planned() == 0);
  }

  @Test
  void curve_countsEachDeviceOnce() {
    List<Forthcoming> fleet = fleet(new Random(6), 2_000, -1);
    fleet.add(
        new Forthcoming(
            new CredentialId(new UUID(1, 1)), NOW.minus(LIFE), NOW.plusSeconds(60), -1));
    fleet.add(
        new Forthcoming(new CredentialId(new UUID(1, 2)), NOW, NOW.plus(Duration.ofHours(2)), -1));
    LoadCurve curve = calendar(fleet, 3).curve();

    assertThat(curve.overdue()).isEqualTo(1);
    assertThat(curve.shortLived()).isEqualTo(1);
    assertThat(curve.list().stream().mapToInt(LoadCurve.Hour::planned).sum()).isEqualTo(2_000);
    assertThat(curve.list().stream().mapToInt(LoadCurve.Hour::natural).sum()).isEqualTo(2_000);
    assertThat(curve.list()).allMatch(hour -> hour.peakMinute() <= 3);
  }

  @Test
  void calendar_isReadBack() {
    List<Forthcoming> fleet = fleet(new Random(7), 2_000, 0);
    Calendar calendar = calendar(fleet, 1, NIGHTS_OFF);
    Calendar again = Calendar.decoded(calendar.encoded());

    assertThat(again.encoded()).isEqualTo(calendar.encoded());
    assertThat(again.madeAt()).isEqualTo(calendar.madeAt());
    fleet.forEach(device ->
        assertThat(window(again, device, Optional.of(NIGHTS_OFF)))
            .isEqualTo(window(calendar, device, Optional.of(NIGHTS_OFF))));
  }

  @Test
  void bytesOfNoCalendar_areRefused() {
    byte[] encoded = calendar(fleet(new Random(8), 500, -1), 1).encoded();
    for (byte[] bytes :
        List.of(new byte[0], new byte[100], Arrays.copyOf(encoded, encoded.length / 2))) {
      assertThatThrownBy(() -> Calendar.decoded(bytes))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void policy_saysWhatIsWrongWithIt() {
    assertThatThrownBy(() -> new RenewalPolicy("a", "b", Optional.empty(), 80, 20, List.of()))
        .hasMessageContaining("from and spread: 100");
    assertThatThrownBy(() -> new RenewalPolicy("a", "b", Optional.empty(), 5, 20, List.of()))
        .hasMessageContaining("from: 5 (expected: 10 to 85)");
    assertThatThrownBy(() ->
            new RenewalPolicy(
                "a",
                "b",
                Optional.empty(),
                60,
                10,
                List.of(Blackout.parse("00:00-12:00"), Blackout.parse("11:00-23:30"))))
        .hasMessageContaining("blackouts: 23 hours");
    assertThatThrownBy(() -> Blackout.parse("22:00")).hasMessageContaining("blackout: 22:00");
    assertThatThrownBy(() -> Blackout.parse("25:00-26:00")).hasMessageContaining("25:00-26:00");
  }

  @Test
  void policyWithALabel_winsOverThatOfItsClass() {
    RenewalPolicy ofClass = new RenewalPolicy("a", "pumps", Optional.empty(), 60, 10, List.of());
    RenewalPolicy ofLabel =
        new RenewalPolicy(
            "z", "pumps", Optional.of(new RenewalPolicy.Label("line", "2")), 30, 10, List.of());
    List<RenewalPolicy> both = List.of(ofClass, ofLabel);

    assertThat(RenewalPolicy.of(both, "pumps", Map.of("line", "2"))).contains(ofLabel);
    assertThat(RenewalPolicy.of(both, "pumps", Map.of("line", "3"))).contains(ofClass);
    assertThat(RenewalPolicy.of(both, "meters", Map.of("line", "2"))).isEmpty();
  }
}

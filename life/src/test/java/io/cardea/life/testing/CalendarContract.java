package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.calendar.Calendar;
import io.cardea.life.rotation.calendar.CalendarChange.RemovePolicy;
import io.cardea.life.rotation.calendar.CalendarChange.SavePolicy;
import io.cardea.life.rotation.calendar.CalendarChange.SetRate;
import io.cardea.life.rotation.calendar.CalendarMaker;
import io.cardea.life.rotation.calendar.Calendars;
import io.cardea.life.rotation.calendar.Forthcoming;
import io.cardea.life.rotation.calendar.RenewalPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every store keeps of the calendar.
public abstract class CalendarContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations>
    extends SessionContract<S> {
  private static final RenewalPolicy BY_CLASS =
      new RenewalPolicy(
          "pumps",
          "pumps",
          Optional.empty(),
          40,
          20,
          List.of(RenewalPolicy.Blackout.parse("22:00-06:00")));
  private static final RenewalPolicy BY_LABEL =
      new RenewalPolicy(
          "line-a", "pumps", Optional.of(new RenewalPolicy.Label("line", "a")), 30, 10, List.of());

  protected abstract Calendars calendars();

  @Nested
  class Windows {
    private List<Forthcoming> forthcoming(RenewalPolicy... policies) {
      List<Forthcoming> all = new ArrayList<>();
      calendars().forthcoming(RenewalPolicy.inOrder(List.of(policies)), NOON, all::add);
      return all;
    }

    @Test
    void settings_areReadBackInTheOrderInWhichTheyAreTried() {
      assertThat(calendars().renewalSettings())
          .isEqualTo(new Calendars.Settings(Calendars.USUAL_PER_MINUTE, List.of()));
      commit(new SavePolicy(BY_CLASS), new SetRate(7));
      commit(new SavePolicy(BY_LABEL));

      assertThat(calendars().renewalSettings().policies()).containsExactly(BY_LABEL, BY_CLASS);
      assertThat(calendars().renewalSettings().perMinute()).isEqualTo(7);
      commit(new RemovePolicy("line-a"));
      assertThat(calendars().renewalSettings().policies()).containsExactly(BY_CLASS);
      assertThat(store.commit(decision("pump-1", new RemovePolicy("line-a")))).isEqualTo(STALE);
    }

    @Test
    void change_asksForANewCalendar() {
      assertThat(calendars().calendar()).isEmpty();
      long before = calendars().calendarStamp().asked();
      commit(new SetRate(9));
      assertThat(calendars().calendarStamp().asked()).isEqualTo(before + 1);

      Calendar made = new CalendarMaker(NOON, 9, List.of()).make();
      calendars().saveCalendar(made, before + 1);

      assertThat(calendars().calendarStamp())
          .isEqualTo(new Calendars.Stamp(before + 1, before + 1, Optional.of(made.madeAt())));
      assertThat(calendars().calendar().orElseThrow().encoded()).isEqualTo(made.encoded());
    }

    @Test
    void olderCalendar_doesNotReplaceALaterOne() {
      Calendar later = new CalendarMaker(NOON, 5, List.of()).make();
      calendars().saveCalendar(later, 4);
      calendars().saveCalendar(new CalendarMaker(Instant.EPOCH, 5, List.of()).make(), 3);

      assertThat(calendars().calendarStamp().madeFor()).isEqualTo(4);
    }

    @Test
    void forthcoming_isTheNewestAcceptedOneOfEachDevice_withItsPolicy() {
      Credential older = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential newer = issue(1, credential("pump-1", "b", after(older), 60));
      Credential other = issue(0, credential("pump-2", "c", token("u"), 0));

      assertThat(forthcoming()).containsExactlyInAnyOrder(of(newer, -1), of(other, -1));
      assertThat(forthcoming(BY_CLASS)).extracting(Forthcoming::policy).containsOnly(0);
      // Each sample device has the label line=a.
      assertThat(forthcoming(BY_CLASS, BY_LABEL)).extracting(Forthcoming::policy).containsOnly(0);
      RenewalPolicy elsewhere =
          new RenewalPolicy(
              "b", "pumps", Optional.of(new RenewalPolicy.Label("line", "b")), 30, 10, List.of());
      assertThat(forthcoming(BY_CLASS, elsewhere)).extracting(Forthcoming::policy).containsOnly(1);
      List<Forthcoming> never = new ArrayList<>();
      calendars().forthcoming(List.of(), newer.notAfter().plusSeconds(1), never::add);
      assertThat(never).isEmpty();
    }

    private static Forthcoming of(Credential credential, int policy) {
      return new Forthcoming(credential.id(), credential.issuedAt(), credential.notAfter(), policy);
    }
  }
}

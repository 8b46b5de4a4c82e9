package io.cardea.life.rotation.calendar;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What the calendar is made from, and the calendar that was made last.
public interface Calendars {
  /// Without a word of an operator, as many as like: their usual windows spread them.
  int USUAL_PER_MINUTE = 0;

  Settings renewalSettings();

  /// @param perMinute how many devices may come in a minute; 0 for as many as like
  /// @param policies in the order of [RenewalPolicy#inOrder]
  record Settings(int perMinute, List<RenewalPolicy> policies) {
    public Settings {
      policies = RenewalPolicy.inOrder(policies);
    }
  }

  Stamp calendarStamp();

  /// @param asked how often a new calendar was asked for
  /// @param madeFor how often that was when the last one was begun
  record Stamp(long asked, long madeFor, Optional<Instant> madeAt) {
    boolean due(Instant before) {
      return asked != madeFor || madeAt.isEmpty() || madeAt.get().isBefore(before);
    }
  }

  Optional<Calendar> calendar();

  /// Goes through the newest accepted credential of each device that may renew, in no order.
  ///
  /// @param policies in the order of [RenewalPolicy#inOrder]
  void forthcoming(List<RenewalPolicy> policies, Instant now, Consumer<Forthcoming> each);

  /// Keeps it, unless a later one is there.
  void saveCalendar(Calendar calendar, long madeFor);
}

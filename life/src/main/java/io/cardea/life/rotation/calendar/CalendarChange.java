package io.cardea.life.rotation.calendar;

import io.cardea.life.ledger.Change;

/// Changes of what the calendar is made from. Each asks for a new calendar.
public sealed interface CalendarChange extends Change {
  /// New, or instead of the one of that name.
  record SavePolicy(RenewalPolicy policy) implements CalendarChange {}

  /// Stale when there is none.
  record RemovePolicy(String name) implements CalendarChange {}

  /// @param perMinute how many devices may come in a minute; 0 for as many as like
  record SetRate(int perMinute) implements CalendarChange {}
}

package io.cardea.life.inventory;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Whoever must accept the credentials of devices, beside Cardea itself.
///
/// @param reports whether it tells what it sees; one that does not is blind, and with a blind
///   audience an older credential lives to its expiry (R3)
/// @param mayProve whether a full handshake that it reports is a proof (R2)
/// @param classes whose devices it serves
/// @param points the registered devices that report in its name, each by a credential of its own
public record Audience(
    String name,
    Kind kind,
    boolean reports,
    boolean mayProve,
    SortedSet<String> classes,
    SortedSet<DeviceId> points) {
  /// Of all audiences, and of the classes and the points of one.
  public static final int MOST = 64;

  /// How many audiences a class may have: each is remembered with each slot.
  public static final int MOST_OF_A_CLASS = 16;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /// What it is.
  public enum Kind {
    /// Cardea's own broker, in this process. It alone shows turns, beside Cardea's doors (R7).
    EMBEDDED_BROKER,
    BROKER,
    PROXY,
    GATEWAY,
    /// A program that devices call, or anything else.
    SERVICE
  }

  public Audience {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "audience: "
              + name
              + " (expected: 1 to 63 of a-z 0-9 -, starting with a letter or digit)");
    }
    if (mayProve && !reports) {
      throw new IllegalArgumentException("may prove: true (expected: false, it does not report)");
    }
    if (kind == Kind.EMBEDDED_BROKER && !points.isEmpty()) {
      throw new IllegalArgumentException("points: some (expected: none, it is Cardea itself)");
    }
    bounded("classes", classes);
    bounded("points", points);
    classes = Collections.unmodifiableSortedSet(new TreeSet<>(classes));
    points = Collections.unmodifiableSortedSet(new TreeSet<>(points));
  }

  public Audience(
      String name,
      Kind kind,
      boolean reports,
      boolean mayProve,
      Set<String> classes,
      Set<DeviceId> points) {
    this(name, kind, reports, mayProve, new TreeSet<>(classes), new TreeSet<>(points));
  }

  private static void bounded(String what, Set<?> values) {
    if (values.size() > MOST) {
      throw new IllegalArgumentException(what + ": " + values.size() + " (expected: <= 64)");
    }
  }
}

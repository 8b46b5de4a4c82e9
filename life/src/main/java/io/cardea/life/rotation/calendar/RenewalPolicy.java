package io.cardea.life.rotation.calendar;

import io.cardea.life.inventory.Device;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// When the devices of a class, or those of it that have a label, are to renew.
///
/// @param label narrows the policy to devices with it; such a policy wins over that of the class
/// @param from the part of a credential's life, in hundredths, after which the first of its devices
///   renew
/// @param spread over how many hundredths of the life they are spread
/// @param blackouts hours of the day (UTC) in which none of them is to renew
public record RenewalPolicy(
    String name,
    String deviceClass,
    Optional<Label> label,
    int from,
    int spread,
    List<Blackout> blackouts) {
  /// What is left of a life after this is for retries and repair.
  public static final int LATEST = 90;

  /// Where nothing else is said.
  public static final int USUAL_FROM = 60;

  public static final int USUAL_SPREAD = 10;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final int MOST_BLACKOUTS = 8;
  private static final Duration LONGEST_BLACKOUT = Duration.ofHours(20);

  public RenewalPolicy {
    blackouts = List.copyOf(blackouts);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "policy: " + name + " (expected: 1 to 63 of a-z 0-9 -, starting with a letter or digit)");
    }
    between("from", from, 10, 85);
    between("spread", spread, 1, 50);
    if (from + spread > LATEST) {
      throw new IllegalArgumentException(
          "from and spread: "
              + (from + spread)
              + " (expected: <= "
              + LATEST
              + ", so that there is time for retries)");
    }
    if (blackouts.size() > MOST_BLACKOUTS) {
      throw new IllegalArgumentException(
          "blackouts: " + blackouts.size() + " (expected: <= " + MOST_BLACKOUTS + ")");
    }
    if (longestBlackout(blackouts).compareTo(LONGEST_BLACKOUT) > 0) {
      throw new IllegalArgumentException(
          "blackouts: "
              + longestBlackout(blackouts).toHours()
              + " hours without a break (expected: <= "
              + LONGEST_BLACKOUT.toHours()
              + ")");
    }
  }

  /// A label as a device has it.
  public record Label(String name, String value) {}

  /// Hours of each day, in UTC; over midnight when it ends before it begins.
  public record Blackout(LocalTime from, LocalTime to) {
    public Blackout {
      from = from.truncatedTo(ChronoUnit.MINUTES);
      to = to.truncatedTo(ChronoUnit.MINUTES);
      if (from.equals(to)) {
        throw new IllegalArgumentException(
            "blackout: from " + from + " to " + to + " (expected: two different times)");
      }
    }

    /// `22:00-06:00`.
    public static Blackout parse(String text) {
      String[] parts = text.split("-", 3);
      try {
        if (parts.length == 2) {
          return new Blackout(LocalTime.parse(parts[0]), LocalTime.parse(parts[1]));
        }
      } catch (DateTimeException e) {
        // Said below.
      }
      throw new IllegalArgumentException("blackout: " + text + " (expected: like 22:00-06:00)");
    }

    boolean covers(int minuteOfDay) {
      int begin = from.toSecondOfDay() / 60;
      int end = to.toSecondOfDay() / 60;
      return begin < end
          ? minuteOfDay >= begin && minuteOfDay < end
          : minuteOfDay >= begin || minuteOfDay < end;
    }

    @Override
    public String toString() {
      return from + "-" + to;
    }
  }

  boolean isBlackout(int minuteOfDay) {
    for (Blackout blackout : blackouts) {
      if (blackout.covers(minuteOfDay)) {
        return true;
      }
    }
    return false;
  }

  /// The longest time without a minute in which its devices may renew.
  static Duration longestBlackout(List<Blackout> blackouts) {
    int longest = 0;
    int run = 0;
    for (int minute = 0; minute < 2 * 1_440; minute++) {
      int at = minute % 1_440;
      run = blackouts.stream().anyMatch(blackout -> blackout.covers(at)) ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return Duration.ofMinutes(Math.min(longest, 1_440));
  }

  /// The policy for a device: one with a label before that of its class, by name among equals.
  public static Optional<RenewalPolicy> of(
      List<RenewalPolicy> policies, String deviceClass, Map<String, String> labels) {
    return inOrder(policies).stream()
        .filter(policy -> policy.deviceClass().equals(deviceClass))
        .filter(policy ->
            policy.label().isEmpty()
                || policy.label().get().value().equals(labels.get(policy.label().get().name())))
        .findFirst();
  }

  public static Optional<RenewalPolicy> of(List<RenewalPolicy> policies, Device device) {
    return of(policies, device.deviceClass(), device.labels());
  }

  /// The order in which they are tried.
  public static List<RenewalPolicy> inOrder(List<RenewalPolicy> policies) {
    return policies.stream()
        .sorted(
            Comparator.comparing((RenewalPolicy policy) -> policy.label().isEmpty())
                .thenComparing(RenewalPolicy::name))
        .toList();
  }

  private static void between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}

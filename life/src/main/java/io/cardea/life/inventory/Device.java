package io.cardea.life.inventory;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One physical or virtual unit.
///
/// @param serial the manufacturer's serial number
/// @param deviceClass the name of its class
/// @param labels up to 32 names of up to 64 characters with values of up to 256
public record Device(
    DeviceId id,
    Optional<String> serial,
    String deviceClass,
    String owner,
    Environment environment,
    Optional<String> site,
    Map<String, String> labels,
    DeviceState state,
    Instant registeredAt) {
  public static final int MAX_LABELS = 32;
  public static final int MAX_TEXT = 256;
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}");

  public Device {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    if (labels.size() > MAX_LABELS) {
      throw new IllegalArgumentException(
          "labels: " + labels.size() + " (expected: <= " + MAX_LABELS + ")");
    }
    labels.forEach((name, value) -> {
      if (!LABEL.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "label: " + name + " (expected: 1 to 64 letters, digits, . _ / -)");
      }
      bounded("label " + name, value);
    });
    serial.ifPresent(text -> bounded("serial", text));
    site.ifPresent(text -> bounded("site", text));
    bounded("owner", owner);
  }

  public Device in(DeviceState next) {
    return new Device(
        id, serial, deviceClass, owner, environment, site, labels, next, registeredAt);
  }

  public Device of(String newOwner, Environment newEnvironment) {
    return new Device(
        id, serial, deviceClass, newOwner, newEnvironment, site, labels, state, registeredAt);
  }

  private static void bounded(String name, String text) {
    if (text.length() > MAX_TEXT || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          name
              + ": "
              + text.length()
              + " characters (expected: <= "
              + MAX_TEXT
              + " and no control characters)");
    }
  }
}

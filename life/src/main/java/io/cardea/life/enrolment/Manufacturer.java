package io.cardea.life.enrolment;

import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.pki.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// An authority of a manufacturer, trusted to say of devices of one class in one environment with
/// which certificate they were born.
///
/// @param name the operator's
/// @param anchor who is trusted
/// @param intermediates help to find a path; nothing in them is trusted
/// @param revocationLists DER, of this authority or of those below
/// @param rule which device a certificate belongs to
public record Manufacturer(
    String name,
    String deviceClass,
    Environment environment,
    Certificate anchor,
    List<Certificate> intermediates,
    List<byte[]> revocationLists,
    Rule rule,
    Instant importedAt) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  public Manufacturer {
    intermediates = List.copyOf(intermediates);
    revocationLists = List.copyOf(revocationLists);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "manufacturer: " + name + " (expected: 1 to 63 of a-z 0-9 . _ -)");
    }
    if (intermediates.size() > 16 || revocationLists.size() > 16) {
      throw new IllegalArgumentException(
          "intermediates, revocation lists: "
              + intermediates.size()
              + ", "
              + revocationLists.size()
              + " (expected: at most 16 each)");
    }
  }

  /// Which device a birth certificate belongs to, beyond those that were registered with theirs.
  ///
  /// @param deviceId the id of the device, with [#SERIAL] where the subject's serialNumber stands;
  ///   empty if only what was registered in advance counts
  /// @param registers whether a device that is not known is registered at first sight
  /// @param owner of a device that is registered so
  public record Rule(Optional<String> deviceId, boolean registers, String owner) {
    public static final String SERIAL = "{serialNumber}";

    /// Only devices that were registered with their birth certificate.
    public static final Rule REGISTERED = new Rule(Optional.empty(), false, "");

    public Rule {
      if (deviceId.isPresent()) {
        int at = deviceId.get().indexOf(SERIAL);
        if (at < 0 || deviceId.get().indexOf(SERIAL, at + 1) >= 0) {
          throw new IllegalArgumentException(
              "device id: " + deviceId.get() + " (expected: " + SERIAL + " in it, once)");
        }
      } else if (registers) {
        throw new IllegalArgumentException(
            "registers: true (expected: with a rule for the device id)");
      }
      if (owner.length() > Device.MAX_TEXT || owner.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("owner: " + owner.length() + " characters");
      }
    }

    /// Empty when there is no rule, or when it makes no id of this serial number.
    Optional<DeviceId> deviceOf(String serialNumber) {
      try {
        return deviceId.map(text -> new DeviceId(text.replace(SERIAL, serialNumber)));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }
}

package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.rotation.Event.Standing;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What a device was born with: the certificate that its manufacturer put into it (an IDevID, IEEE
/// 802.1AR), as far as it is known. A device has one.
///
/// @param deviceClass the class of the device, within which a serial number is unique
/// @param certificate once it was seen or registered; only that one counts from then on
/// @param serialNumber the `serialNumber` of its subject, where that is what was registered
/// @param spentAt when what it led to was first proven
public record Birth(
    UUID id,
    DeviceId device,
    String deviceClass,
    Optional<Fingerprint> certificate,
    Optional<String> serialNumber,
    Instant boundAt,
    Optional<Instant> spentAt) {

  public Birth {
    if (certificate.isEmpty() && serialNumber.isEmpty()) {
      throw new IllegalArgumentException(
          "birth: nothing (expected: a certificate's fingerprint or its serialNumber)");
    }
    if (serialNumber.isPresent()
        && (serialNumber.get().isEmpty()
            || serialNumber.get().length() > 128
            || serialNumber.get().chars().anyMatch(Character::isISOControl))) {
      throw new IllegalArgumentException(
          "serial number: "
              + serialNumber.get().length()
              + " characters (expected: 1 to 128, printable)");
    }
  }

  /// @param recovers whether the device's class takes it as second proof
  Standing standing(boolean recovers) {
    return spentAt.isEmpty() || recovers ? Standing.GOOD : Standing.SPENT;
  }
}

package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.DeviceId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Reads of births, and of the authorities of manufacturers.
public interface Births {
  /// How many authorities of manufacturers there may be.
  int MAX_MANUFACTURERS = 256;

  Optional<Birth> birthOf(DeviceId device);

  /// Those that there are of up to 1,000 devices, in no order.
  List<Birth> birthsOf(Collection<DeviceId> devices);

  Optional<Birth> birthByCertificate(Fingerprint certificate);

  Optional<Birth> birthBySerialNumber(String deviceClass, String serialNumber);

  /// All of them, by name.
  List<Manufacturer> manufacturers();
}

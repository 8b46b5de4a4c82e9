package io.cardea.life.enrolment;

import io.cardea.life.inventory.DeviceId;
import java.util.List;

/// Reads of enrolment tokens.
public interface Tokens {
  /// The newest tokens of a device, spent and expired ones too, at most 32.
  List<Token> ofDevice(DeviceId device);
}

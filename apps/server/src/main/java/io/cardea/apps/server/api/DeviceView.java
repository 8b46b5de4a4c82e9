package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.inventory.Device;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A device on the wire.
record DeviceView(
    String id,
    @JsonProperty("class") String deviceClass,
    String state,
    @Nullable String serial,
    String owner,
    String environment,
    @Nullable String site,
    Map<String, String> labels,
    Instant registeredAt) {

  static DeviceView of(Device device) {
    return new DeviceView(
        device.id().value(),
        device.deviceClass(),
        device.state().word(),
        device.serial().orElse(null),
        device.owner(),
        device.environment().word(),
        device.site().orElse(null),
        device.labels(),
        device.registeredAt());
  }
}

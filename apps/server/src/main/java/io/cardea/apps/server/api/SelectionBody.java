package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.rotation.Selection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which devices, with the members of a selection in JSON.
record SelectionBody(
    @JsonProperty("class") @Nullable String deviceClass,
    @Nullable String environment,
    @Nullable String owner,
    @Nullable Map<String, String> labels,
    @Nullable String authority,
    @Nullable List<String> devices) {

  Selection toSelection(Actor actor) throws Refused {
    Optional<Environment> where =
        environment == null
            ? Optional.empty()
            : Optional.of(Words.read("environment", environment, Environment.class));
    return Call.valid(() ->
        new Selection(
            actor.scope(),
            Optional.ofNullable(deviceClass),
            where,
            Optional.ofNullable(owner),
            labels == null ? Map.of() : labels,
            Optional.ofNullable(authority),
            devices == null ? List.of() : devices.stream().distinct().map(DeviceId::new).toList()));
  }
}

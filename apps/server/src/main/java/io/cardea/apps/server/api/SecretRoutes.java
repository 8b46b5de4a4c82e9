package io.cardea.apps.server.api;

import io.cardea.apps.server.Holder;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.secrets.ApiKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What devices and programs may hold beside certificates: the slots of a class, the API keys of
/// programs, the public keys of devices, and the question what a secret is worth.
final class SecretRoutes {
  private final ApiParts parts;

  SecretRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/classes/{name}/slots", this::slots),
        Endpoint.put("/api/v1/classes/{name}/slots/{slot}", Permission.CERTIFY, this::save),
        Endpoint.post(
            "/api/v1/devices/{id}/slots/{slot}/api-keys", Permission.OPERATE, this::issue),
        Endpoint.open("/api/v1/devices/{id}/slots/{slot}/jwks", this::jwks),
        Endpoint.open("/api/v1/self", this::self));
  }

  record NewSlot(@Nullable String kind, @Nullable Long lifeSeconds) {}

  record SlotView(String deviceClass, String name, String kind, long lifeSeconds) {
    static SlotView of(SecretSlot slot) {
      return new SlotView(
          slot.deviceClass(), slot.name(), slot.kind().word(), slot.life().toSeconds());
    }
  }

  record ShownApiKey(CredentialView credential, String apiKey) {
    static ShownApiKey of(ApiKeys.Shown shown) {
      return new ShownApiKey(CredentialView.of(shown.credential()), shown.text());
    }

    /// Never shows the secret.
    @Override
    public String toString() {
      return "ShownApiKey[" + credential.id() + "]";
    }
  }

  record Jwks(List<Map<String, Object>> keys) {}

  /// @param code why not; null for one that is let in
  record Self(
      boolean admitted,
      @Nullable String code,
      @Nullable String device,
      @Nullable String credential,
      @Nullable String slot,
      @Nullable String kind,
      @Nullable String state,
      @Nullable Instant notAfter) {
    static Self denied(Refusal refusal) {
      return new Self(false, refusal.code(), null, null, null, null, null, null);
    }

    static Self admitted(Credential known) {
      return new Self(
          true,
          null,
          known.slot().device().value(),
          known.id().toString(),
          known.slot().name(),
          known.kind().word(),
          known.state().word(),
          known.notAfter());
    }
  }

  private Reply slots(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(
        Page.whole(parts.secrets().slots().of(call.path("name"), call.actor())).map(SlotView::of));
  }

  private Reply save(Call call) throws Refused {
    NewSlot body = call.body(NewSlot.class);
    String kind = Call.required("kind", body.kind());
    long life = Call.required("life_seconds", body.lifeSeconds());
    SecretSlot slot =
        Call.valid(() ->
            new SecretSlot(
                call.path("name"),
                call.path("slot"),
                CredentialKind.Secret.ofWord(kind),
                Duration.ofSeconds(life)));
    return Reply.ok(SlotView.of(parts.secrets().slots().save(slot, call.actor())));
  }

  private Reply issue(Call call) throws Refused {
    DeviceId device = DeviceRoutes.deviceId(call.path("id"));
    String slot = Call.valid(() -> new SlotId(device, call.path("slot"))).name();
    return Reply.created(
        ShownApiKey.of(
            parts.secrets().apiKeys().issue(device, slot, call.requestKey(), call.actor())));
  }

  /// The same for a device that there is not, and for one that has none: whoever asks learns
  /// nothing of the fleet.
  private Reply jwks(Call call) throws Refused {
    call.allowQuery(Set.of());
    DeviceId device = DeviceRoutes.deviceId(call.path("id"));
    SlotId slot = Call.valid(() -> new SlotId(device, call.path("slot")));
    return Reply.ok(
            new Jwks(
                parts.secrets().signingKeys().accepted(device, slot.name()).stream()
                    .map(key -> Holder.jwk(key).toJSONObject())
                    .toList()))
        .with("cache-control", "public, max-age=60");
  }

  /// What somebody presents is judged as a use of it.
  private Reply self(Call call) throws Refused {
    call.allowQuery(Set.of());
    Optional<String> presented = call.bearer();
    if (presented.isEmpty()) {
      return Reply.ok(Self.denied(Refusal.AUTHENTICATION_REQUIRED));
    }
    return Reply.ok(
        switch (parts.secrets().holder().use(presented.get())) {
          case Admission.Admitted(_, var credential) ->
              Self.admitted(
                  parts
                      .inventory()
                      .credential(credential)
                      .orElseThrow(
                          () -> new Refused(Refusal.NOT_FOUND, "credential: " + credential)));
          case Admission.Denied(var refusal, _) -> Self.denied(refusal);
        });
  }
}

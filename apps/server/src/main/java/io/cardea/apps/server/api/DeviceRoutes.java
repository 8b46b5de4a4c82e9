package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.TokenDesk;
import io.cardea.life.findings.DeviceStory;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Registry.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Devices: known, listed, explained, ended.
final class DeviceRoutes {
  private static final Set<String> FILTERS =
      Set.of("class", "state", "owner", "label", "prefix", "search", "after", "limit");
  private static final int MAX_LABELS = 8;
  private static final long TOKEN_LIFE = Duration.ofDays(1).toSeconds();

  private final ApiParts parts;

  DeviceRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/devices", this::list),
        Endpoint.post("/api/v1/devices", Permission.OPERATE, this::register),
        Endpoint.get("/api/v1/devices/{id}", this::show),
        Endpoint.get("/api/v1/devices/{id}/why", this::why),
        Endpoint.post("/api/v1/devices/{id}/quarantine", Permission.OPERATE, this::quarantine),
        Endpoint.post("/api/v1/devices/{id}/release", Permission.OPERATE, this::release),
        Endpoint.post("/api/v1/devices/{id}/scrap", Permission.OPERATE, this::scrap),
        Endpoint.post("/api/v1/devices/{id}/revoke", Permission.REVOKE, this::revoke),
        Endpoint.post("/api/v1/devices/{id}/settle", Permission.OPERATE, this::settle),
        Endpoint.post("/api/v1/devices/{id}/tokens", Permission.OPERATE, this::createToken));
  }

  record NewDevice(
      @Nullable String id,
      @JsonProperty("class") @Nullable String deviceClass,
      @Nullable String serial,
      @Nullable String owner,
      @Nullable String environment,
      @Nullable String site,
      @Nullable Map<String, @Nullable String> labels) {}

  record NewToken(@Nullable Long lifeSeconds) {}

  record TokenView(String token, String device, Instant expiresAt, long expiresInSeconds) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "TokenView[" + device + "]";
    }
  }

  record WhyView(
      DeviceView device,
      String summary,
      String nextStep,
      List<SlotView> slots,
      List<ContactView> contacts,
      List<HandshakeView> failedHandshakes) {}

  record SlotView(
      String name, boolean forked, @Nullable Instant forkedAt, List<CredentialView> credentials) {}

  record ContactView(
      Instant at,
      String kind,
      String actor,
      String what,
      @Nullable String credential,
      @Nullable String refusal,
      @Nullable String detail) {

    static ContactView of(DeviceStory.Act act) {
      return new ContactView(
          act.at(),
          act.kind().word(),
          act.actor(),
          act.what(),
          act.credential().orElse(null),
          act.refusal().orElse(null),
          act.refusal().flatMap(Refusal::byCode).map(Refusal::meaning).orElse(null));
    }
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(FILTERS);
    Optional<String> state = call.query("state");
    if (state.isPresent()) {
      Call.valid(() -> DeviceState.ofWord(state.get()));
    }
    Map<String, String> labels = new TreeMap<>();
    for (String label : call.queries("label", MAX_LABELS)) {
      int equals = label.indexOf('=');
      if (equals < 1) {
        throw Call.malformed("label: " + label + " (expected: name=value)");
      }
      String other = labels.put(label.substring(0, equals), label.substring(equals + 1));
      if (other != null && !other.equals(label.substring(equals + 1))) {
        throw Call.malformed("label: " + label.substring(0, equals) + " is asked for twice");
      }
    }
    Optional<String> deviceClass = call.query("class");
    Optional<String> owner = call.query("owner");
    Optional<String> prefix = call.query("prefix");
    Optional<String> text = call.query("search");
    DeviceFilter filter =
        Call.valid(() -> new DeviceFilter(deviceClass, state, owner, labels, prefix, text));
    int limit = call.limit();
    String after = call.query("after").orElse("");
    return Reply.ok(
        Page.of(
                parts.view().devices(filter, after, limit, call.actor()),
                limit,
                device -> device.id().value())
            .map(DeviceView::of));
  }

  private Reply register(Call call) throws Refused {
    NewDevice body = call.body(NewDevice.class);
    Map<String, String> labels = new TreeMap<>();
    if (body.labels() != null) {
      for (Map.Entry<String, @Nullable String> label : body.labels().entrySet()) {
        labels.put(label.getKey(), Call.required("labels." + label.getKey(), label.getValue()));
      }
    }
    Registration registration =
        new Registration(
            deviceId(Call.required("id", body.id())),
            Optional.ofNullable(body.serial()),
            Call.required("class", body.deviceClass()),
            body.owner() == null ? "" : body.owner(),
            Words.read("environment", body.environment(), Environment.class, Environment.FIELD),
            Optional.ofNullable(body.site()),
            labels);
    try {
      DeviceView view = DeviceView.of(parts.registry().register(registration, call.actor()));
      return Reply.createdAt("/api/v1/devices/" + view.id(), view);
    } catch (IllegalArgumentException e) {
      // The bounds of a device are checked where it is made.
      throw Call.malformed(String.valueOf(e.getMessage()));
    }
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return device(id(call), call);
  }

  private Reply why(Call call) throws Refused {
    call.allowQuery(Set.of());
    DeviceStory.Story story = parts.deviceStory().tell(id(call), call.actor());
    SlotView slot =
        new SlotView(
            story.slot(),
            story.forkedAt().isPresent(),
            story.forkedAt().orElse(null),
            story.credentials().stream().map(CredentialView::of).toList());
    return Reply.ok(
        new WhyView(
            DeviceView.of(story.device()),
            story.summary(),
            story.next().words(story.device()),
            List.of(slot),
            story.acts().stream().map(ContactView::of).toList(),
            story.handshakes().stream().map(HandshakeView::of).toList()));
  }

  private Reply quarantine(Call call) throws Refused {
    DeviceId id = id(call);
    String reason = Call.required("reason", call.body(Act.class).reason());
    parts.quarantine().begin(id, reason, call.actor());
    return device(id, call);
  }

  private Reply release(Call call) throws Refused {
    DeviceId id = id(call);
    String reason = Call.required("reason", call.body(Act.class).reason());
    parts.quarantine().end(id, reason, call.actor());
    return device(id, call);
  }

  private Reply scrap(Call call) throws Refused {
    DeviceId id = id(call);
    String reason = Call.required("reason", call.body(Act.class).reason());
    parts.revocation().scrap(id, reason, call.actor());
    return device(id, call);
  }

  private Reply revoke(Call call) throws Refused {
    DeviceId id = id(call);
    RevocationBody body = call.body(RevocationBody.class);
    if (body.since() != null) {
      throw Call.malformed("since: " + body.since() + " (expected: only with one credential)");
    }
    parts
        .revocation()
        .revokeDevice(id, body.toReason(), Optional.ofNullable(body.comment()), call.actor());
    return device(id, call);
  }

  private Reply settle(Call call) throws Refused {
    DeviceId id = id(call);
    String reason = Call.required("reason", call.body(Act.class).reason());
    parts.revocation().settle(id, reason, call.actor());
    return device(id, call);
  }

  private Reply createToken(Call call) throws Refused {
    DeviceId id = id(call);
    Long life = call.bodyOrEmpty(NewToken.class).lifeSeconds();
    long seconds = life == null ? TOKEN_LIFE : life;
    TokenDesk.Shown shown =
        parts.tokenDesk().create(id, Duration.ofSeconds(seconds), call.requestKey(), call.actor());
    return Reply.created(
        new TokenView(shown.secret(), id.value(), shown.token().expiresAt(), seconds));
  }

  private Reply device(DeviceId id, Call call) throws Refused {
    return Reply.ok(DeviceView.of(parts.view().device(id, call.actor())));
  }

  private static DeviceId id(Call call) throws Refused {
    return deviceId(call.path("id"));
  }

  static DeviceId deviceId(String text) throws Refused {
    return Call.valid(() -> new DeviceId(text));
  }
}

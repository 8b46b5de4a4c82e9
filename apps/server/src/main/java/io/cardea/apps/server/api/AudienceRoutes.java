package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Permission;
import io.cardea.life.sessions.Session;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Audiences, and the sessions that they tell of.
final class AudienceRoutes {
  private final AudienceParts parts;

  AudienceRoutes(AudienceParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/audiences", this::list),
        Endpoint.get("/api/v1/audiences/{name}", this::show),
        Endpoint.put("/api/v1/audiences/{name}", Permission.CERTIFY, this::save),
        Endpoint.post("/api/v1/audiences/{name}/remove", Permission.CERTIFY, this::remove),
        Endpoint.get("/api/v1/devices/{id}/sessions", this::sessions));
  }

  record NewAudience(
      @Nullable String kind,
      @Nullable Boolean reports,
      @Nullable Boolean mayProve,
      @Nullable List<@Nullable String> classes,
      @Nullable List<@Nullable String> points) {}

  record AudienceView(
      String name,
      String kind,
      boolean reports,
      boolean mayProve,
      List<String> classes,
      List<String> points) {

    static AudienceView of(Audience its) {
      return new AudienceView(
          its.name(),
          Words.of(its.kind()),
          its.reports(),
          its.mayProve(),
          List.copyOf(its.classes()),
          its.points().stream().map(DeviceId::value).toList());
    }
  }

  record SessionView(
      String audience,
      String incarnation,
      String session,
      String credential,
      Instant openedAt,
      @Nullable Instant endingSince) {

    static SessionView of(Session its) {
      return new SessionView(
          its.reporter().audience(),
          its.reporter().incarnation(),
          its.id(),
          its.credential().toString(),
          its.openedAt(),
          its.endingSince().orElse(null));
    }
  }

  record Removal(@Nullable String reason) {}

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("after", "limit"));
    return Reply.ok(
        Page.cut(
                parts.desk().list(call.actor()),
                call.query("after").orElse(""),
                call.limit(),
                Audience::name)
            .map(AudienceView::of));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(AudienceView.of(parts.desk().show(call.path("name"), call.actor())));
  }

  private Reply save(Call call) throws Refused {
    NewAudience body = call.body(NewAudience.class);
    Audience.Kind kind =
        Words.read("kind", Call.required("kind", body.kind()), Audience.Kind.class);
    boolean reports = Call.required("reports", body.reports());
    Set<String> classes = words("classes", body.classes());
    Set<String> points = words("points", body.points());
    Set<DeviceId> devices = new HashSet<>();
    for (String point : points) {
      devices.add(DeviceRoutes.deviceId(point));
    }
    Audience wanted =
        Call.valid(() ->
            new Audience(
                call.path("name"),
                kind,
                reports,
                Boolean.TRUE.equals(body.mayProve()),
                classes,
                devices));
    parts.desk().save(wanted, call.actor());
    return Reply.ok(AudienceView.of(wanted));
  }

  private static Set<String> words(String member, @Nullable List<@Nullable String> given)
      throws Refused {
    Set<String> words = new HashSet<>();
    for (String each : Optional.ofNullable(given).orElse(List.of())) {
      words.add(Call.required(member, each));
    }
    return words;
  }

  private Reply remove(Call call) throws Refused {
    String name = call.path("name");
    parts
        .desk()
        .remove(name, Call.required("reason", call.body(Removal.class).reason()), call.actor());
    return Reply.ok(Map.of("name", name));
  }

  private Reply sessions(Call call) throws Refused {
    call.allowQuery(Set.of());
    List<Session> open =
        parts.sessions().ofDevice(DeviceRoutes.deviceId(call.path("id")), call.actor());
    return Reply.ok(Page.whole(open).map(SessionView::of));
  }
}

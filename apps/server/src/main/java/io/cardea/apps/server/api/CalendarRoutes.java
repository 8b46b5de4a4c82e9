package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import io.cardea.life.rotation.calendar.Calendar;
import io.cardea.life.rotation.calendar.CalendarDesk;
import io.cardea.life.rotation.calendar.Calendars.Settings;
import io.cardea.life.rotation.calendar.LoadCurve;
import io.cardea.life.rotation.calendar.RenewalPolicy;
import io.cardea.life.rotation.calendar.RenewalPolicy.Blackout;
import io.cardea.life.rotation.calendar.RenewalPolicy.Label;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When devices are to renew: the load to come, the rate and the policies.
final class CalendarRoutes {
  private final CalendarDesk desk;

  CalendarRoutes(CalendarDesk desk) {
    this.desk = desk;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/calendar", this::show),
        Endpoint.get("/api/v1/calendar/picture", this::picture),
        Endpoint.put("/api/v1/calendar/rate", Permission.CERTIFY, this::rate),
        Endpoint.get("/api/v1/renewal-policies", this::policies),
        Endpoint.put("/api/v1/renewal-policies/{name}", Permission.CERTIFY, this::save),
        Endpoint.post("/api/v1/renewal-policies/{name}/remove", Permission.CERTIFY, this::remove));
  }

  /// @param overdue devices whose window has opened and that have not come
  /// @param shortLived devices whose credentials live less than a day
  /// @param over devices for which the rate had no place
  record CalendarView(
      @Nullable Instant madeAt,
      int perMinute,
      long overdue,
      long shortLived,
      long over,
      List<LoadCurve.Hour> hours) {

    static CalendarView of(Calendar calendar, int perMinute) {
      LoadCurve curve = calendar.curve();
      return new CalendarView(
          calendar.madeAt(),
          perMinute,
          curve.overdue(),
          curve.shortLived(),
          curve.over(),
          curve.list());
    }
  }

  record PolicyView(
      String name,
      @JsonProperty("class") String deviceClass,
      @Nullable Map<String, String> label,
      int from,
      int spread,
      List<String> blackouts) {

    static PolicyView of(RenewalPolicy policy) {
      return new PolicyView(
          policy.name(),
          policy.deviceClass(),
          policy.label().map(label -> Map.of(label.name(), label.value())).orElse(null),
          policy.from(),
          policy.spread(),
          policy.blackouts().stream().map(Blackout::toString).toList());
    }
  }

  /// @param preview only say what the calendar would be
  record PolicyBody(
      @JsonProperty("class") @Nullable String deviceClass,
      @Nullable Map<String, String> label,
      @Nullable Integer from,
      @Nullable Integer spread,
      @Nullable List<String> blackouts,
      @Nullable String reason,
      @Nullable Boolean preview) {

    RenewalPolicy toPolicy(String name) throws Refused {
      String its = Call.required("class", deviceClass);
      if (label != null && label.size() != 1) {
        throw Call.malformed("label: " + label.size() + " of them (expected: one)");
      }
      return Call.valid(() ->
          new RenewalPolicy(
              name,
              its,
              Optional.ofNullable(label)
                  .map(one -> one.entrySet().iterator().next())
                  .map(one -> new Label(one.getKey(), one.getValue())),
              from == null ? RenewalPolicy.USUAL_FROM : from,
              spread == null ? RenewalPolicy.USUAL_SPREAD : spread,
              blackouts == null ? List.of() : blackouts.stream().map(Blackout::parse).toList()));
    }
  }

  record RateBody(@Nullable Integer perMinute, @Nullable String reason) {}

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    int perMinute = desk.settings(call.actor()).perMinute();
    return Reply.ok(CalendarView.of(made(call), perMinute));
  }

  private Calendar made(Call call) throws Refused {
    return desk.show(call.actor())
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "calendar: the first one is being made"));
  }

  private Reply picture(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.text("image/svg+xml", LoadPicture.of(made(call)));
  }

  private Reply rate(Call call) throws Refused {
    call.allowQuery(Set.of());
    RateBody body = call.body(RateBody.class);
    desk.rate(
        Call.required("per_minute", body.perMinute()),
        Call.required("reason", body.reason()),
        call.actor());
    return Reply.ok(Map.of("per_minute", desk.settings(call.actor()).perMinute()));
  }

  private Reply policies(Call call) throws Refused {
    call.allowQuery(Set.of());
    Settings settings = desk.settings(call.actor());
    return Reply.ok(Page.whole(settings.policies()).map(PolicyView::of));
  }

  private Reply save(Call call) throws Refused {
    call.allowQuery(Set.of());
    PolicyBody body = call.body(PolicyBody.class);
    RenewalPolicy policy = body.toPolicy(call.path("name"));
    if (Boolean.TRUE.equals(body.preview())) {
      int perMinute = desk.settings(call.actor()).perMinute();
      return Reply.ok(CalendarView.of(desk.preview(policy, call.actor()), perMinute));
    }
    return Reply.ok(
        PolicyView.of(desk.save(policy, Call.required("reason", body.reason()), call.actor())));
  }

  private Reply remove(Call call) throws Refused {
    call.allowQuery(Set.of());
    desk.remove(
        call.path("name"), Call.required("reason", call.body(Act.class).reason()), call.actor());
    return Reply.ok(Map.of("removed", call.path("name")));
  }
}

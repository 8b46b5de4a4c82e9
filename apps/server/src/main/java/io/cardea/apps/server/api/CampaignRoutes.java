package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Permission;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaign.Course;
import io.cardea.life.rotation.Campaign.Extent;
import io.cardea.life.rotation.CampaignDesk;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Campaigns.Participant;
import io.cardea.life.rotation.Campaigns.Standing;
import io.cardea.life.rotation.Campaigns.Tally;
import io.cardea.life.rotation.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Campaigns: what one would come to, the order, how far it has come, and each device in it.
final class CampaignRoutes {
  private final CampaignDesk desk;

  CampaignRoutes(CampaignDesk desk) {
    this.desk = desk;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/campaigns", this::list),
        Endpoint.post("/api/v1/campaigns", Permission.OPERATE, this::begin),
        Endpoint.post("/api/v1/campaigns/freeze", Permission.OPERATE, this::freeze),
        Endpoint.get("/api/v1/campaigns/{id}", this::show),
        Endpoint.get("/api/v1/campaigns/{id}/devices", this::devices),
        Endpoint.post("/api/v1/campaigns/{id}/pause", Permission.OPERATE, acts(desk::pause)),
        Endpoint.post("/api/v1/campaigns/{id}/resume", Permission.OPERATE, acts(desk::resume)),
        Endpoint.post("/api/v1/campaigns/{id}/abort", Permission.OPERATE, acts(desk::abort)));
  }

  /// @param preview only say what it would come to
  /// @param atMost how many devices it may come to
  record Order(
      @Nullable SelectionBody selection,
      @Nullable String cause,
      @Nullable String comment,
      @Nullable Integer canary,
      @Nullable Integer growth,
      @Nullable Integer perMinute,
      @Nullable Integer errorBudget,
      @Nullable Long patienceSeconds,
      @Nullable Boolean preview,
      @Nullable Long atMost) {

    Course course() throws Refused {
      Course usual = Course.USUAL;
      return Call.valid(() ->
          new Course(
              canary == null ? usual.canary() : canary,
              growth == null ? usual.growth() : growth,
              perMinute == null ? usual.perMinute() : perMinute,
              errorBudget == null ? usual.errorBudget() : errorBudget,
              patienceSeconds == null ? usual.patience() : Duration.ofSeconds(patienceSeconds)));
    }
  }

  /// @param id null for a preview
  /// @param waves the devices by wave and standing; empty in a list and in a preview
  record CampaignView(
      @Nullable String id,
      String state,
      @Nullable String cause,
      long devices,
      long healthyDevices,
      long devicesElsewhere,
      @Nullable Integer wave,
      long waiting,
      long called,
      long moved,
      long late,
      long gone,
      @Nullable Integer canary,
      @Nullable Integer growth,
      @Nullable Integer perMinute,
      @Nullable Integer errorBudget,
      @Nullable Long patienceSeconds,
      @Nullable String actor,
      @Nullable String comment,
      @Nullable String halt,
      @Nullable Instant begunAt,
      @Nullable Instant endedAt,
      List<Tally> waves) {

    static CampaignView preview(Extent extent) {
      return new CampaignView(
          null,
          "preview",
          null,
          extent.devices(),
          extent.healthy(),
          extent.elsewhere(),
          null,
          0,
          0,
          0,
          0,
          0,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          List.of());
    }

    static CampaignView of(Campaign campaign, List<Tally> waves) {
      return new CampaignView(
          campaign.id().toString(),
          campaign.state().word(),
          campaign.cause().word(),
          campaign.extent().devices(),
          campaign.extent().healthy(),
          campaign.extent().elsewhere(),
          campaign.wave(),
          sum(waves, Tally::waiting),
          sum(waves, Tally::called),
          sum(waves, Tally::moved),
          sum(waves, Tally::late),
          sum(waves, Tally::gone),
          campaign.course().canary(),
          campaign.course().growth(),
          campaign.course().perMinute(),
          campaign.course().errorBudget(),
          campaign.course().patience().toSeconds(),
          campaign.actor(),
          campaign.why(),
          campaign.halt().isEmpty() ? null : campaign.halt(),
          campaign.begunAt(),
          campaign.endedAt().orElse(null),
          waves);
    }

    private static long sum(List<Tally> waves, ToLongFunction<Tally> part) {
      return waves.stream().mapToLong(part).sum();
    }
  }

  /// @param evidence the credential that was proven
  record ParticipantView(
      String device,
      int wave,
      String standing,
      @Nullable Instant calledAt,
      @Nullable Instant settledAt,
      @Nullable String evidence) {

    static ParticipantView of(Participant participant) {
      return new ParticipantView(
          participant.device().value(),
          participant.wave(),
          participant.standing().word(),
          participant.calledAt().orElse(null),
          participant.settledAt().orElse(null),
          participant.evidence().map(CredentialId::toString).orElse(null));
    }
  }

  private Reply begin(Call call) throws Refused {
    call.allowQuery(Set.of());
    Order order = call.body(Order.class);
    Selection selection = Call.required("selection", order.selection()).toSelection(call.actor());
    if (Boolean.TRUE.equals(order.preview())) {
      return Reply.ok(CampaignView.preview(desk.preview(selection, call.actor())));
    }
    Campaign campaign =
        desk.begin(
            new CampaignDesk.Order(
                selection,
                Words.read("cause", Call.required("cause", order.cause()), Campaign.Cause.class),
                Call.required("comment", order.comment()),
                order.course(),
                Call.required("at_most", order.atMost())),
            call.actor());
    return Reply.ok(CampaignView.of(campaign, List.of()));
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("after", "limit"));
    Optional<String> after = call.query("after");
    Optional<UUID> before =
        after.isEmpty() ? Optional.empty() : Optional.of(Call.uuid("after", after.get()));
    return Reply.ok(
        Page.of(
                desk.list(before, call.limit(), call.actor()),
                call.limit(),
                campaign -> campaign.id().toString())
            .map(campaign -> CampaignView.of(campaign, List.of())));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(shown(Call.uuid("id", call.path("id")), call));
  }

  private CampaignView shown(UUID id, Call call) throws Refused {
    return CampaignView.of(desk.show(id, call.actor()), desk.tallies(id, call.actor()));
  }

  private Reply devices(Call call) throws Refused {
    call.allowQuery(Set.of("standing", "after", "limit"));
    Optional<String> word = call.query("standing");
    Optional<Standing> standing =
        word.isEmpty()
            ? Optional.empty()
            : Optional.of(Words.read("standing", word.get(), Standing.class));
    return Reply.ok(
        Page.of(
                desk.participants(
                    Call.uuid("id", call.path("id")),
                    standing,
                    call.query("after").orElse(""),
                    Math.min(call.limit(), Campaigns.MAX_PAGE),
                    call.actor()),
                call.limit(),
                participant -> participant.device().value())
            .map(ParticipantView::of));
  }

  private Reply freeze(Call call) throws Refused {
    call.allowQuery(Set.of());
    String reason = Call.required("reason", call.body(Act.class).reason());
    return Reply.ok(
        Page.whole(desk.freeze(reason, call.actor()))
            .map(campaign -> CampaignView.of(campaign, List.of())));
  }

  @FunctionalInterface
  private interface Move {
    Campaign move(UUID id, String why, Actor actor) throws Refused;
  }

  private Endpoint.Handler acts(Move move) {
    return call -> {
      call.allowQuery(Set.of());
      UUID id = Call.uuid("id", call.path("id"));
      String reason = Call.required("reason", call.body(Act.class).reason());
      Campaign _ = move.move(id, reason, call.actor());
      return Reply.ok(shown(id, call));
    };
  }
}

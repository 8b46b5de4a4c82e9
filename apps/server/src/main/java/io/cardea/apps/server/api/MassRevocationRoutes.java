package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import io.cardea.life.rotation.MassRevocation;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.MassRevocations.Extent;
import io.cardea.life.rotation.Selection;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Revoking many: what it would come to, the order, and how far it has come.
final class MassRevocationRoutes {
  private final MassRevocation massRevocation;

  MassRevocationRoutes(MassRevocation massRevocation) {
    this.massRevocation = massRevocation;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.post("/api/v1/revocations", Permission.REVOKE, this::revokeMany),
        Endpoint.get("/api/v1/revocations/{id}", Permission.REVOKE, this::show));
  }

  /// @param preview only say what it would come to
  /// @param atMost how many devices it may come to
  record Order(
      @Nullable SelectionBody selection,
      @Nullable String reason,
      @Nullable String since,
      @Nullable String comment,
      @Nullable Boolean preview,
      @Nullable Long atMost) {}

  /// @param id null for a preview
  record OrderView(
      @Nullable String id,
      String state,
      long devices,
      long credentials,
      long healthyDevices,
      long devicesDone,
      long devicesSpared,
      long credentialsDone,
      @Nullable String actor,
      @Nullable String comment,
      @Nullable Instant begunAt,
      @Nullable Instant endedAt) {

    static OrderView preview(Extent extent) {
      return new OrderView(
          null,
          "preview",
          extent.devices(),
          extent.credentials(),
          extent.healthy(),
          0,
          0,
          0,
          null,
          null,
          null,
          null);
    }

    static OrderView of(MassRevocationOrder order) {
      return new OrderView(
          order.id().toString(),
          order.endedAt().isPresent() ? "done" : "running",
          order.extent().devices(),
          order.extent().credentials(),
          order.extent().healthy(),
          order.devices(),
          order.spared(),
          order.credentials(),
          order.actor(),
          order.why(),
          order.begunAt(),
          order.endedAt().orElse(null));
    }
  }

  private Reply revokeMany(Call call) throws Refused {
    call.allowQuery(Set.of());
    Order order = call.body(Order.class);
    Selection selection = Call.required("selection", order.selection()).toSelection(call.actor());
    if (Boolean.TRUE.equals(order.preview())) {
      return Reply.ok(OrderView.preview(massRevocation.preview(selection, call.actor())));
    }
    RevocationBody body = new RevocationBody(order.reason(), order.since(), order.comment());
    return Reply.ok(
        OrderView.of(
            massRevocation.begin(
                selection,
                body.toReason(),
                body.toSince(),
                Call.required("comment", order.comment()),
                Call.required("at_most", order.atMost()),
                call.actor())));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(
        OrderView.of(massRevocation.show(Call.uuid("id", call.path("id")), call.actor())));
  }
}

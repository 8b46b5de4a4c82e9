package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.InventoryView;
import io.cardea.life.inventory.Permission;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.Ledger;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The ledger: decoded for reading, and as it is for verifying.
final class LedgerRoutes {
  private final InventoryView view;

  LedgerRoutes(InventoryView view) {
    this.view = view;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/ledger", Permission.AUDIT, this::list),
        Endpoint.get("/api/v1/ledger/settled", Permission.AUDIT, this::settled));
  }

  /// @param canonical the recorded bytes themselves, in base64
  record EntryView(
      long number,
      String kind,
      Instant at,
      String actor,
      @Nullable String device,
      Map<String, String> facts,
      String canonical) {

    static EntryView of(Ledger.Recorded recorded) {
      Entry entry = Entry.ofCanonical(recorded.canonical());
      return new EntryView(
          recorded.number(),
          entry.kind().word(),
          entry.at(),
          entry.actor(),
          entry.device().orElse(null),
          entry.facts(),
          Base64.getEncoder().encodeToString(recorded.canonical()));
    }
  }

  record SettledView(long number) {}

  private Reply settled(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(new SettledView(view.ledgerSettled(call.actor())));
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("after", "limit"));
    int limit = call.limit();
    Optional<String> after = call.query("after");
    long number = after.isEmpty() ? 0 : Call.number("after", after.get(), 0, Long.MAX_VALUE);
    return Reply.ok(
        Page.of(
                view.ledger(number, limit, call.actor()),
                limit,
                last -> Long.toString(last.number()))
            .map(EntryView::of));
  }
}

package io.cardea.apps.fleet;

import io.cardea.life.Fingerprint;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the ledger of a server says about a device: the only witness of a commit that is believed
/// here.
final class LedgerView {
  /// More entries than a device leaves between two attempts, by far.
  private static final int NEWEST = 100;

  private static final JsonMapper JSON = new JsonMapper();

  private final Ledger ledger;

  LedgerView(Ledger ledger) {
    this.ledger = ledger;
  }

  /// One entry, as far as it matters here.
  record Line(EntryKind kind, Instant at, String actor, Map<String, String> facts) {
    Line {
      facts = Map.copyOf(facts);
    }

    String fact(String name) {
      return facts.getOrDefault(name, "");
    }

    boolean issues(Fingerprint key) {
      return kind == EntryKind.CREDENTIAL_ISSUED && fact("key").equals(key.hex());
    }
  }

  /// When a credential for this key was first committed, among the newest entries of the device.
  Optional<Instant> issued(String device, Fingerprint key) {
    return newest(device).stream()
        .filter(line -> line.issues(key))
        .map(Line::at)
        .min(Instant::compareTo);
  }

  /// How many credentials were issued for each key of a device, among its newest entries.
  Map<Fingerprint, Long> certificates(String device) {
    return newest(device).stream()
        .filter(line -> line.kind() == EntryKind.CREDENTIAL_ISSUED)
        .collect(
            Collectors.groupingBy(
                line -> Fingerprint.parse(line.fact("key")), Collectors.counting()));
  }

  /// The newest entries about a device, oldest first.
  List<Line> newest(String device) {
    List<Line> lines = new ArrayList<>();
    for (Ledger.Recorded recorded : ledger.newestAbout(device, NEWEST)) {
      JsonNode json = JSON.readTree(recorded.canonical());
      Map<String, String> facts = new TreeMap<>();
      json.path("facts").properties().forEach(e -> facts.put(e.getKey(), e.getValue().asString()));
      lines.add(
          new Line(
              recorded.kind(),
              Instant.parse(json.path("at").asString()),
              json.path("actor").asString(),
              facts));
    }
    return lines.reversed();
  }
}

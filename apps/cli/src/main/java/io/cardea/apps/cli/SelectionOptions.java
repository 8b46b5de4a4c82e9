package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which devices an order is about; all of it has to hold.
final class SelectionOptions {
  @Option(names = "--class", paramLabel = "CLASS", description = "Only those of this class.")
  private Optional<String> deviceClass = Optional.empty();

  @Option(
      names = "--environment",
      paramLabel = "WHERE",
      description = "Only those: production (the factory), field, partner or lab.")
  private Optional<String> environment = Optional.empty();

  @Option(names = "--owner", paramLabel = "TEXT", description = "Only those of this owner.")
  private Optional<String> owner = Optional.empty();

  @Option(names = "--label", paramLabel = "NAME=VALUE", description = "Only those with it.")
  private Map<String, String> labels = new HashMap<>();

  @Option(
      names = "--authority",
      paramLabel = "ID",
      description = "Only credentials that it issued (cardea ca list).")
  private Optional<String> authority = Optional.empty();

  @Option(names = "--device", paramLabel = "DEVICE", description = "Only these; once for each.")
  private List<String> devices = new ArrayList<>();

  void into(ObjectNode body) {
    ObjectNode selection = body.putObject("selection");
    deviceClass.ifPresent(text -> selection.put("class", text));
    environment.ifPresent(text -> selection.put("environment", text));
    owner.ifPresent(text -> selection.put("owner", text));
    authority.ifPresent(text -> selection.put("authority", text));
    if (!labels.isEmpty()) {
      ObjectNode members = selection.putObject("labels");
      labels.forEach(members::put);
    }
    if (!devices.isEmpty()) {
      ArrayNode items = selection.putArray("devices");
      devices.forEach(items::add);
    }
  }
}

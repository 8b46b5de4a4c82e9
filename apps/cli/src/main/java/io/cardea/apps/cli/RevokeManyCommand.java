package io.cardea.apps.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "revoke-many",
    description = {
      "Revokes what many devices hold. Says first how many devices it takes and how many of them are"
          + " healthy, and asks.",
      "The order goes on when this command is stopped: cardea device revocation ID."
    },
    footer = {
      "",
      "Examples:",
      "  cardea device revoke-many --class sensors --reason superseded --comment 'batch 7' --preview",
      "  cardea device revoke-many --label line=2 --reason key-compromise --comment 'keys leaked'"
    })
final class RevokeManyCommand extends ApiCommand {
  private static final int BAR = 30;

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

  @Mixin private CredentialCommand.Revocation revocation = new CredentialCommand.Revocation();

  @Option(names = "--preview", description = "Only say what it would come to.")
  private boolean preview;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  void run(ApiClient api) throws CommandFailure {
    JsonNode meant = api.post(ApiClient.path("revocations"), order().put("preview", true));
    if (preview) {
      output.one(out(), meant);
      return;
    }
    long count = meant.path("devices").asLong(0);
    if (count == 0) {
      out().println("Nothing to revoke.");
      return;
    }
    err()
        .println(
            "This revokes "
                + meant.path("credentials").asLong(0)
                + " credentials of "
                + count
                + " devices. "
                + meant.path("healthy_devices").asLong(0)
                + " of them are healthy: they were seen lately, and will be locked out.");
    if (!yes && !answer().equals(Long.toString(count))) {
      throw CommandFailure.refused("Nothing was revoked.");
    }
    JsonNode begun = api.post(ApiClient.path("revocations"), order().put("at_most", count));
    output.one(out(), followed(api, begun));
  }

  private ObjectNode order() {
    ObjectNode body = revocation.body();
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
    return body;
  }

  private String answer() {
    err().print("Type the number of devices to go on: ");
    err().flush();
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line.strip();
    } catch (IOException e) {
      return ""; // nobody answered, so nobody agreed
    }
  }

  private JsonNode followed(ApiClient api, JsonNode begun) throws CommandFailure {
    JsonNode order = begun;
    while (order.path("state").asString("").equals("running")) {
      progress(order);
      try {
        TimeUnit.MILLISECONDS.sleep(250);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return order;
      }
      order = api.get(ApiClient.path("revocations", order.path("id").asString("?")), Map.of());
    }
    progress(order);
    err().println();
    return order;
  }

  private void progress(JsonNode order) {
    long all = Math.max(1, order.path("devices").asLong(1));
    long done = Math.min(all, order.path("devices_done").asLong(0));
    int filled = (int) (BAR * done / all);
    err().print("\r[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + done + "/" + all);
    err().flush();
  }
}

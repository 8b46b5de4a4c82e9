package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "why",
    description = {
      "Shows on one screen what happened to a device lately, where its credentials stand, and what it should do next."
    },
    footer = {"", "Example:", "  cardea device why pump-1"})
final class WhyCommand extends ApiCommand {
  private static final List<Column> CREDENTIALS =
      Column.of("state", "issued_at", "not_after", "proven_at", "renew_from", "renew_until", "id");
  private static final List<Column> CONTACTS =
      Column.of("at", "what", "refusal", "credential", "detail");

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
  private String id = "";

  @Override
  void run(ApiClient api) throws CommandFailure {
    JsonNode why = api.get(ApiClient.path("devices", id, "why"), Map.of());
    if (output.isJson()) {
      output.one(out(), why);
      return;
    }
    JsonNode device = why.path("device");
    line(
        String.join(
            " · ",
            text(device, "id"),
            text(device, "state"),
            "class " + text(device, "class"),
            text(device, "environment")));
    line(text(why, "summary"));
    for (JsonNode slot : why.path("slots")) {
      line("");
      line(
          "Slot "
              + text(slot, "name")
              + (slot.path("forked").asBoolean(false) ? ", FORKED" : "")
              + ", the newest credential first");
      output.list(out(), items(slot.path("credentials")), CREDENTIALS);
    }
    line("");
    line("Last contacts");
    output.list(out(), items(why.path("contacts")), CONTACTS);
    if (!why.path("failed_handshakes").isEmpty()) {
      line("");
      line("Handshakes that failed, and are likely of this device");
      output.list(out(), items(why.path("failed_handshakes")), HandshakeCommand.OF_A_DEVICE);
    }
    line("");
    line("Next: " + text(why, "next_step"));
  }

  private void line(String text) {
    out().println(Table.harmless(text));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString("-");
  }

  private static List<JsonNode> items(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items;
  }
}

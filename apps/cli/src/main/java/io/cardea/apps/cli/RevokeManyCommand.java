package io.cardea.apps.cli;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
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

  @Mixin private SelectionOptions selection = new SelectionOptions();
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
    if (!yes && !answer("Type the number of devices to go on: ").equals(Long.toString(count))) {
      throw CommandFailure.refused("Nothing was revoked.");
    }
    JsonNode begun = api.post(ApiClient.path("revocations"), order().put("at_most", count));
    output.one(out(), followed(api, begun));
  }

  private ObjectNode order() {
    ObjectNode body = revocation.body();
    selection.into(body);
    return body;
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

package io.cardea.apps.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How devices leave a factory and change owners.
final class DeviceHandingCommands {
  private DeviceHandingCommands() {}

  @Command(
      name = "hand-over",
      description = {
        "Hands a device over from the factory. Its enrolment tokens end; its next credential is"
            + " issued under the usual profile of its class."
      },
      footer = {"", "Example:", "  cardea device hand-over pump-1 --reason 'shipped'"})
  static final class HandOver extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Option(
        names = "--to",
        paramLabel = "WHERE",
        defaultValue = "field",
        description = "field, partner or lab. Default: ${DEFAULT-VALUE}.")
    private String environment = "field";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.post(
              ApiClient.path("devices", id, "hand-over"),
              body().put("reason", reason).put("environment", environment)));
    }
  }

  @Command(
      name = "transfer",
      description = {
        "Gives a device another owner. Its enrolment tokens end; what it holds goes on and is"
            + " renewed for the new owner, unless --revoke ends it."
      },
      footer = {"", "Example:", "  cardea device transfer pump-1 --owner north --reason 'sold'"})
  static final class Transfer extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Option(names = "--owner", required = true, paramLabel = "TEXT", description = "The new one.")
    private String owner = "";

    @Option(
        names = "--revoke",
        description =
            "Revoke what it holds: it comes back by its birth certificate or by a new token.")
    private boolean revoke;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.post(
              ApiClient.path("devices", id, "transfer"),
              body().put("reason", reason).put("owner", owner).put("revoke", revoke)));
    }
  }
}

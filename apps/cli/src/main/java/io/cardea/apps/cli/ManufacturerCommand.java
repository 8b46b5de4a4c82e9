package io.cardea.apps.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "manufacturer",
    description = "Manufacturers' authorities: who says which device was born with what.",
    subcommands = {
      ManufacturerCommand.Import.class,
      ManufacturerCommand.Listed.class,
      ManufacturerCommand.Remove.class
    },
    footer = {"", "Example:", "  cardea manufacturer list"})
final class ManufacturerCommand extends GroupCommand {
  @Command(
      name = "import",
      description = {
        "Trusts an authority for the birth certificates of one class in one environment, or changes"
            + " what was imported under this name."
      },
      footer = {
        "",
        "Example:",
        "  cardea manufacturer import acme --class sensors --environment production --authority root.pem"
      })
  static final class Import extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "How it is called here.")
    private String name = "";

    @Option(names = "--class", required = true, paramLabel = "CLASS", description = "Of devices.")
    private String deviceClass = "";

    @Option(
        names = "--environment",
        required = true,
        paramLabel = "WHERE",
        description = "production (the factory), field, partner or lab.")
    private String environment = "";

    @Option(
        names = "--authority",
        required = true,
        paramLabel = "FILE",
        description = "The one certificate that is trusted, in PEM.")
    private Path authority = Path.of("");

    @Option(
        names = "--chain",
        paramLabel = "FILE",
        description = "What stands between it and its devices, in PEM.")
    private Optional<Path> chain = Optional.empty();

    @Option(
        names = "--crl",
        paramLabel = "FILE",
        description = "A revocation list of it or of one below, in PEM. Once for each.")
    private List<Path> lists = new ArrayList<>();

    @Option(
        names = "--device-id",
        paramLabel = "RULE",
        description =
            "The id of a device, with {serialNumber} where that of the certificate's subject stands."
                + " Without it only devices count that were registered with their certificate.")
    private Optional<String> deviceId = Optional.empty();

    @Option(
        names = "--register",
        description = "Register a device that is not known at first sight, by that rule.")
    private boolean registers;

    @Option(names = "--owner", paramLabel = "TEXT", description = "Of devices registered so.")
    private Optional<String> owner = Optional.empty();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body =
          body()
              .put("class", deviceClass)
              .put("environment", environment)
              .put("authority_pem", TextFile.read(authority));
      if (chain.isPresent()) {
        body.put("chain_pem", TextFile.read(chain.get()));
      }
      if (!lists.isEmpty()) {
        StringBuilder all = new StringBuilder();
        for (Path list : lists) {
          all.append(TextFile.read(list)).append('\n');
        }
        body.put("revocation_lists_pem", all.toString());
      }
      deviceId.ifPresent(text -> body.put("device_id", text));
      body.put("registers", registers);
      owner.ifPresent(text -> body.put("owner", text));
      output.one(out(), api.put(ApiClient.path("manufacturers", name), body));
    }
  }

  @Command(
      name = "list",
      description = "Lists the authorities of manufacturers.",
      footer = {"", "Example:", "  cardea manufacturer list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("manufacturers");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "class", "environment", "authority", "device_id", "registers");
    }
  }

  @Command(
      name = "remove",
      description = "Trusts it no longer. Devices that were bound stay bound.",
      footer = {"", "Example:", "  cardea manufacturer remove acme"})
  static final class Remove extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "How it is called here.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.post(ApiClient.path("manufacturers", name, "remove"), body()));
    }
  }
}

package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "device",
    description = "Devices: register, find, understand and scrap them.",
    subcommands = {
      DeviceCommand.Register.class,
      DeviceCommand.Listed.class,
      DeviceCommand.Show.class,
      WhyCommand.class,
      DeviceCommand.Revoke.class,
      RevokeManyCommand.class,
      DeviceCommand.RevocationShown.class,
      DeviceCommand.Settle.class,
      DeviceHandingCommands.HandOver.class,
      DeviceHandingCommands.Transfer.class,
      DeviceImport.class,
      DeviceImport.OfFactory.class,
      DeviceCommand.QuarantineIt.class,
      DeviceCommand.Release.class,
      DeviceCommand.Scrap.class
    },
    footer = {"", "Example:", "  cardea device why pump-1"})
final class DeviceCommand extends GroupCommand {
  @Command(
      name = "register",
      description = "Registers a device. Once more with the same data changes nothing.",
      footer = {
        "",
        "Example:",
        "  cardea device register pump-1 --class sensors --serial A-4711 --site hall-3 --label line=2"
      })
  static final class Register extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The id to register.")
    private String id = "";

    @Option(
        names = "--class",
        required = true,
        paramLabel = "CLASS",
        description = "Its device class (cardea class list).")
    private String deviceClass = "";

    @Option(names = "--serial", paramLabel = "TEXT", description = "The manufacturer's number.")
    private Optional<String> serial = Optional.empty();

    @Option(names = "--owner", paramLabel = "TEXT", description = "Who answers for it.")
    private Optional<String> owner = Optional.empty();

    @Option(
        names = "--environment",
        paramLabel = "WHERE",
        description = "production (the factory), field, partner or lab.")
    private Optional<String> environment = Optional.empty();

    @Option(names = "--site", paramLabel = "TEXT", description = "The place.")
    private Optional<String> site = Optional.empty();

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "Once for each label.")
    private Map<String, String> labels = new HashMap<>();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("id", id).put("class", deviceClass);
      serial.ifPresent(text -> body.put("serial", text));
      owner.ifPresent(text -> body.put("owner", text));
      environment.ifPresent(text -> body.put("environment", text));
      site.ifPresent(text -> body.put("site", text));
      if (!labels.isEmpty()) {
        ObjectNode members = body.putObject("labels");
        labels.forEach(members::put);
      }
      output.one(out(), api.post(ApiClient.path("devices"), body));
    }
  }

  @Command(
      name = "list",
      description = "Lists devices by id.",
      footer = {
        "",
        "Examples:",
        "  cardea device list --class sensors --state enrolled",
        "  cardea device list --label line=2 --label hall=north",
        "  cardea device list --search 4711",
        "  cardea device list --all --output json"
      })
  static final class Listed extends ApiCommand.Listing {
    @Option(names = "--class", paramLabel = "CLASS", description = "Only those of this class.")
    private Optional<String> deviceClass = Optional.empty();

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only those: registered, enrolled, quarantined or scrapped.")
    private Optional<String> state = Optional.empty();

    @Option(names = "--owner", paramLabel = "TEXT", description = "Only those of this owner.")
    private Optional<String> owner = Optional.empty();

    @Option(
        names = "--label",
        paramLabel = "NAME=VALUE",
        description = "Only those with it; once for each label.")
    private List<String> labels = new ArrayList<>();

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only ids that begin so.")
    private Optional<String> prefix = Optional.empty();

    @Option(
        names = "--search",
        paramLabel = "TEXT",
        description = "Only those with this in their id or serial number, 3 characters or more.")
    private Optional<String> search = Optional.empty();

    @Override
    String path() {
      return ApiClient.path("devices");
    }

    @Override
    Map<String, List<String>> filter() {
      Map<String, List<String>> filter = new HashMap<>();
      deviceClass.ifPresent(text -> filter.put("class", List.of(text)));
      state.ifPresent(text -> filter.put("state", List.of(text)));
      owner.ifPresent(text -> filter.put("owner", List.of(text)));
      prefix.ifPresent(text -> filter.put("prefix", List.of(text)));
      search.ifPresent(text -> filter.put("search", List.of(text)));
      filter.put("label", labels);
      return filter;
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "class", "state", "owner", "environment", "site", "registered_at");
    }
  }

  @Command(
      name = "show",
      description = "Shows a device.",
      footer = {"", "Example:", "  cardea device show pump-1"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("devices", id), Map.of()));
    }
  }

  @Command(
      name = "revoke",
      description =
          "Revokes every credential of a device; with a new key and a token it can come back.",
      footer = {"", "Example:", "  cardea device revoke pump-1 --reason key-compromise"})
  static final class Revoke extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Mixin private CredentialCommand.Revocation revocation = new CredentialCommand.Revocation();

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.post(ApiClient.path("devices", id, "revoke"), revocation.body()));
    }
  }

  @Command(
      name = "revocation",
      description = "Shows how far an order to revoke many has come.",
      footer = {"", "Example:", "  cardea device revocation 0b6f3c1e-8a53-4f0e-9a55-6c9f9e2f7d10"})
  static final class RevocationShown extends ApiCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "As revoke-many said.")
    private String id = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("revocations", id), Map.of()));
    }
  }

  @Command(
      name = "settle",
      description = {
        "Settles a fork: revokes what both holders have. The real device comes back with a token."
      },
      footer = {
        "",
        "Example:",
        "  cardea device settle pump-1 --reason 'the copy was in a stolen spare part'"
      })
  static final class Settle extends Act {
    @Override
    String act() {
      return "settle";
    }
  }

  @Command(
      name = "quarantine",
      description = {
        "Ends the access of a device for a while. It goes on renewing; what it holds is on hold in"
            + " the revocation lists."
      },
      footer = {
        "",
        "Example:",
        "  cardea device quarantine pump-1 --reason 'talks to somebody unknown'"
      })
  static final class QuarantineIt extends Act {
    @Override
    String act() {
      return "quarantine";
    }
  }

  @Command(
      name = "release",
      description = "Gives a device in quarantine its access back.",
      footer = {"", "Example:", "  cardea device release pump-1 --reason 'a technician looked'"})
  static final class Release extends Act {
    @Override
    String act() {
      return "release";
    }
  }

  @Command(
      name = "scrap",
      description = "Ends the life of a device and revokes its credentials. Final.",
      footer = {"", "Example:", "  cardea device scrap pump-1 --reason 'replaced by pump-7'"})
  static final class Scrap extends Act {
    @Override
    String act() {
      return "scrap";
    }
  }

  /// An operator's act upon a device, with a reason for the ledger.
  abstract static class Act extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, in your words. For the ledger.")
    private String reason = "";

    abstract String act();

    @Override
    final void run(ApiClient api) throws CommandFailure {
      output.one(
          out(), api.post(ApiClient.path("devices", id, act()), body().put("reason", reason)));
    }
  }
}

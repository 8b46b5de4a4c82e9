package io.cardea.apps.cli;

import io.cardea.life.pki.CertKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "ca",
    description = "Authorities: the CA certificates, root and issuing.",
    subcommands = {
      AuthorityCommand.Listed.class,
      AuthorityCommand.Show.class,
      AuthorityCommand.Create.class,
      AuthorityRootElsewhere.Request.class,
      AuthorityRootElsewhere.Install.class,
      AuthorityRootElsewhere.Withdraw.class,
      AuthorityImport.class,
      CeremonyCommand.class,
      AuthorityCommand.Renew.class,
      AuthorityCommand.Rekey.class,
      AuthorityCommand.Retire.class
    },
    footer = {"", "Example:", "  cardea ca list"})
final class AuthorityCommand extends GroupCommand {
  static final String KEYS =
      "ec-p256, ec-p384, rsa-2048-and-up, ed25519, ml-dsa-44, ml-dsa-65 or ml-dsa-87";

  static CertKey kind(String word) {
    for (CertKey kind : CertKey.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("key: " + word + " (expected: " + KEYS + ")");
  }

  @Command(
      name = "list",
      description = "Lists the authorities, those among them that wait for a certificate.",
      footer = {"", "Example:", "  cardea ca list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("authorities");
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "kind", "name", "state", "key", "key_home", "not_after");
    }
  }

  @Command(
      name = "show",
      description = "Shows an authority and its certificates.",
      footer = {"", "Example:", "  cardea ca show issuing"})
  static final class Show extends ApiCommand {
    @Parameters(
        index = "0",
        paramLabel = "AUTHORITY",
        description = "The id of the authority, or its name.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("authorities", name), Map.of()));
    }
  }

  /// What is said of a new key.
  static final class NewKey {
    @Option(names = "--key", paramLabel = "KEY", description = "Its kind: " + KEYS + ".")
    Optional<String> kind = Optional.empty();

    @Option(
        names = "--home",
        paramLabel = "HOME",
        description = "Where it lives: software or pkcs11. Default: as the server's keys.home.")
    Optional<String> home = Optional.empty();

    void into(ObjectNode body) {
      kind.ifPresent(word -> body.put("key", word));
      home.ifPresent(word -> body.put("key_home", word));
    }
  }

  /// How long a certificate of a CA lives.
  static final class Life {
    @Option(
        names = "--life",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description =
            "How long its certificate lives, and never longer than its root's. Default: 20 years"
                + " for a root, else 5.")
    Optional<Duration> life = Optional.empty();

    void into(ObjectNode body) {
      life.ifPresent(time -> body.put("life_seconds", time.toSeconds()));
    }
  }

  @Command(
      name = "create",
      description = "Makes an issuing authority under a root that is here, or a root.",
      footer = {
        "",
        "Examples:",
        "  cardea ca create 'Meters CA'",
        "  cardea ca create 'Root 2' --root --key ec-p384 --home pkcs11",
        "  cardea ca create 'Line 7 CA' --under 'Root 2' --life 730d"
      })
  static final class Create extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--root", description = "A root.")
    private boolean root;

    @Option(
        names = "--under",
        paramLabel = "ROOT",
        description = "The name of its root. Default: the first that is active.")
    private Optional<String> under = Optional.empty();

    @Option(
        names = "--subject",
        paramLabel = "NAME",
        description = "Its name in certificates, such as CN=Factory CA,O=Example.")
    private Optional<String> subject = Optional.empty();

    @Mixin private NewKey key = new NewKey();
    @Mixin private Life life = new Life();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("name", name).put("kind", root ? "root" : "issuing");
      body.put("key", root ? "ec-p384" : "ec-p256");
      under.ifPresent(other -> body.put("under", other));
      subject.ifPresent(text -> body.put("subject", text));
      key.into(body);
      life.into(body);
      output.one(out(), api.post(ApiClient.path("authorities"), body));
    }
  }

  @Command(
      name = "renew",
      description = {
        "Gives an authority a new certificate for the same key.",
        "",
        "One whose root is elsewhere gets a certificate request for it."
      },
      footer = {
        "",
        "Examples:",
        "  cardea ca renew 'Meters CA'",
        "  cardea ca renew 'Meters CA' --life 730d"
      })
  static final class Renew extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the authority.")
    private String name = "";

    @Option(
        names = "--replaces",
        paramLabel = "FINGERPRINT",
        description =
            "The certificate that is to be followed; if it was followed already, nothing is made."
                + " Default: the one that is there.")
    private Optional<String> replaces = Optional.empty();

    @Mixin private Life life = new Life();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body =
          body().put("replaces", present(api, name, replaces, "certificate_fingerprint"));
      life.into(body);
      output.one(out(), api.post(ApiClient.path("authorities", name, "renew"), body));
    }
  }

  @Command(
      name = "rekey",
      description = {
        "Gives an authority a new key under the same name; the generation before it retires.",
        "",
        "Generations of a root sign each other, so that who trusts one gets to the other. An"
            + " authority whose root is elsewhere gets a certificate request."
      },
      footer = {
        "",
        "Examples:",
        "  cardea ca rekey 'Meters CA'",
        "  cardea ca rekey 'Meters CA' --home pkcs11"
      })
  static final class Rekey extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the authority.")
    private String name = "";

    @Option(
        names = "--replaces",
        paramLabel = "ID",
        description =
            "The generation that is to be followed; if it was followed already, nothing is made."
                + " Default: the one that is there.")
    private Optional<String> replaces = Optional.empty();

    @Mixin private NewKey key = new NewKey();
    @Mixin private Life life = new Life();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("replaces", present(api, name, replaces, "id"));
      key.into(body);
      life.into(body);
      output.one(out(), api.post(ApiClient.path("authorities", name, "rekey"), body));
    }
  }

  @Command(
      name = "retire",
      description = "Ends the issuing of an authority. It goes on signing its revocation lists.",
      footer = {"", "Example:", "  cardea ca retire 'Meters CA'"})
  static final class Retire extends ApiCommand {
    @Parameters(
        index = "0",
        paramLabel = "AUTHORITY",
        description = "The id of the authority, or its name.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.post(ApiClient.path("authorities", name, "retire"), body()));
    }
  }

  private static String present(ApiClient api, String name, Optional<String> said, String member)
      throws CommandFailure {
    if (said.isPresent()) {
      return said.get();
    }
    JsonNode there = api.get(ApiClient.path("authorities", name), Map.of());
    return there.path(member).asString("");
  }

  /// The text of a PEM file.
  static String text(Path file) throws CommandFailure {
    try {
      if (java.nio.file.Files.size(file) > 64 * 1024) {
        throw CommandFailure.refused(file + " is too large for a certificate");
      }
      return java.nio.file.Files.readString(file);
    } catch (java.io.IOException e) {
      throw CommandFailure.refused("Cannot read " + file + ": " + e.getMessage());
    }
  }
}

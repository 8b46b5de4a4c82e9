package io.cardea.apps.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "profile",
    description = "Certificate profiles: what a certificate may contain, and for how long.",
    subcommands = {
      ProfileCommand.Listed.class,
      ProfileCommand.Show.class,
      ProfileCommand.Save.class
    },
    footer = {"", "Example:", "  cardea profile list"})
final class ProfileCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the profiles.",
      footer = {"", "Example:", "  cardea profile list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("profiles");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "life_seconds", "allowed_keys", "extended_key_usage");
    }
  }

  @Command(
      name = "show",
      description = "Shows a profile.",
      footer = {"", "Example:", "  cardea profile show device"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PROFILE", description = "The name of the profile.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("profiles", name), Map.of()));
    }
  }

  @Command(
      name = "save",
      description = "Saves a profile, new or changed. What was issued before stays.",
      footer = {
        "",
        "Examples:",
        "  cardea profile save meters --like device --life 365d",
        "  cardea profile save meters --life 180d --backdate 1h",
        "  cardea profile save meters --authority 'Meters CA'",
        "  cardea profile save reports --like device --use document-signing --key ml-dsa-65"
      })
  static final class Save extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PROFILE", description = "Its name.")
    private String name = "";

    @Option(
        names = "--like",
        paramLabel = "PROFILE",
        description = "The profile to start from. Default: the one that is changed.")
    private Optional<String> like = Optional.empty();

    @Option(
        names = "--life",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long its certificates live.")
    private Optional<Duration> life = Optional.empty();

    @Option(
        names = "--backdate",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How far they begin in the past, for devices whose clocks are slow.")
    private Optional<Duration> backdate = Optional.empty();

    @Option(
        names = "--authority",
        paramLabel = "NAME",
        description = "Who issues under it; \"\" for the usual authority.")
    private Optional<String> authority = Optional.empty();

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description =
            "A kind of key that its certificates may have, again for each: "
                + AuthorityCommand.KEYS
                + ".")
    private List<String> keys = List.of();

    @Option(
        names = "--use",
        paramLabel = "USE",
        description =
            "What they are for, again for each: client-auth, server-auth or document-signing. Keys of"
                + " ML-DSA are for document-signing alone.")
    private List<String> uses = List.of();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body();
      if (!keys.isEmpty()) {
        keys.forEach(body.putArray("allowed_keys")::add);
      }
      if (!uses.isEmpty()) {
        uses.forEach(body.putArray("extended_key_usage")::add);
      }
      authority.ifPresent(other -> body.put("authority", other));
      like.ifPresent(other -> body.put("like", other));
      life.ifPresent(time -> body.put("life_seconds", time.toSeconds()));
      backdate.ifPresent(time -> body.put("backdate_seconds", time.toSeconds()));
      output.one(out(), api.put(ApiClient.path("profiles", name), body));
    }
  }
}

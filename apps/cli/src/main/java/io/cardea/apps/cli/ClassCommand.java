package io.cardea.apps.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "class",
    description = "Device classes: what such devices have in common.",
    subcommands = {ClassCommand.Listed.class, ClassCommand.Show.class, ClassCommand.Create.class},
    footer = {"", "Example:", "  cardea class show sensors"})
final class ClassCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the classes.",
      footer = {"", "Example:", "  cardea class list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("classes");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "profile", "longest_silence_seconds", "grace_seconds", "on_fork");
    }
  }

  @Command(
      name = "show",
      description = "Shows a class, with what follows from its life and its longest silence.",
      footer = {"", "Example:", "  cardea class show sensors"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CLASS", description = "The name of the class.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("classes", name), java.util.Map.of()));
    }
  }

  @Command(
      name = "create",
      description = "Creates a class.",
      footer = {
        "",
        "Example:",
        "  cardea class create meters --profile device --longest-silence 30d --grace 90d"
      })
  static final class Create extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CLASS", description = "Its name.")
    private String name = "";

    @Option(
        names = "--profile",
        required = true,
        paramLabel = "PROFILE",
        description = "The certificate profile of its devices (cardea profile list).")
    private String profile = "";

    @Option(
        names = "--longest-silence",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long a healthy device may say nothing, for instance 30d.")
    private Optional<Duration> longestSilence = Optional.empty();

    @Option(
        names = "--grace",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long after its expiry a credential still renews as if it were valid.")
    private Optional<Duration> grace = Optional.empty();

    @Option(
        names = "--settling",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long the programs of one device may disagree after a renewal.")
    private Optional<Duration> settling = Optional.empty();

    @Option(
        names = "--candidates-per-tenth",
        paramLabel = "N",
        description = "How many new keys may be staged per tenth of a credential's life.")
    private Optional<Integer> candidates = Optional.empty();

    @Option(
        names = "--on-fork",
        paramLabel = "WHAT",
        description = "When two holders use one lineage in turns: alarm, or recovery-door.")
    private Optional<String> onFork = Optional.empty();

    @Option(
        names = "--keeps-recovery-token",
        description = "Each device holds a recovery token of its own.")
    private boolean keepsRecoveryToken;

    @Option(names = "--approval", description = "An operator says yes to each enrolment.")
    private boolean approval;

    @Option(
        names = "--birth-certificate-recovers",
        description = "The birth certificate is a second proof of recovery.")
    private boolean birthRecovers;

    @Option(
        names = "--factory-profile",
        paramLabel = "PROFILE",
        description = "Of what is issued while a device is in production.")
    private Optional<String> factoryProfile = Optional.empty();

    @Option(
        names = "--quarantine-profile",
        paramLabel = "PROFILE",
        description = "Of what is issued while a device is in quarantine.")
    private Optional<String> quarantineProfile = Optional.empty();

    @Option(
        names = "--late-wants-credential",
        description =
            "A device that comes back after the grace shows its expired credential, or its key,"
                + " beside the second proof.")
    private boolean lateWantsCredential;

    @Option(
        names = "--late-approval",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description =
            "How long after the expiry an operator has to say yes as well, and the device comes"
                + " back in quarantine.")
    private Optional<Duration> lateApproval = Optional.empty();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("name", name).put("profile", profile);
      longestSilence.ifPresent(time -> body.put("longest_silence_seconds", time.toSeconds()));
      grace.ifPresent(time -> body.put("grace_seconds", time.toSeconds()));
      settling.ifPresent(time -> body.put("settling_seconds", time.toSeconds()));
      candidates.ifPresent(number -> body.put("candidates_per_tenth", number));
      onFork.ifPresent(what -> body.put("on_fork", what));
      if (keepsRecoveryToken) {
        body.put("keeps_recovery_token", true);
      }
      if (approval) {
        body.put("approval", true);
      }
      if (birthRecovers) {
        body.put("birth_certificate_recovers", true);
      }
      factoryProfile.ifPresent(other -> body.put("factory_profile", other));
      quarantineProfile.ifPresent(other -> body.put("quarantine_profile", other));
      if (lateWantsCredential) {
        body.put("late_wants_credential", true);
      }
      lateApproval.ifPresent(time -> body.put("late_approval_seconds", time.toSeconds()));
      output.one(out(), api.post(ApiClient.path("classes"), body));
    }
  }
}

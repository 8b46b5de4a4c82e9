package io.cardea.apps.cli;

import io.cardea.apps.agent.AgentCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/// `cardea`: what a person types.
@Command(
    name = "cardea",
    description = "Machine identities for IoT fleets: from first boot to scrap.",
    subcommands = {
      ServerCommand.class,
      AgentCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      ConfigCommand.class,
      DeviceCommand.class,
      TokenCommand.class,
      CredentialCommand.class,
      CertificateCommand.class,
      ManufacturerCommand.class,
      EnrolmentCommand.class,
      ClassCommand.class,
      AudienceCommand.class,
      SessionCommand.class,
      SlotCommand.class,
      ProfileCommand.class,
      AuthorityCommand.class,
      CampaignCommand.class,
      CalendarCommand.class,
      PlanCommand.class,
      EmergencyCommand.class,
      FreezeCommand.class,
      DoctorCommand.class,
      HandshakeCommand.class,
      LedgerCommand.class,
      ApiTokenCommand.class,
      ExplainCommand.class,
      CompletionCommand.class,
      VersionCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused, or failed a check; the message has a code for `cardea explain`",
      "2:the command line is wrong",
      "3:the server cannot be reached, or is not the one that is trusted"
    },
    footer = {
      "",
      "Examples:",
      "  cardea config check",
      "  cardea device register pump-1 --class sensors",
      "  cardea token create pump-1",
      "  cardea device why pump-1"
    })
public final class Cardea {
  private Cardea() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int exitCode = commandLine(out, err).execute(args);
    out.flush();
    System.exit(exitCode);
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine root = new CommandLine(new Cardea());
    addHelp(root.getCommandSpec());
    return root.setOut(out)
        .setErr(err)
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, command, _) -> {
          if (failure instanceof CommandFailure known) {
            command.getErr().println(known.getMessage());
            return known.exitCode();
          }
          // A fault of ours: let picocli print all of it, so that it can be reported.
          throw failure;
        });
  }

  /// Every command has --help and --version, whoever wrote it.
  private static void addHelp(CommandSpec spec) {
    spec.mixinStandardHelpOptions(true).versionProvider(new VersionCommand());
    spec.subcommands().values().forEach(command -> addHelp(command.getCommandSpec()));
  }
}

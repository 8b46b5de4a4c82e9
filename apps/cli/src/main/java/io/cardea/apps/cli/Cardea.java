package io.cardea.apps.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `cardea`: what a person types.
@Command(
    name = "cardea",
    description = "Machine identities for IoT fleets: from first boot to scrap.",
    versionProvider = VersionCommand.class,
    subcommands = {
      ConfigCommand.class,
      DeviceCommand.class,
      TokenCommand.class,
      CredentialCommand.class,
      ClassCommand.class,
      ProfileCommand.class,
      AuthorityCommand.class,
      LedgerCommand.class,
      ApiTokenCommand.class,
      ExplainCommand.class,
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
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show how to use this command.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean version;

  private Cardea() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int exitCode = commandLine(out, err).execute(args);
    out.flush();
    System.exit(exitCode);
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return new CommandLine(new Cardea())
        .setOut(out)
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
}

package io.cardea.apps.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    description = "Prints a script with which bash and zsh complete commands and options.",
    footer = {
      "",
      "Examples:",
      "  cardea completion",
      "",
      "For this shell: source <(cardea completion). For good, under bash:",
      "cardea completion > ~/.local/share/bash-completion/completions/cardea"
    })
final class CompletionCommand extends PrintingCommand {
  @Override
  public Integer call() {
    out().print(AutoComplete.bash("cardea", spec().root().commandLine()));
    return ExitCode.OK;
  }
}

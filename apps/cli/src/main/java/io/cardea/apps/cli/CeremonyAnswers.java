package io.cardea.apps.cli;

import java.io.Console;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Who answers at a ceremony: people at a terminal, a file, or nobody (`--yes`).
interface CeremonyAnswers {
  /// @param id what the question is called in a file
  String ask(String id, String question) throws CommandFailure;

  /// How often a wrong answer may be given again.
  default int tries() {
    return 1;
  }

  static CeremonyAnswers terminal() throws CommandFailure {
    Console console = console();
    return new CeremonyAnswers() {
      @Override
      public String ask(String id, String question) throws CommandFailure {
        return Optional.ofNullable(console.readLine("%s ", question))
            .map(String::strip)
            .orElseThrow(() -> CommandFailure.refused("The ceremony was broken off."));
      }

      @Override
      public int tries() {
        return 3;
      }
    };
  }

  /// @param text a line for each question: its id, a colon, the answer
  static CeremonyAnswers file(String text) throws CommandFailure {
    Map<String, String> answers = new HashMap<>();
    for (String line : text.lines().map(String::strip).toList()) {
      int colon = line.indexOf(':');
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (colon < 1) {
        throw CommandFailure.refused("Answers: " + line + " (expected: question: answer)");
      }
      answers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
    }
    return (id, question) ->
        Optional.ofNullable(answers.get(id))
            .orElseThrow(
                () -> CommandFailure.refused("No answer to " + id + " in the file: " + question));
  }

  static Console console() throws CommandFailure {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .orElseThrow(() ->
            CommandFailure.refused(
                "There is no terminal: give --answers FILE or --yes, and --passphrase-file."));
  }
}

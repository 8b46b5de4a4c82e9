package io.cardea.apps.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "enrolment",
    description = "Enrolments on which an operator decides, in classes that ask for it.",
    subcommands = {
      EnrolmentCommand.Listed.class,
      EnrolmentCommand.Approve.class,
      EnrolmentCommand.Refuse.class
    },
    footer = {"", "Example:", "  cardea enrolment list"})
final class EnrolmentCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the enrolments that wait, oldest first.",
      footer = {"", "Example:", "  cardea enrolment list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("enrolments");
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "device", "key_fingerprint", "requested_at");
    }
  }

  @Command(
      name = "approve",
      description = "Says yes. The device gets its certificate when it asks again.",
      footer = {
        "",
        "Example:",
        "  cardea enrolment approve 0f8fad5b-d9cb-469f-a165-70867728950e --reason 'seen at line 3'"
      })
  static final class Approve extends Decide {
    @Override
    String word() {
      return "approve";
    }
  }

  @Command(
      name = "refuse",
      description = "Says no to this key of this device.",
      footer = {
        "",
        "Example:",
        "  cardea enrolment refuse 0f8fad5b-d9cb-469f-a165-70867728950e --reason 'nobody asked'"
      })
  static final class Refuse extends Decide {
    @Override
    String word() {
      return "refuse";
    }
  }

  /// An operator's word.
  abstract static class Decide extends ApiCommand {
    @Parameters(index = "0", paramLabel = "ENROLMENT", description = "As the list names it.")
    private String id = "";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    abstract String word();

    @Override
    final void run(ApiClient api) throws CommandFailure {
      output.one(
          out(), api.post(ApiClient.path("enrolments", id, word()), body().put("reason", reason)));
    }
  }
}

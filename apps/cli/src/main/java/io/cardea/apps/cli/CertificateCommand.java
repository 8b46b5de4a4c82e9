package io.cardea.apps.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "certificate",
    description = "Certificates, whoever issued them.",
    subcommands = {CertificateCommand.Check.class},
    footer = {"", "Example:", "  cardea certificate check device.pem"})
final class CertificateCommand extends GroupCommand {
  @Command(
      name = "check",
      description = {
        "Says what would be decided about a certificate, step by step, and why. Nothing is written."
      },
      footer = {
        "",
        "Examples:",
        "  cardea certificate check device.pem --chain between.pem",
        "  cardea certificate check device.pem --at 2030-01-01T00:00:00Z"
      })
  static final class Check extends ApiCommand {
    @Parameters(index = "0", paramLabel = "FILE", description = "The certificate, in PEM.")
    private Path file = Path.of("");

    @Option(
        names = "--chain",
        paramLabel = "FILE",
        description = "What may stand between it and an authority, in PEM.")
    private Optional<Path> chain = Optional.empty();

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "As of when, as of RFC 3339 in UTC. Default: now.")
    private Optional<String> at = Optional.empty();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("certificate_pem", TextFile.read(file));
      if (chain.isPresent()) {
        body.put("chain_pem", TextFile.read(chain.get()));
      }
      at.ifPresent(text -> body.put("at", text));
      JsonNode report = api.post(ApiClient.path("certificates", "check"), body);
      if (output.isJson()) {
        output.one(out(), report);
      } else {
        for (JsonNode name : report.path("path")) {
          out().println("path     " + Table.harmless(name.asString("")));
        }
        List<String> columns = List.of("outcome", "check", "subject", "why", "rule");
        for (JsonNode step : report.path("steps")) {
          StringBuilder line = new StringBuilder();
          for (String column : columns) {
            String text = step.path(column).asString("");
            if (!text.isEmpty()) {
              line.append(column.equals("outcome") ? "%-8s".formatted(text) : text).append("  ");
            }
          }
          out().println(Table.harmless(line.toString().strip()));
        }
        out().println(Table.harmless(report.path("decision").asString("")));
      }
      if (!report.path("good").asBoolean(true)) {
        throw CommandFailure.refused("The certificate would be refused.");
      }
    }
  }
}

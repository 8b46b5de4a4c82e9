package io.cardea.apps.cli;

import io.cardea.apps.server.HostRestore;
import io.cardea.apps.server.PastRecords;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.DatabaseLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "restore",
    description = {
      "Fills an empty database from a backup: the embedded one, or your own PostgreSQL.",
      "",
      "On the host, without a server. The same file moves from the one to the other. Until it is"
          + " through, no server starts on that database; when it was interrupted, run it again, and"
          + " it begins anew. See docs/operations/backup.md."
    },
    footer = {
      "",
      "Examples:",
      "  cardea restore /backup/cardea-1 --data /var/lib/cardea --ledger-export ledger.jsonl",
      "  CARDEA_DATABASE_PASSWORD=… cardea restore /backup/cardea-1 --into"
          + " 'jdbc:postgresql://db/cardea?sslmode=verify-full&sslrootcert=ca.pem' --user cardea"
    })
final class RestoreCommand extends PrintingCommand {
  @Parameters(paramLabel = "FILE", description = "The backup.")
  private Path file = Path.of("");

  @ArgGroup(multiplicity = "1")
  private @Nullable Where where;

  @Mixin private BackupCommand.BackupKeyOptions keys = new BackupCommand.BackupKeyOptions();

  @Option(
      names = "--force",
      description = "Throw away all that the database holds now, and restore into it.")
  private boolean force;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "",
      description = "As whom to come to --into. Its password: CARDEA_DATABASE_PASSWORD.")
  private String user = "";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "A file with that password, instead of the environment.")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--ledger-export",
      paramLabel = "FILE",
      description =
          "What `cardea ledger export FILE` wrote: what happened since the backup is replayed from"
              + " it.")
  private Optional<Path> ledger = Optional.empty();

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = "A revocation list that was published since: what it names stays revoked.")
  private List<Path> lists = List.of();

  @Mixin private Output output = new Output();

  /// Exactly one of the two.
  static final class Where {
    @Option(
        names = "--data",
        paramLabel = "DIRECTORY",
        required = true,
        description = "The data directory of a server with its own database.")
    private Optional<Path> data = Optional.empty();

    @Option(
        names = "--into",
        paramLabel = "URL",
        required = true,
        description = "One's own PostgreSQL, as in database.url.")
    private Optional<String> url = Optional.empty();
  }

  @Override
  public Integer call() throws CommandFailure {
    if (where == null) {
      throw new CommandLine.ParameterException(
          spec().commandLine(), "Missing: --data=DIRECTORY or --into=URL");
    }
    HostRestore.Order order =
        new HostRestore.Order(
            file, keys.keys(), target(where), force, new PastRecords(ledger, lists));
    try (ProgressLine line = new ProgressLine(err())) {
      HostRestore.Restored restored = HostRestore.restore(order, line);
      line.clear();
      show(restored, where);
    } catch (StartFailure e) {
      throw CommandFailure.refused("Not restored: " + e.getMessage());
    }
    return ExitCode.OK;
  }

  private HostRestore.Target target(Where where) throws CommandFailure {
    if (where.data.isPresent()) {
      return new HostRestore.Target.DataDirectory(where.data.get().toAbsolutePath());
    }
    String url = where.url.orElseThrow();
    Optional<String> complaint = DatabaseLink.complaint(url);
    if (complaint.isPresent()) {
      throw CommandFailure.refused("Not restored: --into " + complaint.get());
    }
    try {
      String password =
          passwordFile.isPresent()
              ? Files.readString(passwordFile.get()).strip()
              : Optional.ofNullable(System.getenv("CARDEA_DATABASE_PASSWORD")).orElse("");
      return new HostRestore.Target.External(url, user, password);
    } catch (IOException e) {
      throw CommandFailure.refused("The password file cannot be read: " + e.getMessage());
    }
  }

  private void show(HostRestore.Restored restored, Where where) {
    ObjectNode one = ApiCommand.body();
    one.put("made", restored.inside().made().toString());
    one.put("product", restored.inside().product());
    one.put("schema", restored.inside().schema());
    one.put("ledger", restored.inside().ledger());
    one.put("rows", restored.inside().tables().stream().mapToLong(table -> table.rows()).sum());
    one.put("wrapping_key", restored.wrappingKey().map(Path::toString).orElse("not in the backup"));
    PastRecords.Brought brought = restored.brought();
    one.put("entries_since", brought.entries());
    one.put("replayed", brought.replayed());
    one.put("revoked_by_lists", brought.revoked());
    output.one(out(), one);
    brought
        .missing()
        .forEach((kind, count) ->
            err()
                .println(
                    count
                        + " "
                        + kind
                        + ": the ledger remembers the act, not what was made. Make it again."));
    if (ledger.isEmpty()) {
      err()
          .println(
              "No --ledger-export: what was revoked, retired or registered since "
                  + restored.inside().made()
                  + " is forgotten, unless a --crl told of it.");
    }
    if (restored.wrappingKey().isEmpty() && where.data.isPresent()) {
      Path key = where.data.get().resolve("wrapping.key");
      if (!Files.exists(key)) {
        err().println("Put the server's wrapping.key at " + key + " before it starts.");
      }
    }
  }
}

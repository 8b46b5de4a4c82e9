package io.cardea.apps.cli;

import io.cardea.apps.server.BackupKeys;
import io.cardea.apps.server.HostBackup;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Backups;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "backup",
    description = {
      "Copies everything into one file, as of one moment, while the server runs.",
      "",
      "On the server's own host, for who owns its data directory; it works without the server too."
          + " The file holds the authorities' keys as the database holds them: wrapped. What opens"
          + " them, wrapping.key in the data directory, is not in it, unless --with-wrapping-key"
          + " asks for it: keep that file too, elsewhere. See docs/operations/backup.md."
    },
    subcommands = BackupCommand.Verify.class,
    footer = {
      "",
      "Examples:",
      "  cardea backup /backup/cardea-1",
      "  cardea backup /backup/cardea-1 --to safe.pem --with-wrapping-key",
      "  ssh root@cardea cardea backup - --to safe.pem > cardea-1",
      "  cardea backup verify /backup/cardea-1"
    })
final class BackupCommand extends PrintingCommand {
  private static final String STANDARD_OUTPUT = "-";

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description =
          "The new file. It has that name once it is whole and on the disk. - for standard output.")
  private @Nullable Path file;

  @Option(
      names = "--to",
      paramLabel = "CERTIFICATE",
      description =
          "PEM file with the certificate (RSA or EC) of the one who can read the backup; nobody else"
              + " can.")
  private Optional<Path> recipient = Optional.empty();

  @Option(
      names = "--with-wrapping-key",
      description = "Take the wrapping key along, in a backup that is sealed by --to.")
  private boolean withWrappingKey;

  @Option(names = "--replace", description = "Replace a file of that name.")
  private boolean replace;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The server's YAML file. Default: as the server finds it.")
  private Optional<Path> configuration = Optional.empty();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws CommandFailure {
    if (file == null) {
      throw new CommandLine.ParameterException(
          spec().commandLine(), "Missing required parameter: FILE");
    }
    Config config = ServerCommand.read(configuration);
    Backups.Form form = new Backups.Form(recipient(), withWrappingKey);
    try (ProgressLine line = new ProgressLine(err())) {
      if (file.toString().equals(STANDARD_OUTPUT)) {
        toStandardOutput(config, form, line);
      } else {
        toFile(file, config, form, line);
      }
    } catch (Refused refused) {
      throw CommandFailure.refused(
          "Refused (" + refused.refusal().code() + "): " + refused.detail());
    } catch (StartFailure | IOException e) {
      throw CommandFailure.refused("No backup was made: " + e.getMessage());
    }
    return ExitCode.OK;
  }

  private void toFile(Path file, Config config, Backups.Form form, ProgressLine line)
      throws StartFailure, Refused, IOException {
    try (WholeFile whole = new WholeFile(file, replace)) {
      Backups.Copied copied = HostBackup.make(config, whole.out(), form, line);
      whole.keep();
      line.clear();
      show(out(), file, copied);
    }
  }

  /// Whoever reads has no word from us whether all of it came; the file itself says so, to `backup
  /// verify`, and the exit code.
  private void toStandardOutput(Config config, Backups.Form form, ProgressLine line)
      throws StartFailure, Refused, IOException {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
      throw new IOException("a terminal is no place for it: send it to a file, or into a pipe");
    }
    try (OutputStream stream =
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
      Backups.Copied copied = HostBackup.make(config, stream, form, line);
      stream.flush();
      line.clear();
      show(err(), Path.of(STANDARD_OUTPUT), copied);
    }
  }

  private Optional<String> recipient() throws CommandFailure {
    try {
      return recipient.isPresent()
          ? Optional.of(Files.readString(recipient.get()))
          : Optional.empty();
    } catch (IOException e) {
      throw CommandFailure.refused("The recipient's certificate cannot be read: " + e.getMessage());
    }
  }

  private void show(PrintWriter out, Path file, Backups.Copied copied) {
    ObjectNode one = ApiCommand.body();
    one.put("file", file.toString());
    one.put("made", copied.at().toString());
    one.put("rows", copied.rows());
    one.put("bytes", copied.bytes());
    one.put("digest", copied.digest());
    one.put("ledger", copied.ledger());
    output.one(out, one);
  }

  @Command(
      name = "verify",
      description = {
        "Reads all of a backup, and says what it found: digest, seal, tables, the ledger's chain.",
        "",
        "Any change of a byte is found. Of a sealed backup, without its recipient's key, the digest"
            + " alone is looked at."
      },
      footer = {
        "",
        "Examples:",
        "  cardea backup verify /backup/cardea-1",
        "  cardea backup verify /backup/cardea-1 --key safe.key --wrapping-key wrapping.key",
        "  cardea backup verify /backup/cardea-1 --output json"
      })
  static final class Verify extends PrintingCommand {
    @Parameters(paramLabel = "FILE", description = "The backup.")
    private Path file = Path.of("");

    @Mixin private BackupKeyOptions keys = new BackupKeyOptions();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
      try (ProgressLine line = new ProgressLine(err())) {
        HostBackup.Verified verified = HostBackup.verify(file, keys.keys(), line);
        line.clear();
        show(verified);
      } catch (StartFailure e) {
        throw CommandFailure.refused("The backup is not good: " + e.getMessage());
      }
      return ExitCode.OK;
    }

    private void show(HostBackup.Verified verified) {
      ObjectNode one = ApiCommand.body();
      one.put("file", file.toString());
      one.put("bytes", verified.bytes());
      one.put("digest", verified.digest());
      one.put("encrypted", verified.encrypted());
      one.put(
          "seal",
          switch (verified.seal()) {
            case NONE -> "none";
            case NOT_CHECKED -> "not checked: give --wrapping-key";
            case RIGHT -> "right";
          });
      verified
          .inside()
          .ifPresent(inside -> {
            one.put("made", inside.made().toString());
            one.put("product", inside.product());
            one.put("schema", inside.schema());
            one.put("wrapping_key", verified.withWrappingKey());
            one.put("ledger", inside.ledger());
            ArrayNode facts = one.putArray("facts");
            inside.facts().forEach(facts::add);
            ObjectNode tables = one.putObject("rows");
            inside.tables().forEach(table -> tables.put(table.name(), table.rows()));
          });
      output.one(out(), one);
    }
  }

  /// What opens a backup.
  static final class BackupKeyOptions {
    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "PEM file with the recipient's private key, not encrypted.")
    private Optional<Path> key = Optional.empty();

    @Option(
        names = "--content-key",
        paramLabel = "FILE",
        description =
            "Instead of --key, the file's own key, opened elsewhere: see docs/operations/backup.md.")
    private Optional<Path> contentKey = Optional.empty();

    @Option(
        names = "--wrapping-key",
        paramLabel = "FILE",
        description = "The server's wrapping.key, to check that the server made this file.")
    private Optional<Path> wrappingKey = Optional.empty();

    BackupKeys keys() {
      return new BackupKeys(key, contentKey, wrappingKey);
    }
  }
}

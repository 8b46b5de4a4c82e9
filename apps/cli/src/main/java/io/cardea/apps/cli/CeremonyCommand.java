package io.cardea.apps.cli;

import io.cardea.apps.agent.Surroundings;
import io.cardea.apps.server.HostCeremony;
import io.cardea.life.Refused;
import io.cardea.life.pki.OfflineRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ceremony",
    description = {
      "Makes a root on a machine without a server or a network, and signs the request of an issuing"
          + " authority with it. Two people confirm each step, and a transcript is left.",
      "",
      "The folder holds the root afterwards: root.pem, root.key (the key under a passphrase, or"
          + " where in the token it is), what was signed, and a transcript for each ceremony. A root"
          + " that is there is used. See docs/operations/authorities.md."
    },
    subcommands = CeremonyCommand.Verify.class,
    footer = {
      "",
      "Examples:",
      "  cardea ca ceremony /media/root --subject 'CN=Example Root,O=Example' --request factory.csr",
      "  cardea ca ceremony /media/root --request line7.csr --module /usr/lib/softhsm/libsofthsm2.so"
          + " --token root --pin-file pin",
      "  cardea ca ceremony /media/root --revoke issued-0123456789abcdef.pem --reason superseded",
      "  cardea ca ceremony verify /media/root/transcript-20261122T101500Z.txt"
    })
final class CeremonyCommand extends PrintingCommand {
  @Parameters(paramLabel = "FOLDER", arity = "0..1", description = "Where the root is kept.")
  private @Nullable Path folder;

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      description = "The name of a new root, such as CN=Example Root,O=Example.")
  private Optional<String> subject = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "ec-p384",
      description = "The kind of a new root's key: " + AuthorityCommand.KEYS + ".")
  private String key = "ec-p384";

  @Option(
      names = "--life",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "7305d",
      description = "How long a new root lives. Default: 20 years.")
  private Duration life = Duration.ofDays(7305);

  @Option(
      names = "--request",
      paramLabel = "FILE",
      description = "The request to sign, of cardea ca request.")
  private Optional<Path> request = Optional.empty();

  @Option(
      names = "--issuing-life",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "1826d",
      description = "How long what is signed lives. Default: 5 years.")
  private Duration issuingLife = Duration.ofDays(1826);

  @Option(
      names = "--crl-url",
      paramLabel = "URL",
      description = "Where you will publish the root's revocation list, for what is signed.")
  private Optional<String> crlUrl = Optional.empty();

  @Option(
      names = "--root-url",
      paramLabel = "URL",
      description = "Where you will publish the root's certificate, for what is signed.")
  private Optional<String> rootUrl = Optional.empty();

  @Option(
      names = "--list",
      description =
          "Sign the root's revocation list, root.crl in the folder: what the last one there named,"
              + " and what is revoked now.")
  private boolean list;

  @Option(
      names = "--revoke",
      paramLabel = "FILE",
      description = "A certificate that the root signed, to be named in the list; again for each.")
  private List<Path> revoked = List.of();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      defaultValue = "unspecified",
      description = "Why: ca-compromise, affiliation-changed, superseded, cessation-of-operation.")
  private String reason = "unspecified";

  @Option(
      names = "--list-life",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "366d",
      description = "Until when the next list is promised. Default: a year.")
  private Duration listLife = Duration.ofDays(366);

  @ArgGroup(exclusive = false)
  private @Nullable InToken token;

  /// Where the key is, if not in a file.
  static final class InToken {
    @Option(
        names = "--module",
        required = true,
        paramLabel = "FILE",
        description = "The PKCS#11 module of a token for the root's key.")
    private Path module = Path.of("");

    @Option(names = "--token", required = true, paramLabel = "LABEL", description = "The token.")
    private String name = "";

    @Option(
        names = "--pin-file",
        required = true,
        paramLabel = "FILE",
        description = "Its PIN, in a file that its owner alone can read.")
    private Path pinFile = Path.of("");
  }

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "The passphrase of a key in a file; without it, the terminal is asked.")
  private Optional<Path> passphrase = Optional.empty();

  @Option(names = "--operator", paramLabel = "NAME", description = "Who acts.")
  private Optional<String> operator = Optional.empty();

  @Option(names = "--witness", paramLabel = "NAME", description = "Who watches, and confirms too.")
  private Optional<String> witness = Optional.empty();

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "The answers, a line each: its question, a colon, the answer.")
  private Optional<Path> answers = Optional.empty();

  @Option(names = "--yes", description = "Ask nobody; the transcript says that nobody was asked.")
  private boolean yes;

  @Override
  public Integer call() throws CommandFailure {
    if (folder == null) {
      throw new CommandLine.ParameterException(
          spec().commandLine(), "Missing required parameter: FOLDER");
    }
    Optional<HostCeremony.Token> inToken =
        Optional.ofNullable(token)
            .map(given -> new HostCeremony.Token(given.module, given.name, given.pinFile));
    try (HostCeremony host = new HostCeremony(inToken)) {
      new Ceremony(
              new Ceremony.Plan(
                  folder,
                  subject,
                  AuthorityCommand.kind(key),
                  life,
                  request,
                  issuingLife,
                  crlUrl,
                  rootUrl,
                  passphrase,
                  listing()),
              new Ceremony.People(
                  operator, witness, yes ? Optional.empty() : Optional.of(answers())),
              host,
              Surroundings.real().clock(),
              out())
          .hold();
    } catch (Refused refused) {
      throw CommandFailure.refused(
          "Refused (" + refused.refusal().code() + "): " + refused.detail());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw CommandFailure.refused("The ceremony was broken off: " + e.getMessage());
    }
    return ExitCode.OK;
  }

  private Optional<Ceremony.Listing> listing() throws CommandFailure {
    return list || !revoked.isEmpty()
        ? Optional.of(new Ceremony.Listing(revoked, reason(), listLife))
        : Optional.empty();
  }

  private OfflineRoot.Reason reason() throws CommandFailure {
    for (OfflineRoot.Reason each : OfflineRoot.Reason.values()) {
      if (each.name().replace('_', '-').equalsIgnoreCase(reason)) {
        return each;
      }
    }
    throw CommandFailure.refused(
        "--reason: "
            + reason
            + " (expected: unspecified, ca-compromise, affiliation-changed, superseded or"
            + " cessation-of-operation)");
  }

  private CeremonyAnswers answers() throws CommandFailure {
    return answers.isPresent()
        ? CeremonyAnswers.file(TextFile.read(answers.get()))
        : CeremonyAnswers.terminal();
  }

  @Command(
      name = "verify",
      description = {
        "Computes the digests of a transcript anew.",
        "",
        "Compare the last one with what the people wrote down: whoever can change the file can"
            + " compute it too."
      },
      footer = {
        "",
        "Example:",
        "  cardea ca ceremony verify /media/root/transcript-20261122T101500Z.txt"
      })
  static final class Verify extends PrintingCommand {
    @Parameters(paramLabel = "FILE", description = "The transcript.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws CommandFailure {
      out().println("whole; last digest " + Transcript.verify(TextFile.read(file)));
      return ExitCode.OK;
    }
  }
}

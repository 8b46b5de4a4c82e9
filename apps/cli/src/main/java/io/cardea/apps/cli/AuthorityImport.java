package io.cardea.apps.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// The password of a PKCS#12 file is read from a file or asked for: on the command line, everyone
/// on the host would see it.
@Command(
    name = "import",
    description = {
      "Takes over an authority that was elsewhere, with its key.",
      "",
      "From a PKCS#12 file, whose key is then stored as one in software, or by a key that is in the"
          + " token already and stays there."
    },
    footer = {
      "",
      "Examples:",
      "  cardea ca import 'Old CA' --pkcs12 old.p12 --password-file old.pass --crl-number 4711",
      "  cardea ca import 'Old CA' --token-key old-ca --certificate old.pem --chain root.pem"
    })
final class AuthorityImport extends ApiCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The name that it gets.")
  private String name = "";

  @ArgGroup(multiplicity = "1")
  private Source source = new Source();

  /// Where the key comes from.
  static final class Source {
    @Option(
        names = "--pkcs12",
        paramLabel = "FILE",
        description = "A PKCS#12 file with one key, its certificate, and those above it.")
    private Optional<Path> pkcs12 = Optional.empty();

    @Option(
        names = "--token-key",
        paramLabel = "LABEL",
        description = "The label, or the hexadecimal id, of a private key in the token.")
    private Optional<String> tokenKey = Optional.empty();
  }

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "The password of the PKCS#12 file, in its first line. Default: it is asked for.")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "The certificate of a key in the token, PEM.")
  private Optional<Path> certificate = Optional.empty();

  @Option(
      names = "--chain",
      paramLabel = "FILE",
      description = "Those above it, PEM, in any order.")
  private Optional<Path> chain = Optional.empty();

  @Option(
      names = "--anchor",
      paramLabel = "FILE",
      description = "The roots of which the chain has to end in one.")
  private Optional<Path> anchor = Optional.empty();

  @Option(
      names = "--crl-number",
      paramLabel = "NUMBER",
      description = "The number of its last revocation list, decimal: ours go on above it.")
  private Optional<String> crlNumber = Optional.empty();

  @Override
  void run(ApiClient api) throws CommandFailure {
    ObjectNode body = body();
    if (source.pkcs12.isPresent()) {
      try {
        body.put(
            "pkcs12", Base64.getEncoder().encodeToString(Files.readAllBytes(source.pkcs12.get())));
      } catch (IOException e) {
        throw CommandFailure.refused("Cannot read " + source.pkcs12.get() + ": " + e.getMessage());
      }
      body.put("password", password());
    }
    source.tokenKey.ifPresent(label -> body.put("token_key", label));
    put(body, "certificate_pem", certificate);
    put(body, "chain_pem", chain);
    put(body, "anchors_pem", anchor);
    crlNumber.ifPresent(number -> body.put("crl_number", number));
    output.one(out(), api.post(ApiClient.path("authorities", name, "import"), body));
  }

  private static void put(ObjectNode body, String member, Optional<Path> file)
      throws CommandFailure {
    if (file.isPresent()) {
      body.put(member, AuthorityCommand.text(file.get()));
    }
  }

  private String password() throws CommandFailure {
    if (passwordFile.isPresent()) {
      return AuthorityCommand.text(passwordFile.get()).lines().findFirst().orElse("");
    }
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(() ->
                CommandFailure.refused("Nobody to ask for the password: give --password-file"));
    char[] typed = console.readPassword("Password of the file: ");
    return typed == null ? "" : new String(typed);
  }
}

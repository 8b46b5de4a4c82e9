package io.cardea.apps.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is said when the root is elsewhere: the request goes out, certificate and chain come back.
final class AuthorityRootElsewhere {
  private AuthorityRootElsewhere() {}

  @Command(
      name = "request",
      description = {
        "Makes a key, and a certificate request for a root that is elsewhere.",
        "",
        "Standard output has the request alone. Again, it gives the same request."
      },
      footer = {
        "",
        "Examples:",
        "  cardea ca request 'Factory CA' --subject 'CN=Factory CA,O=Example' >factory.csr",
        "  cardea ca request 'Factory CA' --key ec-p384 --home pkcs11 --out factory.csr"
      })
  static final class Request extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the authority to be.")
    private String name = "";

    @Option(
        names = "--subject",
        paramLabel = "NAME",
        description = "Its name in certificates, such as CN=Factory CA,O=Example.")
    private Optional<String> subject = Optional.empty();

    @Option(names = "--out", paramLabel = "FILE", description = "Where the request is written.")
    private Optional<Path> file = Optional.empty();

    @Mixin private AuthorityCommand.NewKey key = new AuthorityCommand.NewKey();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("key", "ec-p256");
      subject.ifPresent(text -> body.put("subject", text));
      key.into(body);
      JsonNode made = api.post(ApiClient.path("authorities", name, "request"), body);
      String pem = made.path("request_pem").asString("");
      if (file.isPresent()) {
        try {
          Files.writeString(file.get(), pem);
        } catch (IOException e) {
          throw CommandFailure.refused("Cannot write " + file.get() + ": " + e.getMessage());
        }
      }
      if (output.isJson()) {
        output.one(out(), made);
      } else if (file.isEmpty()) {
        out().print(pem);
        out().flush();
      }
      err()
          .println(
              "Have it signed as a CA (pathlen 0), then: cardea ca install '"
                  + name
                  + "' --certificate FILE --chain FILE");
    }
  }

  @Command(
      name = "install",
      description = {
        "Takes back what a root elsewhere signed, and checks all of it: the key, CA:TRUE, path"
            + " lengths, key usage, dates, and each signature up to a root.",
        "",
        "An older generation of that name retires."
      },
      footer = {
        "",
        "Examples:",
        "  cardea ca install 'Factory CA' --certificate factory.pem --chain root.pem",
        "  cardea ca install 'Factory CA' --certificate factory.pem --chain above.pem --anchor"
            + " root.pem"
      })
  static final class Install extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the request.")
    private String name = "";

    @Option(
        names = "--certificate",
        required = true,
        paramLabel = "FILE",
        description = "The certificate, PEM; those above it may be in the same file.")
    private Path certificate = Path.of("");

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

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("certificate_pem", AuthorityCommand.text(certificate));
      if (chain.isPresent()) {
        body.put("chain_pem", AuthorityCommand.text(chain.get()));
      }
      if (anchor.isPresent()) {
        body.put("anchors_pem", AuthorityCommand.text(anchor.get()));
      }
      output.one(out(), api.post(ApiClient.path("authorities", name, "install"), body));
    }
  }

  @Command(
      name = "withdraw",
      description = "Drops a certificate request that is out; its key is of no use after that.",
      footer = {"", "Example:", "  cardea ca withdraw 'Factory CA'"})
  static final class Withdraw extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the request.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.post(ApiClient.path("authorities", name, "withdraw"), body()));
    }
  }
}

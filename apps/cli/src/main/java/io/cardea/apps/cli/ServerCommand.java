package io.cardea.apps.cli;

import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.TokenRecovery;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.apps.server.config.Logging;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "server",
    description = {
      "Runs a server until it is told to stop (SIGTERM, Ctrl-C), and lets what is in flight finish.",
      "",
      "The first start makes the authorities, the server's certificate and an administrator's token"
          + " in the data directory. The log goes to standard output."
    },
    subcommands = ServerCommand.RecoverToken.class,
    footer = {
      "",
      "Examples:",
      "  cardea server",
      "  cardea server --config /etc/cardea/cardea.yaml",
      "  cardea server recover-token"
    })
final class ServerCommand extends PrintingCommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The YAML file. Default: ./cardea.yaml, else /etc/cardea/cardea.yaml, if there is one.")
  private Optional<Path> file = Optional.empty();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    Config config = read(file);
    Logging.start(config.log());
    Logger log = LoggerFactory.getLogger(Server.class);
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    // The virtual machine waits for this thread, which waits until everything is put away.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  told.countDown();
                  awaitUninterrupted(over);
                }));
    try {
      try (Server server = Server.start(config)) {
        log.info(
            "administrator's token: {} · authorities to trust: {}",
            server.directory().administratorToken(),
            server.directory().trustedAuthorities());
        told.await();
        log.info("stopping: what is in flight has {} s", config.drainTimeout().toSeconds());
      }
      log.info("stopped");
    } catch (StartFailure e) {
      throw CommandFailure.refused("The server did not start: " + e.getMessage());
    } finally {
      over.countDown();
    }
    return ExitCode.OK;
  }

  static Config read(Optional<Path> file) throws CommandFailure {
    try {
      return Config.check(file.or(ConfigCommand::usualFile), System.getenv()).orThrow();
    } catch (ConfigException e) {
      throw CommandFailure.refused(
          e.getMessage() + "\nSee cardea config check, and cardea config reference.");
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Command(
      name = "recover-token",
      description = {
        "Replaces a lost administrator's token, on the server's own host.",
        "",
        "For who owns the data directory. Works while the server runs, and while it does not. The"
            + " old token is worthless from then on; the ledger records it."
      },
      footer = {
        "",
        "Examples:",
        "  cardea server recover-token",
        "  sudo cardea server recover-token --config /etc/cardea/cardea.yaml"
      })
  static final class RecoverToken extends PrintingCommand {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The server's YAML file. Default: as the server finds it.")
    private Optional<Path> file = Optional.empty();

    @Override
    public Integer call() throws CommandFailure {
      Config config = read(file);
      try {
        out().println("The administrator's new token is in " + TokenRecovery.recover(config));
      } catch (StartFailure e) {
        throw CommandFailure.refused("The token was not replaced: " + e.getMessage());
      }
      return ExitCode.OK;
    }
  }
}

package io.cardea.apps.agent;

import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.KeyKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cardea agent`: this machine's agent.
///
/// Exit status: 0 when all is well, 1 when what was due did not work, 2 for a wrong command line.
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Gives this machine an identity, and renews it.",
      "",
      "Enrols with a one-time token, renews when the server wants it, and keeps what it used until"
          + " the next one is confirmed. What was confirmed last is in DIR/current/key.pem and"
          + " DIR/current/cert.pem. The token comes from --token-file or from the environment"
          + " (CARDEA_ENROLMENT_TOKEN)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  Enrol, and stay:",
      "    cardea agent --server https://cardea.example:8443 --device pump-0001 \\",
      "      --ca-file ca.pem --token-file token --directory /var/lib/pump",
      "  Reload a program with each new credential:",
      "    cardea agent … --hook systemctl reload mosquitto",
      "    cardea agent … --hook /usr/local/bin/reload --hook=--quiet",
      "  Do what is due and end, from a timer:",
      "    cardea agent … --once",
      "  See what is held, and when it renews:",
      "    cardea agent --directory /var/lib/pump --status --server https://cardea.example:8443 \\",
      "      --ca-file ca.pem"
    })
public final class AgentCommand implements Callable<Integer> {
  private static final int MOST_STEPS = 100;

  @Option(names = "--server", paramLabel = "URL", description = "https://host:port of the server")
  private @Nullable URI server;

  @Option(names = "--device", paramLabel = "ID", description = "the registered id of this device")
  private @Nullable String device;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "whom to believe, in PEM; stays trusted beside what the server names later")
  private @Nullable Path caFile;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "the enrolment token; read again whenever one is needed")
  private @Nullable Path tokenFile;

  @Option(
      names = "--directory",
      required = true,
      paramLabel = "DIR",
      description = "where keys and certificates are kept, for the owner alone")
  private @Nullable Path directory;

  @Option(
      names = "--key",
      paramLabel = "KIND",
      defaultValue = "EC_P256",
      description = "what kind of key to make: $${COMPLETION-CANDIDATES} (default: EC_P256)")
  private KeyKind key = KeyKind.EC_P256;

  @Option(
      names = "--hook",
      arity = "1..*",
      paramLabel = "CMD",
      description =
          "a program and its arguments, run without a shell when a new credential is confirmed")
  private List<String> hook = List.of();

  @Option(
      names = "--hook-timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "kill the hook after this long (default: 30)")
  private int hookTimeout = 30;

  @Option(
      names = "--mqtt",
      paramLabel = "HOST[:PORT]",
      description = "wait for commands of the server at this MQTT broker, too (port: 8883)")
  private @Nullable String mqtt;

  @Option(names = "--once", description = "do what is due, then end")
  private boolean once;

  @Option(names = "--status", description = "show what is held and when it renews, then end")
  private boolean status;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (status) {
      return status();
    }
    AgentSettings settings = settings();
    AtomicBoolean failed = new AtomicBoolean();
    AgentEvents events =
        new LoggedEvents(settings.device())
            .and(event -> failed.set(failed.get() || AgentCommand.isFailure(event)));
    try (Agent agent = Agent.open(settings, events, Surroundings.real())) {
      return once ? once(agent, failed) : stay(agent);
    }
  }

  private static Integer once(Agent agent, AtomicBoolean failed) {
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      if (agent.step().isPositive()) {
        break;
      }
    }
    return failed.get() || agent.shown().isEmpty() ? 1 : 0;
  }

  private static boolean isFailure(AgentEvent event) {
    return switch (event) {
      case AgentEvent.AnswerLost _,
          AgentEvent.Refused _,
          AgentEvent.NeedsHelp _,
          AgentEvent.DiskFailed _,
          AgentEvent.Postponed _ ->
          true;
      case AgentEvent.Reloaded reloaded -> reloaded.exit() != 0;
      case AgentEvent.Attempted _,
          AgentEvent.Stored _,
          AgentEvent.Confirmed _,
          AgentEvent.GivenUp _,
          AgentEvent.Planned _ ->
          false;
    };
  }

  private static Integer stay(Agent agent) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread atShutdown = Thread.ofPlatform().name("agent-stop").unstarted(agent::close);
    Runtime.getRuntime().addShutdownHook(atShutdown);
    agent.start();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private Integer status() throws IOException {
    Path place = given("--directory", directory);
    Status held = Status.look(new PosixDisk(), place);
    if (server != null && caFile != null) {
      held = held.withWindow(new TlsDoor(connection()));
    }
    held.print(specOrThrow().commandLine().getOut());
    return held.usable() ? 0 : 1;
  }

  private AgentSettings settings() throws IOException {
    TokenSource token =
        tokenFile != null ? TokenSource.file(tokenFile) : TokenSource.environment(System.getenv());
    AgentSettings settings =
        AgentSettings.of(
                deviceId(given("--device", device)),
                connection(),
                given("--directory", directory).toAbsolutePath().normalize())
            .withToken(token)
            .withKey(key);
    if (!hook.isEmpty()) {
      settings =
          settings.withHook(new ReloadHook(hook, Duration.ofSeconds(Math.max(1, hookTimeout))));
    }
    return mqtt == null ? settings : settings.withBroker(broker(mqtt));
  }

  private BrokerAddress broker(String text) {
    try {
      return BrokerAddress.of(text);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private DeviceId deviceId(String id) {
    try {
      return new DeviceId(id);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ConnectionSettings connection() throws IOException {
    Path file = given("--ca-file", caFile);
    Set<X509Certificate> anchors;
    try {
      anchors = new HashSet<>(Pem.readCertificates(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw wrong("--ca-file: cannot read " + file + ": " + e.getMessage());
    }
    try {
      return new ConnectionSettings(given("--server", server), anchors);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private <T> T given(String option, @Nullable T value) {
    if (value == null) {
      throw wrong("missing: " + option);
    }
    return value;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(commandLine(), what);
  }

  private CommandLine commandLine() {
    return specOrThrow().commandLine();
  }

  private CommandSpec specOrThrow() {
    if (spec == null) {
      throw new IllegalStateException("run by a command line only");
    }
    return spec;
  }
}

package io.cardea.trials.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cardea bench`.
@Command(
    name = "cardea bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures this machine's Cardea, each figure beside a reference in the same call.",
      "",
      "The figures:",
      "  est-reenrol          renewals on kept-alive connections, beside cfssl serve",
      "  fresh-mtls-renewal   a connection, a renewal, gone; beside a bare handshake",
      "  start                from the process to ready, clean and after a kill; beside its database",
      "  ocsp                 OCSP answers beside nginx with a file; POST; first asks",
      "  revoke-to-crl        from the API's answer to the new list over HTTP",
      "  mass-revoke          one order to revoke all devices",
      "  backup               a backup while devices renew, and its restore; beside COPY alone",
      "  register             a file of devices through the command line, beside a bare COPY",
      "  flood                renewals while strangers begin handshakes; beside the same in peace",
      "  pages                deep pages, filters, searches and device why in a large fleet",
      "  orders               calendar, plan and campaign over a large fleet; beside a pass in SQL",
      "  memory               the server's peak resident memory, after all kinds of work",
      "  mqtt-connect         MQTT connections of devices, beside Mosquitto",
      "  mqtt-publish         messages of QoS 1 that are acknowledged, beside Mosquitto",
      "  mqtt-rotation        the latency of a factory's messages while all certificates change",
      "  p11-sign             issuing with the CA key in a PKCS#11 token, beside the key in software"
    },
    footer = {
      "",
      "Examples:",
      "  cardea bench",
      "  cardea bench est-reenrol --seconds 300",
      "  cardea bench est-reenrol --devices 2000 --seconds 5 --warmup 2 --output json"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:not measured, or something that a client was told was lost",
      "2:the command line is wrong"
    })
public final class BenchMain implements Callable<Integer> {
  private static final Map<String, Scenario> SCENARIOS = scenarios();

  enum Output {
    TABLE,
    JSON
  }

  private final PrintStream out;
  private final PrintStream progress;

  @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
  @Spec
  CommandLine.Model.CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Which figures; all of them if none is named.")
  List<String> names = List.of();

  @Option(
      names = "--output",
      defaultValue = "table",
      paramLabel = "table|json",
      description = "A table for people, or one JSON object a line.")
  Output output = Output.TABLE;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description =
          "How many devices the server knows (default: 100000, a million for register, pages,"
              + " backup and memory).")
  Optional<Integer> devices = Optional.empty();

  @Option(
      names = "--seconds",
      defaultValue = "60",
      paramLabel = "N",
      description = "How long each measurement takes (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--warmup",
      defaultValue = "20",
      paramLabel = "N",
      description = "Seconds of load before it (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where the data goes for the time of the run (default: the temporary directory).")
  Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--server-vm",
      split = " ",
      paramLabel = "OPTIONS",
      description =
          "More options for the server's virtual machine, a flight recording for instance.")
  List<String> serverVm = List.of();

  BenchMain(PrintStream out, PrintStream progress) {
    this.out = out;
    this.progress = progress;
  }

  private static Map<String, Scenario> scenarios() {
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    scenarios.put("est-reenrol", new EstReenrol());
    scenarios.put("fresh-mtls-renewal", new FreshRenewal());
    scenarios.put("start", new StartUp());
    scenarios.put("ocsp", new Ocsp());
    scenarios.put("revoke-to-crl", new RevokeToCrl());
    scenarios.put("mass-revoke", new MassRevoke());
    scenarios.put("backup", new BackupAndRestore());
    scenarios.put("register", new Register());
    scenarios.put("flood", new HandshakeFlood());
    scenarios.put("memory", new Memory());
    scenarios.put("pages", new Pages());
    scenarios.put("mqtt-connect", new MqttConnect());
    scenarios.put("mqtt-publish", new MqttPublish());
    scenarios.put("mqtt-rotation", new MqttRotation());
    scenarios.put("orders", new Orders());
    scenarios.put("p11-sign", new Pkcs11Sign());
    return scenarios;
  }

  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    System.exit(execute(out, err, arguments));
  }

  static int execute(PrintStream out, PrintStream err, String... arguments) {
    return new CommandLine(new BenchMain(out, err))
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }

  /// Texts hold characters that not every locale has: they are always written as UTF-8.
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  @Override
  public Integer call() {
    List<String> wanted = names.isEmpty() ? List.copyOf(SCENARIOS.keySet()) : names;
    List<Scenario> chosen = new ArrayList<>();
    for (String name : wanted) {
      Scenario scenario = SCENARIOS.get(name);
      if (scenario == null) {
        throw new ParameterException(
            spec.commandLine(),
            "no figure is called "
                + name
                + " (expected: "
                + String.join(", ", SCENARIOS.keySet())
                + ")");
      }
      chosen.add(scenario);
    }
    if (devices.orElse(1) < 1 || seconds < 1 || warmUp < 1) {
      throw new ParameterException(
          spec.commandLine(), "--devices, --seconds and --warmup start at 1");
    }
    Plan plan =
        new Plan(
            devices.map(OptionalInt::of).orElseGet(OptionalInt::empty),
            Duration.ofSeconds(seconds),
            Duration.ofSeconds(warmUp),
            directory,
            serverVm,
            progress);
    int status = 0;
    for (Scenario scenario : chosen) {
      try {
        for (Figure figure : scenario.run(plan)) {
          out.println(output == Output.JSON ? figure.json() : figure.table());
        }
      } catch (BenchFailure failure) {
        progress.println("bench: " + failure.getMessage());
        status = 1;
      }
    }
    return status;
  }
}

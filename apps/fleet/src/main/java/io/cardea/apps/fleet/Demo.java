package io.cardea.apps.fleet;

import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// From an empty machine to a fleet that one can watch: a server with its own database, devices
/// that enrol and renew over real TLS, and a proxy that loses their answers on purpose.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Starts a control plane with a living fleet.",
      "",
      "Each device makes its own key, enrols over EST with real TLS, and renews again and again, while a share of all"
          + " answers is lost on purpose after the server's commit. A prober watches whether any device is locked out."
          + " Then the fleet lives on until Ctrl-C.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ./cardea demo",
      "  ./cardea demo --against single-active",
      "  ./cardea demo --once --output json --devices 20 --life 30s"
    })
public final class Demo implements Callable<Integer> {
  private static final int PASSED = 0;
  private static final int FAILED = 1;
  private static final long LOOK_MILLIS = 250;

  /// How the results are written.
  enum Output {
    text,
    json
  }

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many devices (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--drop",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "The share of answers to lose (default: ${DEFAULT-VALUE}).")
  private double drop;

  @Option(
      names = "--against",
      paramLabel = "RULES",
      description =
          "Runs a second fleet, with the same lost answers, under other rules: single-active (one active certificate a"
              + " device; the old one is revoked when the new one is issued).")
  private @Nullable String against;

  @Option(
      names = "--once",
      description =
          "Ends when there is something to report. Status 0 only if every device enrolled, renewed three times and was"
              + " never locked out, and the control, if any, lost a device.")
  private boolean once;

  @Option(
      names = "--output",
      paramLabel = "FORM",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output = Output.text;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      defaultValue = "1",
      description = "Which answers are lost follows from it (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--life",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = LifeConverter.class,
      description = "How long the fleet's certificates live (default: ${DEFAULT-VALUE}).")
  private Duration life = Duration.ofMinutes(1);

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".cardea/demo",
      description = "Where databases and authorities survive the run (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of(".cardea/demo");

  @Spec private @Nullable CommandSpec spec;

  private final Map<String, Control> controls;
  private final InstantSource time;
  private final PrintStream out;
  private final PrintStream err;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Deque<Side> open = new ArrayDeque<>();

  /// @param controls other rules by the name that `--against` takes
  public Demo(Map<String, Control> controls, InstantSource time, PrintStream out, PrintStream err) {
    this.controls = Map.copyOf(controls);
    this.time = time;
    this.out = out;
    this.err = err;
  }

  /// Asks a run to come to its end; it still closes everything in order.
  public void stop() {
    stop.countDown();
  }

  @Override
  public Integer call() throws IOException {
    DemoPlan plan = plan();
    Files.createDirectories(plan.data());
    QuietLogs.to(plan.data().resolve("demo.log"));
    Progress progress = new Progress(output == Output.json ? err : out, isTerminal());
    try {
      return run(plan, progress);
    } catch (StartFailure e) {
      progress.line("The demo did not start: " + e.getMessage());
      return FAILED;
    } finally {
      if (stop.getCount() == 0 && !open.isEmpty()) {
        progress.line("Stopping …");
      }
      while (!open.isEmpty()) {
        open.pop().close();
      }
    }
  }

  private DemoPlan plan() {
    try {
      Path where = data.toAbsolutePath().normalize();
      return new DemoPlan(devices, new Drops(seed, drop), life, where);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine(), "--" + e.getMessage(), e);
    }
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("not run by a command line");
    }
    return spec.commandLine();
  }

  private Optional<Control> control() {
    if (against == null) {
      return Optional.empty();
    }
    Control control = controls.get(against);
    if (control == null) {
      throw new ParameterException(
          commandLine(),
          "--against: " + against + " (expected: " + String.join(", ", controls.keySet()) + ")");
    }
    return Optional.of(control);
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private int run(DemoPlan plan, Progress progress) throws IOException, StartFailure {
    Optional<Control> control = control();
    progress.line(
        plan.devices()
            + " devices, certificates of "
            + plan.life().toSeconds()
            + " s, "
            + percent(plan.drops().share())
            + " of the answers lost on purpose (seed "
            + plan.drops().seed()
            + "). Logs and data: "
            + plan.data());
    progress.state("starting PostgreSQL and the server …");
    long begin = System.nanoTime();
    Side cardea =
        opened(Side.open(Server::start, plan.data().resolve("cardea"), Ports.usual(), time));
    Duration ready = Duration.ofNanos(System.nanoTime() - begin);
    progress.line(
        "Server ready in "
            + Report.seconds(ready)
            + ": devices https://localhost:"
            + cardea.devicePort()
            + " · API https://localhost:"
            + cardea.apiPort()
            + " · http://localhost:"
            + cardea.httpPort());
    Optional<Side> rival = Optional.empty();
    if (control.isPresent()) {
      progress.state("starting the control, " + against + " …");
      rival =
          Optional.of(
              opened(
                  Side.open(control.get(), plan.data().resolve("" + against), Ports.free(), time)));
      progress.line(
          "Control ready: " + against + ", devices https://localhost:" + rival.get().devicePort());
    }
    progress.state("registering the devices …");
    cardea.bringDevices(plan.devices(), plan.life(), plan.drops());
    if (rival.isPresent()) {
      rival.get().bringDevices(plan.devices(), plan.life(), plan.drops());
    }
    Instant began = time.instant();
    rival.ifPresent(Side::start);
    cardea.start();
    watch(plan, cardea, rival, progress);
    Report report = report(plan, ready, cardea, rival, began);
    tell(report, progress);
    if (once) {
      return report.shortcomings().isEmpty() ? PASSED : FAILED;
    }
    if (stop.getCount() > 0) {
      liveOn(cardea, rival, progress);
    }
    return PASSED;
  }

  private Side opened(Side side) {
    open.push(side);
    return side;
  }

  /// Until every device has a whole story to tell, or there is no hope of it any more.
  private void watch(DemoPlan plan, Side cardea, Optional<Side> rival, Progress progress) {
    long end = System.nanoTime() + plan.patience().toNanos();
    Figures figures = Figures.soFar(cardea);
    while (!figures.complete() && System.nanoTime() - end < 0 && !stopped(LOOK_MILLIS)) {
      figures = Figures.soFar(cardea);
      progress.state(state(figures, rival));
    }
  }

  private String state(Figures figures, Optional<Side> rival) {
    String other =
        rival
            .map(side -> " · " + against + ": locked out " + Figures.soFar(side).lockedOut())
            .orElse("");
    return "enrolled "
        + figures.enrolled()
        + "/"
        + figures.devices()
        + " · renewals "
        + figures.renewals()
        + " · answers dropped "
        + figures.answersDropped()
        + " · answered again "
        + figures.answeredAgain()
        + " · locked out "
        + figures.lockedOut()
        + other;
  }

  private Report report(
      DemoPlan plan, Duration ready, Side cardea, Optional<Side> rival, Instant began)
      throws IOException {
    cardea.lookOnceMore();
    List<String> trace = List.of();
    Optional<Figures> other = Optional.empty();
    if (rival.isPresent()) {
      rival.get().lookOnceMore();
      other = Optional.of(Figures.whole(rival.get()));
      trace = Trace.ofOneLost(rival.get(), cardea, "" + against, began);
    }
    return new Report(
        plan, ready, Figures.whole(cardea), Optional.ofNullable(against), other, trace);
  }

  private void tell(Report report, Progress progress) {
    switch (output) {
      case text -> report.text().forEach(progress::line);
      case json -> {
        report.shortcomings().forEach(progress::line);
        out.println(report.json());
      }
    }
  }

  /// The fleet goes on; so does the count of what must stay zero.
  private void liveOn(Side cardea, Optional<Side> rival, Progress progress) throws IOException {
    String id = "mine-" + Long.toString(time.instant().getEpochSecond(), 36);
    OwnDevice own = OwnDevice.register(cardea.api(), id, cardea.authorities(), cardea.devicePort());
    progress.line("");
    progress.line("Enrol a device of your own, in another terminal:");
    progress.line("");
    own.lines().forEach(progress::line);
    progress.line("");
    progress.line("The API's token is in " + cardea.administratorToken() + ".");
    progress.line("The fleet lives on. Ctrl-C stops it.");
    while (!stopped(LOOK_MILLIS)) {
      progress.state(state(Figures.soFar(cardea), rival));
    }
  }

  private boolean stopped(long millis) {
    try {
      return stop.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static String percent(double share) {
    return Math.round(share * 100) + " %";
  }

  /// `90s`, `2m`.
  static final class LifeConverter implements CommandLine.ITypeConverter<Duration> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = TIME.matcher(text);
      if (!matcher.matches()) {
        throw new CommandLine.TypeConversionException(text + " (expected: such as 90s or 2m)");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> Duration.ofSeconds(number);
      };
    }
  }
}

package io.cardea.apps.fleet;

import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.ConnectionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One side of the demonstration: a server under some rules of rotation, its own database, its
/// fleet, and a prober that watches it.
///
/// Server, authorities and database outlive the process. Each run brings new devices: those of the
/// run before, whose short-lived credentials are over, are scrapped first.
final class Side implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Side.class);
  private static final String OWNER = "demo";
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);
  private static final int MOST_BACKDATE_SECONDS = 10;
  private static final int PROBE_MILLIS_PER_DEVICE = 20;
  private static final int SHORTEST_PAUSE_MILLIS = 1_000;

  private final Server server;
  private final ControlPlane api;
  private final Path directory;
  private final InstantSource time;
  private final Object stopping = new Object();
  private boolean stopped;
  private @Nullable Fleet fleet;
  private @Nullable Prober prober;
  private @Nullable Thread probing;

  private Side(Server server, ControlPlane api, Path directory, InstantSource time) {
    this.server = server;
    this.api = api;
    this.directory = directory;
    this.time = time;
  }

  /// Starts a server in a directory of its own, and returns when it is ready.
  static Side open(Control rules, Path directory, Ports ports, InstantSource time)
      throws IOException, StartFailure {
    Server server = rules.start(config(directory.resolve("server"), ports));
    boolean opened = false;
    try {
      ControlPlane api =
          ControlPlane.at(
              server.apiPort(),
              server.directory().trustedAuthorities(),
              server.directory().administratorToken());
      api.awaitReady();
      opened = true;
      return new Side(server, api, directory, time);
    } finally {
      if (!opened) {
        server.close();
      }
    }
  }

  private static Config config(Path directory, Ports ports) {
    try {
      return Config.of(
          Map.of(
              "data.directory",
              directory.toString(),
              "public.url",
              "http://localhost:" + ports.http(),
              "device.listen",
              "127.0.0.1:" + ports.devices(),
              "api.listen",
              "127.0.0.1:" + ports.people(),
              "http.listen",
              "127.0.0.1:" + ports.http(),
              "drain.timeout",
              "5s",
              // A device lives its year in seconds.
              "limits.device-per-minute",
              "0",
              "limits.token-per-minute",
              "0"));
    } catch (ConfigException e) {
      throw new IllegalStateException("our own configuration is refused: " + e.getMessage(), e);
    }
  }

  /// Makes class, profile, devices and tokens, and a fleet that is still switched off.
  ///
  /// @param life of the fleet's credentials
  void bringDevices(int count, Duration life, Drops drops) throws IOException {
    Duration silence = life.dividedBy(3);
    String name = "demo-" + life.toSeconds() + "s";
    api.saveProfile(name, life, backdate(life));
    api.ensureClass(name, name, silence, silence);
    scrapThoseOfBefore();
    LedgerView ledger = ledger();
    ConnectionSettings straight =
        new ConnectionSettings(URI.create("https://localhost:" + server.devicePort()), anchors());
    Path home = directory.resolve("devices");
    Tree.delete(home);
    Files.createDirectories(
        home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String run = Long.toString(time.instant().getEpochSecond(), 36);
    List<Device> devices = new ArrayList<>();
    boolean whole = false;
    try {
      for (int number = 0; number < count; number++) {
        String id = String.format(Locale.ROOT, "demo-%s-%03d", run, number + 1);
        api.register(id, name, OWNER);
        String token = api.enrolmentToken(id, TOKEN_LIFE);
        Path place = home.resolve(new DeviceId(id).value());
        Device.Plan plan = new Device.Plan(number, id, token, place, straight, drops, ledger, life);
        devices.add(Device.make(plan, new Diary(time)));
      }
      whole = true;
    } finally {
      if (!whole) {
        devices.forEach(Device::close);
      }
    }
    fleet = new Fleet(devices);
    prober = new Prober(api, devices, life, time);
  }

  /// notBefore is set back for clocks that are slow; here all clocks are one.
  private static Duration backdate(Duration life) {
    return Duration.ofSeconds(Math.min(MOST_BACKDATE_SECONDS, life.toSeconds() / 6));
  }

  private void scrapThoseOfBefore() throws IOException {
    for (String state : List.of("registered", "enrolled")) {
      for (String id : api.devices(OWNER, state)) {
        api.scrap(id, "the demonstration that it was made for is over");
      }
    }
  }

  private Set<X509Certificate> anchors() throws IOException {
    Set<X509Certificate> anchors = new HashSet<>();
    try (InputStream in = Files.newInputStream(authorities())) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        anchors.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw new IOException(authorities() + ": " + e.getMessage(), e);
    }
    return anchors;
  }

  /// Switches the fleet on, and begins to watch it.
  void start() {
    Fleet ours = fleet();
    probing = Thread.ofPlatform().daemon().name("prober").start(this::probe);
    ours.start();
  }

  private void probe() {
    long pause =
        Math.max(SHORTEST_PAUSE_MILLIS, (long) PROBE_MILLIS_PER_DEVICE * fleet().devices().size());
    while (pause(pause)) {
      try {
        prober().look();
        prober().knock();
      } catch (IOException | UncheckedIOException e) {
        // What could not be asked is asked again in the next round; the count of rounds tells.
        LOG.warn("the prober did not get through: {}", e.toString());
      }
    }
  }

  /// @return false when it is time to stop
  private boolean pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    synchronized (stopping) {
      try {
        for (long left = end - System.nanoTime();
            !stopped && left > 0;
            left = end - System.nanoTime()) {
          stopping.wait(left / 1_000_000 + 1);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      return !stopped;
    }
  }

  /// Looks once more, after everything has happened that is to be reported.
  void lookOnceMore() throws IOException {
    prober().look();
  }

  Fleet fleet() {
    if (fleet == null) {
      throw new IllegalStateException("no devices yet");
    }
    return fleet;
  }

  private Prober prober() {
    if (prober == null) {
      throw new IllegalStateException("no devices yet");
    }
    return prober;
  }

  Prober.Findings findings() {
    return prober().findings();
  }

  LedgerView ledger() {
    return new LedgerView(server.store());
  }

  ControlPlane api() {
    return api;
  }

  int devicePort() {
    return server.devicePort();
  }

  int apiPort() {
    return server.apiPort();
  }

  int httpPort() {
    return server.httpPort();
  }

  /// The PEM file of the authorities: no secret.
  Path authorities() {
    return server.directory().trustedAuthorities();
  }

  Path administratorToken() {
    return server.directory().administratorToken();
  }

  /// Those who ask first, then who answers.
  @Override
  public void close() {
    synchronized (stopping) {
      stopped = true;
      stopping.notifyAll();
    }
    if (probing != null) {
      try {
        probing.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (fleet != null) {
      fleet.close();
    }
    api.close();
    server.close();
  }
}

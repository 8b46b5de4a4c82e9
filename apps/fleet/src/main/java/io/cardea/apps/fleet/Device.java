package io.cardea.apps.fleet;

import io.cardea.apps.agent.Agent;
import io.cardea.apps.agent.AgentSettings;
import io.cardea.apps.agent.RetryPace;
import io.cardea.apps.agent.Surroundings;
import io.cardea.apps.agent.TokenSource;
import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.CardeaClient;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One simulated device: a real agent with a directory and keys of its own, behind a way to the
/// server that loses answers.
final class Device implements Prober.Watched, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Device.class);

  /// An answer with a certificate is longer, a refusal or a postponement shorter.
  private static final int SHORTEST_CERTIFICATE_ANSWER = 700;

  private final Plan plan;
  private final Diary diary;
  private final CuttingProxy proxy;
  private final Agent agent;

  private Device(Plan plan, Diary diary, CuttingProxy proxy, Agent agent) {
    this.plan = plan;
    this.diary = diary;
    this.proxy = proxy;
    this.agent = agent;
  }

  /// What a device is made from.
  ///
  /// @param number its number in the fleet: what seeds go by
  /// @param server the way to it without a proxy between
  /// @param life of its credentials, by which an impatient demonstration paces the retries
  record Plan(
      int number,
      String id,
      String token,
      Path directory,
      ConnectionSettings server,
      Drops drops,
      LedgerView ledger,
      Duration life) {
    /// Never the token.
    @Override
    public String toString() {
      return "Plan[" + id + "]";
    }
  }

  static Device make(Plan plan, Diary diary) throws IOException {
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.server().server().getPort());
    CuttingProxy proxy = CuttingProxy.open(server, length -> cut(plan, diary, length));
    boolean made = false;
    try {
      URI through = URI.create("https://localhost:" + proxy.port());
      AgentSettings settings =
          AgentSettings.of(
                  new DeviceId(plan.id()),
                  new ConnectionSettings(through, plan.server().anchors()),
                  plan.directory())
              .withToken(TokenSource.of(plan.token()))
              .withPace(pace(plan.life()));
      Surroundings real = Surroundings.real();
      Surroundings surroundings =
          new Surroundings(
              real.clock(), real.ticker(), new Random(plan.drops().seed() * 31 + plan.number()));
      Device device = new Device(plan, diary, proxy, Agent.open(settings, diary, surroundings));
      made = true;
      return device;
    } finally {
      if (!made) {
        proxy.close();
      }
    }
  }

  /// The usual pace is for certificates of months.
  private static RetryPace pace(Duration life) {
    Duration first = life.dividedBy(60);
    return new RetryPace(first, life.dividedBy(10), life.dividedBy(5));
  }

  /// The fate of an answer: lost if its turn has come, and if the ledger shows that the server has
  /// committed what is in it. So a lost answer is never one that said nothing.
  private static boolean cut(Plan plan, Diary diary, int length) {
    Optional<Diary.Attempt> attempt = diary.underWay();
    if (length < SHORTEST_CERTIFICATE_ANSWER
        || attempt.isEmpty()
        || !plan.drops().drops(plan.number(), attempt.get().number())) {
      return false;
    }
    try {
      Optional<Instant> committed = plan.ledger().issued(plan.id(), attempt.get().key());
      committed.ifPresent(at -> diary.lost(attempt.get(), at));
      return committed.isPresent();
    } catch (StoreFailure e) {
      LOG.warn("{}: the ledger could not be asked, so the answer passes: {}", plan.id(), "" + e);
      return false;
    }
  }

  void start() {
    agent.start();
  }

  @Override
  public String id() {
    return plan.id();
  }

  int number() {
    return plan.number();
  }

  Diary diary() {
    return diary;
  }

  /// Read from the disk itself, not from what the agent thinks is there.
  @Override
  public Set<Fingerprint> certificates() throws IOException {
    Set<Fingerprint> found = new HashSet<>();
    try (DirectoryStream<Path> generations =
        Files.newDirectoryStream(plan.directory(), "gen-*[0-9]")) {
      for (Path generation : generations) {
        if (Files.exists(generation.resolve("key.pem"))) {
          certificate(generation.resolve("cert.pem")).ifPresent(found::add);
        }
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} has no directory yet", plan.id());
    }
    return found;
  }

  private static Optional<Fingerprint> certificate(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      return Optional.of(Fingerprint.of(certificate.getEncoded()));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // an old generation, cleared away this moment
    } catch (CertificateException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<String> refusedForGood() {
    return diary.refusedForGood();
  }

  @Override
  public Optional<Prober.Knock> knock() throws IOException {
    Optional<ClientIdentity> shown = agent.shown();
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    Fingerprint certificate;
    try {
      certificate = Fingerprint.of(shown.get().certificate().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IOException("a certificate that was read cannot be written", e);
    }
    try (DeviceConnection connection = DeviceConnection.as(plan.server(), shown.get())) {
      Admission admission = new CardeaClient(connection).self();
      return switch (admission) {
        case Admitted _ -> Optional.of(new Prober.Knock(certificate, Optional.empty()));
        case Declined declined ->
            Optional.of(new Prober.Knock(certificate, Optional.of(declined.code())));
        case Later _ -> Optional.empty();
      };
    }
  }

  /// The proxy first, so that nothing is under way when the agent puts its things in order.
  @Override
  public void close() {
    proxy.close();
    agent.close();
  }
}

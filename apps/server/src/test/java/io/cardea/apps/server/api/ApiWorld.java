package io.cardea.apps.server.api;

import io.cardea.apps.server.Holder;
import io.cardea.apps.server.watch.Check;
import io.cardea.apps.server.watch.Look;
import io.cardea.apps.server.watch.Watch;
import io.cardea.life.Rate;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.IssuanceDesk;
import io.cardea.life.findings.Alarm;
import io.cardea.life.findings.DeviceStory;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.inventory.InventoryView;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityDesk;
import io.cardea.life.pki.AuthorityMaker;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.JdkBackend;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.MemoryAuthorityKeys;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.ProfileDesk;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.rotation.CampaignDesk;
import io.cardea.life.rotation.emergency.EmergencyDesk;
import io.cardea.life.rotation.plan.PlanDesk;
import io.cardea.life.sessions.Sessions;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryHandshakeFailures;
import io.cardea.protocols.edge.TlsMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The API on a free port, over real TLS, on the use cases of a first day.
final class ApiWorld implements AutoCloseable {
  /// Real clients judge the server's certificate by the host's clock.
  private static final InstantSource HOST = InstantSource.system();

  final FirstDay day = new FirstDay();
  static final Duration DRAIN = Duration.ofSeconds(40);

  final Map<Role, String> bearers = new EnumMap<>(Role.class);
  final String admin;
  final String reader;
  final Authority root;
  final AtomicReference<TlsMaterial.Chain> identity = new AtomicReference<>();
  final AtomicReference<Supplier<Health>> health =
      new AtomicReference<>(
          () -> new Health(List.of(new Health.Check("database", true, "answers"))));
  final List<String> events = new CopyOnWriteArrayList<>();
  final AtomicReference<Look> disk = new AtomicReference<>(new Look.Fine("enough"));
  final InMemoryHandshakeFailures handshakes = new InMemoryHandshakeFailures();
  final Watch watch;
  final ApiParts parts;
  final ApiServer server;
  final HttpClient client;

  private final ApiTokens tokens;
  private final Issuer issuer;

  ApiWorld() throws Refused, GeneralSecurityException, IOException {
    this(Rate.unlimited());
  }

  ApiWorld(Rate perToken) throws Refused, GeneralSecurityException, IOException {
    JdkBackend crypto = day.crypto;
    MemoryAuthorityKeys keys = new MemoryAuthorityKeys(crypto);
    PublicUrls urls = PublicUrls.of("http://pki.example.com");
    AuthorityMaker maker = new AuthorityMaker(keys, crypto, urls);
    root = maker.root("Root", HOST.instant());
    Authority issuing = maker.issuing("Issuing", root, keys.open(root.key()), HOST.instant());
    issuer = new Issuer(issuing, keys.open(issuing.key()), crypto, urls);
    day.store.commit(
        new Decision(
            List.of(
                new PkiChange.SaveAuthority(root),
                new PkiChange.SaveAuthority(issuing),
                new PkiChange.SaveProfile(Profile.device("fleet.example.com", FirstDay.LIFE))),
            List.of(entry(EntryKind.AUTHORITY_CREATED))));
    tokens = new ApiTokens(day.store, day.store, FirstDay.SECRETS, day.time);
    for (Role role : Role.values()) {
      bearers.put(role, bearer(role, Scope.ALL));
    }
    admin = Objects.requireNonNull(bearers.get(Role.ADMINISTRATOR));
    reader = Objects.requireNonNull(bearers.get(Role.READER));
    identity.set(identity());
    watch = new Watch(List.of(new Check(Alarm.DISK_LOW, Duration.ZERO, disk::get)), day.time);
    AuthorityDesk authorityDesk =
        new AuthorityDesk(day.store, day.store, keys, crypto, urls, day.time, () -> {});
    AuthoritySuccession succession =
        new AuthoritySuccession(day.store, keys, crypto, urls, authorityDesk);
    parts =
        new ApiParts(
            day.store,
            new InventoryView(day.store, day.store),
            day.store,
            day.registry,
            new ProfileDesk(day.store, day.store, day.time, () -> {}),
            authorityDesk,
            succession,
            KeyHome.SOFTWARE,
            day.revocation,
            day.massRevocation,
            new CampaignDesk(day.store.campaigns(), day.store, day.time),
            day.calendar,
            new PlanDesk(
                day.store.plans(),
                day.store,
                day.store,
                succession,
                day.massRevocation,
                new AudienceDesk(day.store, day.store, day.time),
                day.registry,
                day.store,
                day.time),
            new EmergencyDesk(
                day.store.emergencies(),
                day.store,
                succession,
                new CampaignDesk(day.store.campaigns(), day.store, day.time),
                day.store.campaigns(),
                day.massRevocation,
                day.store,
                day.time),
            day.quarantine,
            new JoiningParts(day.approvals, day.manufacturers, day.batch, day.custody, day.check),
            new AudienceParts(
                new AudienceDesk(day.store, day.store, day.time),
                new Sessions(day.store, day.store, day.access, day.store, day.time)),
            new SecretParts(
                day.slots,
                day.apiKeys,
                day.signingKeys,
                new Holder(day.store, day.secretUse, day.signingKeys, day.time)),
            day.access,
            day.tokens,
            new IssuanceDesk(day.store, day.store, day.time),
            tokens,
            tokens::bearer,
            perToken,
            new DeviceStory(day.store, day.store, day.store, day.store, handshakes, day.time),
            handshakes,
            watch,
            day.time,
            () -> health.get().get(),
            () -> "cardea_example 1\n",
            (route, status, refusal, nanos) ->
                events.add(route + " " + status + " " + refusal.map(Refusal::code).orElse("-")));
    server =
        ApiServer.start(
            parts,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            identity::get,
            DRAIN);
    client = client();
  }

  /// A certificate for this host, from the issuing authority.
  TlsMaterial.Chain identity() throws Refused {
    KeyPair pair = day.crypto.generateKeyPair(CertKey.EC_P256);
    byte[] der =
        issuer
            .issue(
                issuer.prepare(
                    Profile.server(Duration.ofDays(1)),
                    IssuanceRequest.forServer(
                        List.of("localhost", "127.0.0.1"),
                        SubjectPublicKey.of(pair.getPublic().getEncoded()),
                        HOST.instant())))
            .der();
    return new TlsMaterial.Chain(
        pair.getPrivate(),
        List.of(Certificate.of(der).toX509(), issuer.authority().certificate().toX509()));
  }

  /// A client that trusts the root and nothing else, with connections of its own.
  HttpClient client() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root.certificate().toX509());
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  /// A fresh token's secret.
  String bearer(Role role, Scope scope) throws Refused {
    String name = Words.of(role) + (scope.isAll() ? "" : "-of-a-part");
    return tokens
        .create(name, role, scope, Optional.empty(), Optional.empty(), FirstDay.ADMIN)
        .secret();
  }

  /// Registers and enrols a device.
  Answer.Issued enrolled(String device) throws Refused {
    return (Answer.Issued) day.enrol(device, day.tokenFor(device), day.key());
  }

  Reaction get(String path) {
    return send("GET", path, Optional.of(admin), null);
  }

  Reaction post(String path, String body) {
    return send("POST", path, Optional.of(admin), body);
  }

  Reaction send(String method, String path, Optional<String> token, @Nullable String body) {
    HttpRequest.Builder request =
        request(path)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    token.ifPresent(secret -> request.header("authorization", "Bearer " + secret));
    if (body != null) {
      request.header("content-type", "application/json");
    }
    return send(request.build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(20));
  }

  Reaction send(HttpRequest request) {
    try {
      return new Reaction(client.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// What came back.
  record Reaction(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(response.body());
    }

    String text(String member) {
      return json().path(member).asString("");
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  private Entry entry(EntryKind kind) {
    return new Entry(kind, day.time.instant(), "server:cardea", Optional.empty(), Map.of());
  }

  @Override
  public void close() {
    client.close();
    server.close();
    watch.close();
  }
}

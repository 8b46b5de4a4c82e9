package io.cardea.apps.server;

import io.cardea.apps.server.api.ApiParts;
import io.cardea.apps.server.api.ApiServer;
import io.cardea.apps.server.api.AudienceParts;
import io.cardea.apps.server.api.Health;
import io.cardea.apps.server.api.JoiningParts;
import io.cardea.apps.server.api.PointDoor;
import io.cardea.apps.server.api.SecretParts;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.DataDirectory;
import io.cardea.apps.server.metrics.Metrics;
import io.cardea.apps.server.mqtt.JudgedSessions;
import io.cardea.apps.server.oidc.Oidc;
import io.cardea.apps.server.revocation.ForeignLists;
import io.cardea.apps.server.revocation.OcspSigners;
import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.apps.server.revocation.ShardCounter;
import io.cardea.apps.server.tracing.Tracing;
import io.cardea.apps.server.watch.Watch;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.ApprovalDesk;
import io.cardea.life.enrolment.BirthCertificates;
import io.cardea.life.enrolment.CertificateCheck;
import io.cardea.life.enrolment.Custody;
import io.cardea.life.enrolment.Enrolment;
import io.cardea.life.enrolment.IssuanceDesk;
import io.cardea.life.enrolment.ManufacturerDesk;
import io.cardea.life.enrolment.ManufacturingBatch;
import io.cardea.life.enrolment.Recognition;
import io.cardea.life.enrolment.RefusalLog;
import io.cardea.life.enrolment.TokenDesk;
import io.cardea.life.findings.DeviceStory;
import io.cardea.life.findings.HandshakeFailures;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.inventory.InventoryView;
import io.cardea.life.inventory.Registry;
import io.cardea.life.inventory.SecretSource;
import io.cardea.life.ledger.Commits;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityDesk;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CertificateBag;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.ProfileDesk;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.StatusListener;
import io.cardea.life.pki.path.PathValidation;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.CampaignDesk;
import io.cardea.life.rotation.CampaignWork;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocation;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.Quarantine;
import io.cardea.life.rotation.Revocation;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.calendar.CalendarDesk;
import io.cardea.life.rotation.calendar.Windows;
import io.cardea.life.rotation.emergency.EmergencyDesk;
import io.cardea.life.rotation.plan.PlanDesk;
import io.cardea.life.secrets.ApiKeys;
import io.cardea.life.secrets.SecretDesk;
import io.cardea.life.secrets.SecretSlots;
import io.cardea.life.secrets.SecretUse;
import io.cardea.life.secrets.SigningKeys;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.platform.keys.Keyring;
import io.cardea.platform.keys.SoftwareAuthorityKeys;
import io.cardea.platform.keys.WrappingKey;
import io.cardea.platform.store.Claims;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.PostgresCalendars;
import io.cardea.platform.store.PostgresCampaigns;
import io.cardea.platform.store.PostgresEmergencies;
import io.cardea.platform.store.PostgresHandshakeFailures;
import io.cardea.platform.store.PostgresPlans;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.StatusWatch;
import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeServer;
import io.cardea.protocols.edge.Routes;
import io.cardea.protocols.est.EstServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One Cardea server: wired here in plain Java, to be read from top to bottom. As long as there are
/// parts.
///
/// It serves from [#start] until [#close], which lets what is in flight finish. What a crash leaves
/// behind at each write is told in ARCHITECTURE.md.
public final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Config config;
  private final Parts parts;
  private final PostgresStore store;
  private final EdgeServer devices;
  private final EdgeServer http;
  private final ApiServer api;
  private final int mqttPort;
  private final Optional<EdgeServer> points;

  private Server(
      Config config,
      Parts parts,
      PostgresStore store,
      EdgeServer devices,
      EdgeServer http,
      ApiServer api,
      int mqttPort,
      Optional<EdgeServer> points) {
    this.config = config;
    this.parts = parts;
    this.store = store;
    this.devices = devices;
    this.http = http;
    this.api = api;
    this.mqttPort = mqttPort;
    this.points = points;
  }

  /// Starts the product.
  public static Server start(Config config) throws StartFailure {
    return start(config, new ProvenRotation());
  }

  /// Starts a server under other rules of rotation. There is one right set of them; this is for the
  /// trials that show why.
  public static Server start(Config config, Rotation rotation) throws StartFailure {
    Parts parts = new Parts();
    try {
      return wire(config, rotation, parts);
    } catch (Refused | SQLException | IOException | RuntimeException e) {
      // Whatever it was, nothing half-started is left behind, and the caller gets one line.
      parts.close();
      throw new StartFailure(e);
    }
  }

  private static Server wire(Config config, Rotation rotation, Parts parts)
      throws Refused, SQLException, IOException {
    // What we stand on: the database and its clock.
    DataDirectory directory = config.data();
    OwnerOnly.directory(directory.path());
    Optional<MqttPart> mqtt = MqttPart.begin(config, parts);
    Database database =
        parts.own(
            Database.open(
                FromConfig.databaseAddress(config, parts), FromConfig.databaseSettings(config)));
    log.info("database: {}", database.durability());
    DatabaseClock time =
        parts.own(DatabaseClock.start(database.dataSource(), FromConfig.clockSettings(config)));
    Metrics metrics = parts.own(new Metrics(time));
    PostgresStore store =
        parts.own(new PostgresStore(database, FromConfig.storeSettings(config), metrics.commits()));

    // Keys, authorities, profiles.
    RefusedKeyFile refusedKeys = RefusedKeyFile.open(config.refusedKeys());
    CryptoBackend crypto = CryptoBackends.fastest().refusing(refusedKeys);
    WrappingKey wrapping =
        WrappingKey.find(System.getenv(), directory.path().resolve("wrapping.key"));
    Keyring keys =
        new Keyring(
            new SoftwareAuthorityKeys(crypto, wrapping), FromConfig.token(config, crypto, parts));
    PublicUrls urls = new PublicUrls(config.publicUrl());
    FirstStart.ensure(
        store, store, keys, crypto, urls, config.trustDomain(), config.keys().home(), time);
    ShardCounter shards = new ShardCounter(store, time);
    Tracing tracing = parts.own(Tracing.to(config.traces()));
    Issuers issuers = new Issuers(store, tracing.traced(keys), crypto, urls, shards);
    issuers.reload();

    // The use cases.
    RefusalLog refusals = new RefusalLog(store, metrics::refused);
    Registry registry = new Registry(store, store, time);
    SecretSource secrets = new SecretSource(wrapping::derive);
    TokenDesk tokenDesk = new TokenDesk(store, store, store, secrets, time);
    ApiTokens apiTokens = new ApiTokens(store, store, secrets, time);
    Access access = new Access(store, store, rotation, time);
    AudienceParts audiences =
        SessionWiring.of(
            database, store, access, time, FromConfig.storeSettings(config).patience(), parts);
    Revocation revocation = new Revocation(store, store, store, rotation, time);
    Claims claims = parts.own(new Claims(database, UUID.randomUUID().toString()));
    Timers orders = parts.own(new Timers("mass-revocations"));
    AtomicReference<Runnable> goOn = new AtomicReference<>(() -> {});
    MassRevocation massRevocation =
        new MassRevocation(store, store, store, rotation, time, () -> goOn.get().run());
    Timers.Work carryOut =
        () ->
            massRevocation.work(() ->
                time.trusted()
                    && claims.take("mass-revocation", time.instant(), LEASE).isPresent());
    goOn.set(() -> orders.soon("mass revocation", carryOut));
    PostgresCampaigns campaigns = new PostgresCampaigns(database);
    CampaignDesk campaignDesk = new CampaignDesk(campaigns, store, time);
    CampaignWork campaignWork = new CampaignWork(campaigns, campaignDesk, time);
    PostgresCalendars calendars = new PostgresCalendars(database);
    CalendarDesk calendarDesk = new CalendarDesk(calendars, campaigns, store, store, store, time);
    Windows windows = new Windows(calendars, campaigns, store);
    windows.refresh();
    Quarantine quarantine = new Quarantine(store, store, time);
    PathValidation paths = new PathValidation(crypto);
    BirthCertificates births = new BirthCertificates(store, store, store, paths);
    ApprovalDesk approvals = new ApprovalDesk(store, store, store, time);
    Enrolment enrolment =
        new Enrolment(
            store,
            tracing.traced((Lineages) store),
            store,
            tracing.traced((Commits) store),
            rotation,
            issuers,
            crypto,
            time,
            refusals,
            births,
            approvals,
            FromConfig.requestLimits(config),
            windows);
    JoiningParts joining =
        new JoiningParts(
            approvals,
            new ManufacturerDesk(store, store, store, time),
            new ManufacturingBatch(store, store, store, time),
            new Custody(store, store, rotation, time),
            new CertificateCheck(access, births, store, store, paths, time));
    SecretDesk secretDesk =
        new SecretDesk(
            store,
            store,
            store,
            store,
            rotation,
            crypto,
            secrets,
            time,
            refusals,
            FromConfig.requestLimits(config));
    SecretUse secretUse = new SecretUse(store, access);
    SigningKeys signingKeys = new SigningKeys(store, store, time);
    Holder holder = new Holder(store, secretUse, signingKeys, time);
    SecretParts secretParts =
        new SecretParts(
            new SecretSlots(store, store, time),
            new ApiKeys(store, store, store, rotation, secrets, time),
            signingKeys,
            holder);
    Recognition recognition = new Recognition(store, store, store, store, crypto, time, refusals);
    HandshakeFailures handshakes = new PostgresHandshakeFailures(database);
    DeviceStory deviceStory = new DeviceStory(store, store, store, store, handshakes, time);

    // Our own identity, and the secrets of the first start.
    TlsIdentity identity = identity(config, issuers, store, crypto, time);
    writeTrustedAuthorities(directory, issuers.trusted(), identity.anchors());
    AdministratorToken.ensure(directory, store, apiTokens);

    // The doors: plain HTTP first, since certificates that point there are issued by the others.
    OcspSigners ocspSigners =
        new OcspSigners(issuers::answering, store, crypto, time, metrics::ocspCertificate);
    RevocationData revocationData =
        RevocationData.of(
            store,
            issuers,
            ocspSigners,
            urls,
            time,
            metrics.revocationData(),
            FromConfig.revocationSettings(config));
    JudgedSessions mqttSessions = new JudgedSessions(access, recognition);
    AtomicReference<Runnable> lookAtSessions = new AtomicReference<>(() -> {});
    parts.own(
        StatusWatch.start(
            database,
            StatusListener.both(
                revocationData.listener(),
                mqttSessions.listener(() -> lookAtSessions.get().run()))));
    ForeignLists foreignLists =
        new ForeignLists(config.revocation().folder(), issuers::trusted, crypto, time);
    PublicDoor publicDoor = new PublicDoor(issuers, revocationData);
    TrustBundle trustBundle = new TrustBundle(issuers);
    trustBundle.refresh();
    EdgeServer http =
        parts.own(
            EdgeServer.start(
                EdgeConfig.plain(config.httpListen().address(), FromConfig.limits(config)),
                Routes.builder()
                    .include(publicDoor.routes())
                    .include(foreignLists.routes())
                    .include(trustBundle.routes())
                    .build(),
                metrics.edge("http"),
                time));
    DeviceDoor deviceDoor =
        new DeviceDoor(store, issuers, access, recognition, refusals, windows, time);
    EstServer est =
        new EstServer(
            tracing.traced(metrics.measured(recognition.before(enrolment::enrol)::enrol)),
            () -> told(issuers, identity),
            issuers::deviceKeys,
            refusal -> metrics.refused(refusal, "est"));
    HandshakeJournal journal = new HandshakeJournal(metrics.edge("devices"), handshakes, time);
    EdgeServer devices =
        parts.own(
            EdgeServer.start(
                EdgeConfig.tls(
                        config.deviceListen().address(),
                        identity::material,
                        FromConfig.limits(config))
                    .behind(config.proxies()),
                Routes.builder()
                    .include(est.routes(name -> deviceKeys(store, issuers, name)))
                    .include(deviceDoor.routes())
                    .include(new SecretDoor(secretDesk, holder, store).routes(deviceDoor))
                    .include(trustBundle.routes())
                    .build(),
                journal,
                time));
    Optional<MqttPart.Opened> broker = Optional.empty();
    if (mqtt.isPresent()) {
      broker =
          Optional.of(
              mqtt.get()
                  .open(
                      mqttSessions,
                      identity::material,
                      (device, refusal) -> refusals.note(device, refusal, "mqtt", time.instant()),
                      campaigns,
                      time,
                      metrics.edge("mqtt")));
      lookAtSessions.set(broker.get()::look);
    }
    Optional<EdgeServer> points = Optional.empty();
    if (config.pointsListen().isPresent()) {
      PointDoor door = new PointDoor(audiences.desk(), audiences.sessions(), deviceDoor::admission);
      points =
          Optional.of(
              parts.own(
                  EdgeServer.start(
                      EdgeConfig.tls(
                          config.pointsListen().get().address(),
                          identity::material,
                          FromConfig.pointLimits(config)),
                      door.routes().build(),
                      metrics.edge("points"),
                      time)));
      parts.own(door); // closed first, so that nobody waits on
    }
    Watch watch =
        parts.own(
            new Watch(
                new Checks(
                        database,
                        time,
                        store,
                        store,
                        issuers,
                        identity,
                        ocspSigners,
                        store,
                        revocationData,
                        foreignLists,
                        refusedKeys)
                    .all(config),
                time));
    metrics.alarms(watch);
    AuthorityDesk authorityDesk =
        new AuthorityDesk(
            store,
            store,
            keys,
            crypto,
            urls,
            time,
            () -> {
              followAuthorities(directory, issuers, identity);
              identity.renewIfDue();
            });
    AuthoritySuccession succession =
        new AuthoritySuccession(store, keys, crypto, urls, authorityDesk);
    PlanDesk planDesk =
        new PlanDesk(
            new PostgresPlans(database),
            store,
            store,
            succession,
            massRevocation,
            new AudienceDesk(store, store, time),
            registry,
            store,
            time);
    EmergencyDesk emergencyDesk =
        new EmergencyDesk(
            new PostgresEmergencies(database),
            store,
            succession,
            campaignDesk,
            campaigns,
            massRevocation,
            store,
            time);
    ApiParts apiParts =
        new ApiParts(
            store,
            new InventoryView(store, store),
            store,
            registry,
            new ProfileDesk(
                store,
                store,
                time,
                () -> {
                  issuers.reload();
                  identity.renewIfDue();
                }),
            authorityDesk,
            succession,
            config.keys().home(),
            revocation,
            massRevocation,
            campaignDesk,
            calendarDesk,
            planDesk,
            emergencyDesk,
            quarantine,
            joining,
            audiences,
            secretParts,
            access,
            tokenDesk,
            new IssuanceDesk(store, store, time),
            apiTokens,
            bearer(config, apiTokens, time, parts),
            FromConfig.perApiToken(config),
            deviceStory,
            handshakes,
            watch,
            time,
            () -> health(database, time, issuers),
            metrics::scrape,
            metrics.api());
    ApiServer api =
        parts.own(
            ApiServer.start(
                apiParts, config.apiListen().address(), identity::chain, config.drainTimeout()));

    Timers timers = parts.own(new Timers("timers"));
    timers.every(Duration.ofSeconds(1), "shards of revocations", shards::flush);
    orders.every(Duration.ofSeconds(5), "mass revocation", carryOut);
    timers.every(
        Duration.ofSeconds(5),
        "retirements",
        () -> {
          if (time.trusted() && claims.take("retirements", time.instant(), LEASE).isPresent()) {
            revocation.retireDue(500);
          }
        });
    timers.every(
        Duration.ofSeconds(10),
        "authorities and profiles",
        () -> {
          followAuthorities(directory, issuers, identity);
          trustBundle.refresh();
        });
    parts
        .own(new Timers("campaigns"))
        .every(
            Duration.ofSeconds(1),
            "campaigns",
            () ->
                campaignWork.work(() ->
                    time.trusted() && claims.take("campaigns", time.instant(), LEASE).isPresent()));
    timers.every(Duration.ofSeconds(5), "renewal windows", windows::refresh);
    parts
        .own(new Timers("emergencies"))
        .every(
            Duration.ofSeconds(2),
            "emergencies",
            () ->
                emergencyDesk.work(() ->
                    time.trusted()
                        && claims.take("emergencies", time.instant(), LEASE).isPresent()));
    parts
        .own(new Timers("calendar"))
        .every(
            Duration.ofSeconds(5),
            "calendar",
            () -> {
              if (time.trusted() && claims.take("calendar", time.instant(), LEASE).isPresent()) {
                calendarDesk.makeIfDue();
              }
            });
    timers.every(Duration.ofSeconds(10), "refused keys", refusedKeys::readAgain);
    new ExpiredCredentials(store, claims, time, config.keepExpired(), metrics.pruning())
        .comeRound(parts.own(new Timers("pruning")));
    SessionWiring.sweep(audiences.sessions(), claims, time, timers);
    timers.every(Duration.ofSeconds(5), "failed handshakes", journal::write);
    timers.every(Duration.ofMinutes(1), "old failed handshakes", journal::forget);
    timers.every(Duration.ofMinutes(1), "OCSP certificates", ocspSigners::renewIfDue);
    timers.every(Duration.ofSeconds(10), "server certificate", identity::renewIfDue);
    Timers watching = parts.own(new Timers("watch"));
    watching.nowAndEvery(
        Duration.ofSeconds(10),
        "checks",
        () -> {
          metrics.certificates(certificates(issuers, identity));
          watch.look();
        });
    log.info(
        "ready: devices https port {}, people https port {}, http port {}, MQTT port {}",
        devices.port(),
        api.port(),
        http.port(),
        broker.map(its -> Integer.toString(its.port())).orElse("none"));
    points.ifPresent(its -> log.info("enforcement points https port {}", its.port()));
    return new Server(
        config,
        parts,
        store,
        devices,
        http,
        api,
        broker.map(MqttPart.Opened::port).orElse(0),
        points);
  }

  /// Where devices knock.
  public int devicePort() {
    return devices.port();
  }

  /// Where enforcement points report, if there is such a port.
  public OptionalInt pointPort() {
    return points.map(its -> OptionalInt.of(its.port())).orElseGet(OptionalInt::empty);
  }

  public int apiPort() {
    return api.port();
  }

  public int httpPort() {
    return http.port();
  }

  /// Where devices speak MQTT; 0 when there is no broker.
  public int mqttPort() {
    return mqttPort;
  }

  public DataDirectory directory() {
    return config.data();
  }

  /// The store, for trials that look behind the doors.
  public PostgresStore store() {
    return store;
  }

  /// Stops knocking, lets what is in flight finish, and closes what we stand on last.
  @Override
  public void close() {
    parts.close();
  }

  /// What a class lets its devices have certified; empty when there is no such class.
  private static Optional<Set<CertKey>> deviceKeys(
      PostgresStore store, Issuers issuers, String deviceClass) {
    return store.deviceClass(deviceClass).map(its -> issuers.keysOf(its.profile()));
  }

  private static void followAuthorities(
      DataDirectory directory, Issuers issuers, TlsIdentity identity) throws Refused {
    List<Certificate> before = issuers.trusted();
    issuers.reload();
    if (!issuers.trusted().equals(before)) {
      try {
        writeTrustedAuthorities(directory, issuers.trusted(), identity.anchors());
      } catch (IOException e) {
        log.error(
            "{} is out of date until the next start: {}",
            directory.trustedAuthorities(),
            e.toString());
      }
    }
  }

  /// No secret, but it must be whole: devices and people pin it. Roots stand before what leads from
  /// one generation to another: OpenSSL takes the first that fits, and would go round in circles
  /// between the two that lead both ways.
  private static void writeTrustedAuthorities(
      DataDirectory directory, List<Certificate> trusted, List<Certificate> anchors)
      throws IOException {
    StringBuilder pem = new StringBuilder();
    anchors.forEach(anchor -> pem.append(Pem.encode(anchor)));
    List<Certificate> ordered = new ArrayList<>(trusted.reversed());
    ordered.sort(Comparator.comparing(one -> !isRoot(one)));
    ordered.forEach(one -> pem.append(Pem.encode(one)));
    OwnerOnly.write(directory.trustedAuthorities(), pem.toString());
    Files.setPosixFilePermissions(
        directory.trustedAuthorities(), PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static boolean isRoot(Certificate certificate) {
    byte[] own = certificate.subjectKeyIdentifier().orElse(new byte[0]);
    return certificate.subject().equals(certificate.issuer())
        && Arrays.equals(own, certificate.authorityKeyIdentifier().orElse(own));
  }

  /// Who presents a token: one of ours, or, if so configured, one of the identity provider.
  private static Function<String, Optional<Actor>> bearer(
      Config config, ApiTokens apiTokens, DatabaseClock time, Parts parts) throws IOException {
    if (config.oidc().isEmpty()) {
      return apiTokens::bearer;
    }
    Oidc oidc = parts.own(Oidc.open(config.oidc().get(), time));
    return token -> apiTokens.bearer(token).or(() -> oidc.bearer(token));
  }

  private static TlsIdentity identity(
      Config config, Issuers issuers, Commits commits, CryptoBackend crypto, TrustedTime time)
      throws Refused, IOException {
    if (config.tlsFiles().isPresent()) {
      return TlsFiles.open(config.tlsFiles().get(), crypto, time);
    }
    ServerIdentity own = new ServerIdentity(issuers, commits, time, config.tlsNames());
    own.renewIfDue();
    return own;
  }

  /// By what EST clients are to know this server and judge what it issues (RFC 7030 §4.1.1).
  private static List<byte[]> told(Issuers issuers, TlsIdentity identity) {
    return Stream.concat(
            identity.anchors().stream().map(Certificate::der), issuers.certificates().stream())
        .limit(CertificateBag.MAX_CERTIFICATES)
        .toList();
  }

  /// Until when the certificates of this replica's own hold, by what they are.
  private static Map<String, Instant> certificates(Issuers issuers, TlsIdentity identity) {
    Map<String, Instant> ends = new TreeMap<>();
    for (Authority authority : issuers.authorities()) {
      ends.put("authority " + authority.id(), authority.certificate().notAfter());
    }
    ends.put("server", identity.notAfter());
    return ends;
  }

  private static Health.Check databaseCheck(Database database) {
    try {
      boolean sufficient = database.durability().isSufficient();
      return new Health.Check(
          "database", sufficient, sufficient ? "answers, durably" : "answers, and is not durable");
    } catch (SQLException e) {
      return new Health.Check("database", false, "does not answer");
    }
  }

  private static Health health(Database database, DatabaseClock time, Issuers issuers) {
    return new Health(
        List.of(
            databaseCheck(database),
            new Health.Check(
                "clock",
                time.trusted(),
                time.distrust().map(Enum::name).orElse("agrees with the database")),
            new Health.Check("authority", issuers.canIssue(), "an issuing authority is open")));
  }
}

package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.DatabaseSettings;
import io.cardea.apps.server.config.EdgeSettings;
import io.cardea.apps.server.config.KeySettings;
import io.cardea.apps.server.config.LimitSettings;
import io.cardea.apps.server.config.RevocationSettings;
import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.life.Rate;
import io.cardea.life.enrolment.RequestLimits;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.platform.keys.PinFile;
import io.cardea.platform.keys.Pkcs11Keys;
import io.cardea.platform.keys.Pkcs11Token;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.protocols.edge.EdgeLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What the configuration means to each of the parts that [Server] is wired from.
final class FromConfig {
  private static final int READERS = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int WAITING_FOR_THE_TOKEN = 256;

  private FromConfig() {}

  static Path embeddedHome(Config config) {
    return config.data().path().resolve("postgres");
  }

  /// Starts the embedded database, if that is the one.
  static DatabaseAddress databaseAddress(Config config, Parts parts) {
    return switch (config.database()) {
      case DatabaseSettings.Embedded _ ->
          parts.own(EmbeddedPostgres.start(embeddedHome(config))).address();
      case DatabaseSettings.External(var url, var user, var password, _) ->
          new DatabaseAddress(
              url, user.orElse(""), password.map(secret -> secret.reveal()).orElse(""));
    };
  }

  static Optional<Pkcs11Keys> token(Config config, CryptoBackend crypto, Parts parts)
      throws IOException {
    if (config.keys().token().isEmpty()) {
      return Optional.empty();
    }
    KeySettings.Token settings = config.keys().token().get();
    PinFile pin =
        PinFile.find(System.getenv(), settings.pinFile())
            .orElseThrow(() ->
                new IOException(
                    "keys.pkcs11.pin-file must be set, or the credential "
                        + PinFile.CREDENTIAL
                        + " handed over"));
    Pkcs11Token token =
        parts.own(
            new Pkcs11Token(
                new Pkcs11Token.Settings(
                    settings.module(),
                    settings.token(),
                    pin,
                    settings.timeout(),
                    settings.sessions(),
                    WAITING_FOR_THE_TOKEN)));
    return Optional.of(new Pkcs11Keys(token, crypto));
  }

  static Database.Settings databaseSettings(Config config) {
    return Database.Settings.USUAL.withConnections(config.database().poolSize());
  }

  static PostgresStore.Settings storeSettings(Config config) {
    return new PostgresStore.Settings(config.issueWriters(), READERS, PATIENCE);
  }

  static DatabaseClock.Settings clockSettings(Config config) {
    DatabaseClock.Settings usual = DatabaseClock.Settings.USUAL;
    return new DatabaseClock.Settings(
        usual.interval(), config.maxDrift(), usual.settle(), usual.longestSilence());
  }

  static RevocationData.Settings revocationSettings(Config config) {
    RevocationSettings revocation = config.revocation();
    return new RevocationData.Settings(
        revocation.listMemory(),
        revocation.answerMemory(),
        revocation.answerLife(),
        revocation.nonce() == RevocationSettings.Nonce.REPEAT);
  }

  static RequestLimits requestLimits(Config config) {
    LimitSettings limits = config.limits();
    return new RequestLimits(
        limits.devicePerMinute(), limits.tokenPerMinute(), limits.classPerSecond());
  }

  static Rate perApiToken(Config config) {
    return Rate.of(
        config.limits().apiTokenPerSecond(), Duration.ofSeconds(1), Duration.ofMinutes(1));
  }

  /// Few who ask, with much in a request, and most of them wait for orders.
  static EdgeLimits pointLimits(Config config) {
    return limits(config)
        .withSizes(config.edge().headerBytes(), 512 * 1024)
        .withConnections(512, 64)
        .withRequests(config.edge().requestsPerConnection(), 512, 64);
  }

  static EdgeLimits limits(Config config) {
    EdgeSettings edge = config.edge();
    return new EdgeLimits(
        edge.handshakeTimeout(),
        edge.requestTimeout(),
        edge.idleTimeout(),
        edge.writeTimeout(),
        config.drainTimeout(),
        edge.headerBytes(),
        edge.bodyBytes(),
        edge.connections(),
        edge.connectionsPerAddress(),
        edge.requestsPerConnection(),
        edge.requestsInFlight(),
        edge.requestsWaiting(),
        edge.handshakeShare());
  }
}

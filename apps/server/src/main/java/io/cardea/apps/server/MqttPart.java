package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.MqttSettings;
import io.cardea.apps.server.mqtt.MqttFront;
import io.cardea.apps.server.mqtt.MqttSessions;
import io.cardea.connectors.hivemq.EmbeddedBroker;
import io.cardea.life.Refusal;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.rotation.Campaigns;
import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.TlsMaterial;
import io.cardea.protocols.edge.TlsTunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// The embedded broker, if one is configured. It starts beside everything else, and its door opens
/// when both are ready.
final class MqttPart {
  private static final Duration COMMANDS = Duration.ofSeconds(1);
  private static final Duration COMES_ROUND = Duration.ofMillis(500);

  private final Config config;
  private final MqttSettings settings;
  private final Parts parts;
  private final CompletableFuture<EmbeddedBroker> starting;

  private MqttPart(Config config, MqttSettings settings, Parts parts) {
    this.config = config;
    this.settings = settings;
    this.parts = parts;
    this.starting =
        MqttFront.starting(
            settings, config.edge().connections(), config.data().path().resolve("mqtt"));
    // Owned from the beginning: whatever fails meanwhile, it is stopped.
    parts.own(() -> starting.thenAccept(EmbeddedBroker::close).join());
  }

  static Optional<MqttPart> begin(Config config, Parts parts) {
    return config.mqtt().map(settings -> new MqttPart(config, settings, parts));
  }

  /// Opens the door.
  ///
  /// @param sessions whose these are
  /// @return what ends the sessions that have to end, when called
  Opened open(
      MqttSessions sessions,
      Supplier<TlsMaterial> material,
      BiConsumer<Optional<DeviceId>, Refusal> refused,
      Campaigns campaigns,
      TrustedTime time,
      EdgeEvents events)
      throws IOException {
    MqttFront front =
        new MqttFront(broker(), sessions, settings.readers(), refused, campaigns, time);
    Timers timers = parts.own(new Timers("mqtt-sessions"));
    TlsTunnel door =
        parts.own(
            front.listen(
                EdgeConfig.tls(settings.listen().address(), material, FromConfig.limits(config))
                    .behind(config.proxies()),
                events));
    timers.every(COMMANDS, "MQTT commands", front.commands()::round);
    timers.every(COMES_ROUND, "MQTT sessions that have to end", front::sweep);
    return new Opened(front, door, timers);
  }

  private EmbeddedBroker broker() throws IOException {
    try {
      return starting.join();
    } catch (CompletionException e) {
      throw new IOException("the MQTT broker did not start: " + e.getMessage(), e);
    }
  }

  /// The door that stands open.
  record Opened(MqttFront front, TlsTunnel door, Timers timers) {
    int port() {
      return door.port();
    }

    /// Looks now for sessions that have to end. Returns at once.
    void look() {
      timers.soon("MQTT sessions that have to end", front::sweep);
    }
  }
}

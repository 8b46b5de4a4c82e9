package io.cardea.apps.agent;

import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.mqtt.client.MqttConnection;
import io.cardea.protocols.mqtt.client.MqttIdentity;
import io.cardea.protocols.mqtt.client.MqttMessage;
import io.cardea.protocols.mqtt.client.MqttTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for commands at the device's topic, by the credential that it shows, and takes its session
/// over with the next one once there is one.
///
/// A command says no more than that the server is to be asked now: when to renew is its answer. So
/// one that is replayed, late or made up costs a question. One that came already changes nothing.
final class CommandLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommandLink.class);

  /// `renew ID` or `new-key ID`.
  static final List<String> WORDS = List.of("renew", "new-key");

  private static final int LONGEST = 128;
  private static final Duration EXPIRY = Duration.ofDays(7);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final BrokerAddress broker;
  private final AgentSettings settings;
  private final Surroundings surroundings;
  private final Supplier<Optional<ClientIdentity>> shown;
  private final Supplier<X509TrustManager> trust;
  private final Runnable command;
  private final Semaphore looks = new Semaphore(0);
  private volatile boolean closed;
  private volatile @Nullable MqttConnection connection;
  private @Nullable ClientIdentity by;
  private String last = "";
  private int failures;

  /// @param shown what the device shows now
  /// @param command called for each command that is new, on a thread of the connection
  CommandLink(
      BrokerAddress broker,
      AgentSettings settings,
      Surroundings surroundings,
      Supplier<Optional<ClientIdentity>> shown,
      Supplier<X509TrustManager> trust,
      Runnable command) {
    this.broker = broker;
    this.settings = settings;
    this.surroundings = surroundings;
    this.shown = shown;
    this.trust = trust;
    this.command = command;
  }

  void start() {
    var _ = Thread.ofVirtual().name("agent-mqtt-" + settings.device()).start(this::run);
  }

  /// Something may have changed: the credential, or the connection.
  void look() {
    looks.release();
  }

  private void run() {
    try {
      while (!closed) {
        Duration wait = keep();
        var _ = looks.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        var _ = looks.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hangUp();
    }
  }

  /// @return how long to wait for something to change
  private Duration keep() {
    Optional<ClientIdentity> now = shown.get();
    MqttConnection open = connection;
    if (now.isEmpty() || (open != null && open.isOpen() && now.get().equals(by))) {
      return LOOK;
    }
    try {
      connect(now.get());
      failures = 0;
      return LOOK;
    } catch (IOException e) {
      log.debug("{}: no commands by MQTT: {}", settings.device(), e.getMessage());
      return settings
          .pace()
          .afterFailure(++failures, settings.pace().longest(), surroundings.random());
    }
  }

  private void connect(ClientIdentity identity) throws IOException {
    String id = settings.device().value();
    MqttConnection next =
        MqttConnection.open(
            new MqttTarget(broker.host(), broker.port(), trust.get(), TIMEOUT),
            new MqttIdentity(id, identity.key(), identity.chain()),
            EXPIRY,
            this::arrived,
            why -> look());
    MqttConnection old = connection;
    connection = next;
    by = identity;
    if (old != null) {
      old.close();
    }
    next.subscribe("commands/" + id);
  }

  private void arrived(MqttMessage message) {
    if (message.payload().length > LONGEST) {
      return;
    }
    String text = new String(message.payload(), StandardCharsets.UTF_8);
    String[] words = text.split(" ", -1);
    synchronized (this) {
      if (words.length != 2 || !WORDS.contains(words[0]) || text.equals(last)) {
        return;
      }
      last = text;
    }
    command.run();
  }

  private void hangUp() {
    MqttConnection open = connection;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    look();
  }
}

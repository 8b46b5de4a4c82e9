package io.cardea.apps.server.mqtt;

import io.cardea.apps.server.config.MqttSettings;
import io.cardea.connectors.hivemq.BrokerSettings;
import io.cardea.connectors.hivemq.EmbeddedBroker;
import io.cardea.connectors.hivemq.Rights;
import io.cardea.connectors.hivemq.Ticket;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.Campaigns;
import io.cardea.protocols.edge.ClientCertificate;
import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.Passage;
import io.cardea.protocols.edge.TlsTunnel;
import io.cardea.protocols.mqtt.Connect;
import io.cardea.protocols.mqtt.MqttAccess;
import io.cardea.protocols.mqtt.MqttDoor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded broker with the door before it.
///
/// A client's id is the registered id of the device that its certificate is of, or begins with it
/// and a slash. It publishes under `devices/ID/`, reads there and at `commands/ID`, and nowhere
/// else; those named as readers read everything that devices publish.
///
/// A session that has to end is told so by the broker, and closed a moment later in any case. Its
/// MQTT session stays, for the same device with a certificate that is accepted.
public final class MqttFront implements MqttAccess, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MqttFront.class);

  private static final int IN_FLIGHT = 100;
  private static final Duration KEEP_ALIVE = Duration.ofHours(18);

  /// From telling a client that it has to go until it is gone.
  private static final Duration FAREWELL = Duration.ofMillis(200);

  private final EmbeddedBroker broker;
  private final MqttSessions sessions;
  private final Set<String> readers;
  private final BiConsumer<Optional<DeviceId>, Refusal> refused;
  private final Map<Passage, Live> live = new ConcurrentHashMap<>();
  private final Map<DeviceId, Integer> devices = new ConcurrentHashMap<>();
  private final Map<String, Live> byClientId = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final CommandPost commands;

  /// A connection that was let in.
  private record Live(
      String session, DeviceId device, String clientId, Passage passage, Ticket ticket) {}

  /// @param refused told of each refusal
  public MqttFront(
      EmbeddedBroker broker,
      MqttSessions sessions,
      Set<String> readers,
      BiConsumer<Optional<DeviceId>, Refusal> refused,
      Campaigns campaigns,
      TrustedTime time) {
    this.broker = broker;
    this.sessions = sessions;
    this.readers = Set.copyOf(readers);
    this.refused = refused;
    this.commands = new CommandPost(campaigns, time, this, this::deliver);
  }

  /// Starts the broker on a thread of its own: it takes its seconds.
  public static CompletableFuture<EmbeddedBroker> starting(
      MqttSettings settings, int connections, Path home) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return EmbeddedBroker.start(
                new BrokerSettings(
                    home,
                    connections,
                    settings.packetBytes(),
                    IN_FLIGHT,
                    settings.queued(),
                    settings.sessionExpiry(),
                    KEEP_ALIVE));
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofPlatform().name("mqtt-broker-start").start(task));
  }

  /// Opens the door.
  public TlsTunnel listen(EdgeConfig config, EdgeEvents events) throws IOException {
    return TlsTunnel.start(config, broker.address(), MqttDoor.MOST, new MqttDoor(this), events);
  }

  @Override
  public Answer connect(Passage passage, Connect connect) {
    Optional<ClientCertificate> certificate = passage.peer().certificate();
    if (certificate.isEmpty()) {
      return no(Optional.empty(), Refusal.AUTHENTICATION_REQUIRED);
    }
    Optional<DeviceId> claimed = claimed(connect.clientId());
    if (claimed.isEmpty()) {
      return no(Optional.empty(), Refusal.IDENTITY_MISMATCH);
    }
    String session = Long.toString(numbers.incrementAndGet());
    try {
      return switch (sessions.open(session, certificate.get(), claimed.get())) {
        case Admission.Admitted(var device, var _) ->
            welcome(passage, connect.clientId(), session, device);
        case Admission.Denied(var refusal, var device) -> no(device.map(Device::id), refusal);
      };
    } catch (Refused notNow) {
      return no(Optional.empty(), notNow.refusal());
    }
  }

  private Answer welcome(Passage passage, String clientId, String session, Device device) {
    tellWhatWaits(device.id());
    Ticket ticket = broker.admit(clientId, rights(device.id().value()));
    Live opened = new Live(session, device.id(), clientId, passage, ticket);
    live.put(passage, opened);
    byClientId.put(clientId, opened);
    devices.merge(device.id(), 1, Integer::sum);
    return new Answer.Welcome(ticket.userName(), ticket.password());
  }

  /// Nobody is kept out because there is nothing to tell.
  private void tellWhatWaits(DeviceId device) {
    try {
      commands.waiting(device).ifPresent(words -> deliver(device, words));
    } catch (StoreFailure e) {
      log.debug("no command for {}: {}", device, e.getMessage());
    }
  }

  private void deliver(DeviceId device, String words) {
    try {
      broker.retain(
          "commands/" + device.value(),
          words.getBytes(StandardCharsets.UTF_8),
          CommandPost.GOOD_FOR);
    } catch (IOException e) {
      // It finds out when it asks.
      log.warn("{} was not told by MQTT: {}", device, e.getMessage());
    }
  }

  /// What tells devices that they are called.
  public CommandPost commands() {
    return commands;
  }

  boolean isConnected(DeviceId device) {
    return devices.containsKey(device);
  }

  private Rights rights(String id) {
    String own = "devices/" + id + "/#";
    List<String> reads = new ArrayList<>(List.of(own, "commands/" + id));
    if (readers.contains(id)) {
      reads.add("devices/#");
    }
    return new Rights(List.of(own), reads);
  }

  private Answer no(Optional<DeviceId> device, Refusal refusal) {
    refused.accept(device, refusal);
    return new Answer.No(refusal);
  }

  private static Optional<DeviceId> claimed(String clientId) {
    int slash = clientId.indexOf('/');
    try {
      return Optional.of(new DeviceId(slash < 0 ? clientId : clientId.substring(0, slash)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void closed(Passage passage) {
    Live ended = live.remove(passage);
    if (ended != null) {
      broker.gone(ended.ticket());
      var _ = byClientId.remove(ended.clientId(), ended);
      devices.computeIfPresent(ended.device(), (its, count) -> count > 1 ? count - 1 : null);
      sessions.close(ended.session());
    }
  }

  /// Ends the sessions that have to end. Called often, and whenever something changed.
  public void sweep() {
    Set<String> toEnd = Set.copyOf(sessions.toEnd());
    if (toEnd.isEmpty()) {
      return;
    }
    live.values().stream().filter(each -> toEnd.contains(each.session())).forEach(this::end);
  }

  private void end(Live ending) {
    // Not whoever has taken the client id over since.
    if (ending.equals(byClientId.get(ending.clientId()))) {
      broker.disconnect(ending.clientId(), Refusal.CREDENTIAL_REVOKED.code());
    }
    log.info("session {} of {} has to end", ending.session(), ending.clientId());
    CompletableFuture.delayedExecutor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
        .execute(ending.passage()::close);
  }

  /// How many connections are let in now.
  public int connections() {
    return live.size();
  }

  @Override
  public void close() {
    broker.close();
  }
}

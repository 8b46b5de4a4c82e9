package io.cardea.apps.fleet.factory;

import io.cardea.protocols.est.client.CertificateRequests;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.EstClient;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.KeyKind;
import io.cardea.protocols.est.client.Login;
import io.cardea.protocols.mqtt.client.MqttConnection;
import java.io.IOException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A sensor that publishes numbered readings with QoS 1 and changes its certificate while it does.
///
/// It forgets a reading when the broker has acknowledged it. What a connection took with it
/// unacknowledged is sent again on the next one: a historian may see it twice, and never not at
/// all.
public final class Sensor implements AutoCloseable {
  private final String id;
  private final String topic;
  private final ConnectionSettings door;
  private final Broker broker;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Reading> unacknowledged = new ConcurrentSkipListMap<>();
  private volatile @Nullable ClientIdentity identity;
  private volatile @Nullable MqttConnection line;

  public Sensor(String id, ConnectionSettings door, Broker broker) {
    this.id = id;
    this.topic = "devices/" + id + "/reading";
    this.door = door;
    this.broker = broker;
  }

  /// Gets its first certificate and connects.
  public void begin(String token) throws IOException {
    KeyPair key = KeyKind.EC_P256.generate();
    try (DeviceConnection connection = DeviceConnection.anonymous(door)) {
      take(
          key, new EstClient(connection).enrol(CertificateRequests.der(key), new Login(id, token)));
    }
    connect();
  }

  /// Connects by an identity that it has from elsewhere.
  public void begin(ClientIdentity known) throws IOException {
    identity = known;
    connect();
  }

  /// Gets another certificate for a new key, and takes its session over with it.
  public void rotate() throws IOException {
    KeyPair key = KeyKind.EC_P256.generate();
    try (DeviceConnection connection = DeviceConnection.as(door, held())) {
      take(key, new EstClient(connection).reenrol(CertificateRequests.der(key)));
    }
    connect();
  }

  private void take(KeyPair key, EnrolAnswer answer) throws IOException {
    if (!(answer instanceof Issued(var certificate))) {
      throw new IOException(id + " got no certificate: " + answer);
    }
    identity = new ClientIdentity(key.getPrivate(), List.of(certificate));
  }

  private ClientIdentity held() throws IOException {
    return Optional.ofNullable(identity)
        .orElseThrow(() -> new IOException(id + " has no identity"));
  }

  /// The new connection stands before the old one ends.
  private synchronized void connect() throws IOException {
    MqttConnection next = broker.connect(id, held(), message -> {}, why -> {});
    MqttConnection old = line;
    line = next;
    if (old != null) {
      old.close();
    }
    again();
  }

  /// Sends the next reading. Returns at once.
  public void send(long intended) {
    Reading reading = new Reading(numbers.getAndIncrement(), intended);
    unacknowledged.put(reading.number(), reading);
    send(reading);
  }

  private void send(Reading reading) {
    MqttConnection by = line;
    if (by == null) {
      return;
    }
    var _ =
        by.publishing(topic, reading.bytes())
            .whenComplete((done, failure) -> {
              if (failure == null) {
                unacknowledged.remove(reading.number());
              } else if (by != line && unacknowledged.containsKey(reading.number())) {
                send(reading); // its connection was taken over meanwhile
              }
            });
  }

  /// Sends again what nobody acknowledged.
  public void again() {
    unacknowledged.values().forEach(this::send);
  }

  public String id() {
    return id;
  }

  /// How many readings it has sent, each of them once.
  public long sent() {
    return numbers.get();
  }

  /// Whether the broker has all of them.
  public boolean settled() {
    return unacknowledged.isEmpty();
  }

  @Override
  public void close() {
    MqttConnection by = line;
    if (by != null) {
      by.close();
    }
  }
}

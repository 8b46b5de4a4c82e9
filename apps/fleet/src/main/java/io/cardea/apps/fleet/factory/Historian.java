package io.cardea.apps.fleet.factory;

import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.mqtt.client.MqttConnection;
import io.cardea.protocols.mqtt.client.MqttMessage;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Reads what every sensor publishes, and knows which numbers it has not seen.
public final class Historian implements AutoCloseable {
  private static final int MOST_NUMBER = 100_000_000;

  private final String id;
  private final Broker broker;
  private final LongConsumer latency;
  private final Map<String, BitSet> seen = new ConcurrentHashMap<>();
  private final AtomicLong twice = new AtomicLong();
  private @Nullable MqttConnection line;

  /// @param latency told of each reading that is new: nanoseconds since it was to be sent
  public Historian(String id, Broker broker, LongConsumer latency) {
    this.id = id;
    this.broker = broker;
    this.latency = latency;
  }

  /// Connects, or takes its session over with another identity.
  public synchronized void connect(ClientIdentity identity) throws IOException {
    MqttConnection next = broker.connect(id, identity, this::arrived, why -> {});
    if (line == null) {
      next.subscribe("devices/+/reading");
    }
    line = next;
  }

  private void arrived(MqttMessage message) {
    Reading reading = Reading.of(message.payload());
    String sensor = message.topic().split("/", -1)[1];
    if (reading.number() < 0 || reading.number() > MOST_NUMBER) {
      throw new IllegalArgumentException("number: " + reading.number());
    }
    BitSet numbers = seen.computeIfAbsent(sensor, its -> new BitSet());
    boolean fresh;
    synchronized (numbers) {
      fresh = !numbers.get((int) reading.number());
      numbers.set((int) reading.number());
    }
    if (fresh) {
      latency.accept(System.nanoTime() - reading.intended());
    } else {
      twice.incrementAndGet();
    }
  }

  /// How many of the first `sent` readings of a sensor it has not seen.
  public long missing(String sensor, long sent) {
    BitSet numbers = seen.get(sensor);
    if (numbers == null) {
      return sent;
    }
    synchronized (numbers) {
      return sent - numbers.get(0, Math.toIntExact(sent)).cardinality();
    }
  }

  /// How many readings came more than once.
  public long twice() {
    return twice.get();
  }

  /// How many readings it has seen.
  public long seen() {
    return seen.values().stream()
        .mapToLong(numbers -> {
          synchronized (numbers) {
            return numbers.cardinality();
          }
        })
        .sum();
  }

  @Override
  public synchronized void close() {
    if (line != null) {
      line.close();
    }
  }
}

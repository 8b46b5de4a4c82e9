package io.cardea.trials.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.agent.Agent;
import io.cardea.apps.agent.AgentEvent;
import io.cardea.apps.agent.AgentSettings;
import io.cardea.apps.agent.BrokerAddress;
import io.cardea.apps.agent.Surroundings;
import io.cardea.apps.agent.TokenSource;
import io.cardea.apps.fleet.factory.Broker;
import io.cardea.apps.fleet.factory.Historian;
import io.cardea.apps.fleet.factory.Sensor;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.mqtt.client.MqttConnection;
import io.cardea.protocols.mqtt.client.MqttIdentity;
import io.cardea.protocols.mqtt.client.MqttMessage;
import io.cardea.protocols.mqtt.client.MqttRefusedException;
import io.cardea.protocols.mqtt.client.MqttTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

/// The embedded broker behind its door, in a whole server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MqttTest {
  private static final Duration EXPIRY = Duration.ofMinutes(5);
  private static final int SENSORS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final JsonMapper JSON = new JsonMapper();

  private Home home;
  private TrialServer server;

  @BeforeAll
  void start() throws Exception {
    home = Home.create();
    server =
        TrialServer.start(
            home.resolve("server"),
            Map.of("mqtt.listen", "127.0.0.1:0", "mqtt.readers", "historian,counter"));
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
    home.close();
  }

  private MqttTarget target() throws IOException {
    return new MqttTarget(
        "localhost", server.server().mqttPort(), server.door().trust(), Duration.ofSeconds(30));
  }

  private static MqttIdentity as(String clientId, ClientIdentity identity) {
    return new MqttIdentity(clientId, identity.key(), identity.chain());
  }

  /// A device's connection, and what it was told.
  private final class Line implements AutoCloseable {
    final List<MqttMessage> arrived = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final MqttConnection connection;

    Line(String clientId, ClientIdentity identity) throws IOException {
      connection =
          MqttConnection.open(target(), as(clientId, identity), EXPIRY, arrived::add, ended::add);
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  @Test
  void whatADevicePublishes_reachesAReader() throws Exception {
    ClientIdentity historian = server.device("historian", "device").enrolled();
    ClientIdentity pump = server.device("pump-1", "device").enrolled();
    try (Line reader = new Line("historian", historian);
        Line device = new Line("pump-1", pump)) {
      reader.connection.subscribe("devices/#");

      device.connection.publish("devices/pump-1/pressure", "7 bar".getBytes(UTF_8));

      Eventually.until("the message", () -> !reader.arrived.isEmpty());
      assertThat(reader.arrived.getFirst().topic()).isEqualTo("devices/pump-1/pressure");
      assertThat(reader.arrived.getFirst().payload()).isEqualTo("7 bar".getBytes(UTF_8));
    }
  }

  @Test
  void anotherDevicesNameOrTopics_areRefused() throws Exception {
    ClientIdentity pump = server.device("pump-2", "device").enrolled();
    assertThatThrownBy(() -> new Line("pump-1", pump))
        .isInstanceOfSatisfying(
            MqttRefusedException.class,
            refused -> assertThat(refused.reason()).startsWith(Refusal.IDENTITY_MISMATCH.code()));
    try (Line device = new Line("pump-2/logger", pump)) {
      assertThatThrownBy(() -> device.connection.subscribe("devices/#"))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> device.connection.publish("devices/pump-1/x", new byte[1]))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void quarantinedDevice_losesItsSessionAndLearnsWhyAtTheDoor() throws Exception {
    ClientIdentity pump = server.device("pump-3", "device").enrolled();
    try (Line device = new Line("pump-3", pump)) {
      server
          .api()
          .call(
              "POST", "/api/v1/devices/pump-3/quarantine", JSON.readTree("{\"reason\":\"trial\"}"));

      Eventually.until("the end of the session", () -> !device.connection.isOpen());

      assertThatThrownBy(() -> new Line("pump-3", pump))
          .isInstanceOfSatisfying(
              MqttRefusedException.class,
              refused ->
                  assertThat(refused.reason()).startsWith(Refusal.DEVICE_QUARANTINED.code()));
    }
  }

  @Test
  void connection_isAProof() throws Exception {
    PlainDevice pump = server.device("pump-4", "device");
    ClientIdentity first = pump.enrolled();
    assertThat(pump.isAdmitted(first)).isTrue();
    ClientIdentity second = pump.renewed(first);

    try (Line device = new Line("pump-4", second)) {
      assertThat(device.connection.isOpen()).isTrue();
    }

    Fingerprint proven = PlainDevice.fingerprint(second);
    assertThat(
            server
                .api()
                .call("GET", "/api/v1/credentials?device=pump-4", null)
                .path("items")
                .toString())
        .contains(proven.toString())
        .contains("\"current\"");
  }

  @Test
  void calledDevice_isToldAtItsTopicAndRenewsNow() throws Exception {
    server.api().register("pump-5", "device", "trials");
    String token = server.api().enrolmentToken("pump-5", Duration.ofHours(1));
    AgentSettings settings =
        AgentSettings.of(new DeviceId("pump-5"), server.door(), home.resolve("pump-5"))
            .withToken(TokenSource.of(token))
            .withBroker(new BrokerAddress("localhost", server.server().mqttPort()));
    List<AgentEvent> events = new CopyOnWriteArrayList<>();
    try (Agent agent = Agent.open(settings, events::add, Surroundings.real())) {
      agent.start();
      Eventually.until(
          "a window far away",
          () ->
              events.stream()
                  .anyMatch(event ->
                      event instanceof AgentEvent.Planned(var _, var from)
                          && from.compareTo(Duration.ofDays(1)) > 0));

      server
          .api()
          .call(
              "POST",
              "/api/v1/campaigns",
              JSON.readTree(
                  "{\"cause\":\"algorithm\",\"comment\":\"trial\",\"at_most\":1,"
                      + "\"selection\":{\"devices\":[\"pump-5\"]}}"));

      Eventually.until(
          LIMIT,
          () -> "the second certificate after " + events,
          () ->
              events.stream()
                  .anyMatch(event ->
                      event instanceof AgentEvent.Confirmed(var generation, var _, var _)
                          && generation > 1));
    }
  }

  @Test
  void sensorsChangeTheirCertificatesDuringTraffic_noReadingIsLost() throws Exception {
    Broker broker = new Broker(target(), EXPIRY);
    PlainDevice reader = server.device("counter", "device");
    ClientIdentity first = reader.enrolled();
    List<Sensor> sensors = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    try (Historian counter = new Historian("counter", broker, nanos -> {});
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      counter.connect(first);
      List<Future<?>> begun = new ArrayList<>();
      for (int i = 0; i < SENSORS; i++) {
        PlainDevice device = server.device("sensor-" + i, "device");
        Sensor sensor = new Sensor(device.id(), server.door(), broker);
        sensors.add(sensor);
        begun.add(
            threads.submit(() -> {
              sensor.begin(device.token());
              return null;
            }));
      }
      for (Future<?> each : begun) {
        each.get();
      }
      Future<?> traffic =
          threads.submit(() -> {
            while (!over.get()) {
              sensors.forEach(sensor -> sensor.send(System.nanoTime()));
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
          });
      Eventually.until("the first readings", () -> counter.seen() > SENSORS);

      for (Sensor sensor : sensors) {
        sensor.rotate();
      }
      counter.connect(reader.renewed(first));

      long then = counter.seen();
      Eventually.until("readings by the new ones", () -> counter.seen() > then + SENSORS);
      over.set(true);
      traffic.get();
      Eventually.until("acknowledgements", () -> sensors.stream().allMatch(Sensor::settled));
      Eventually.until(
          LIMIT,
          () ->
              sensors.stream().mapToLong(each -> counter.missing(each.id(), each.sent())).sum()
                  + " readings did not arrive",
          () -> sensors.stream().allMatch(each -> counter.missing(each.id(), each.sent()) == 0));
    } finally {
      sensors.forEach(Sensor::close);
    }
  }
}

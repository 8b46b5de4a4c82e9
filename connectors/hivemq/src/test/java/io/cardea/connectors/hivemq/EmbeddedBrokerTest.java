package io.cardea.connectors.hivemq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real broker, one for all tests, and a real client.
class EmbeddedBrokerTest {
  @TempDir static Path home;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker =
        EmbeddedBroker.start(
            new BrokerSettings(
                home.resolve("mqtt"),
                100,
                64 * 1024,
                20,
                100,
                Duration.ofHours(1),
                Duration.ofMinutes(10)));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static Mqtt5BlockingClient client(String id) {
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverHost(broker.address().getHostString())
        .serverPort(broker.address().getPort())
        .buildBlocking();
  }

  private static Mqtt5BlockingClient admitted(String id, Rights rights) {
    Mqtt5BlockingClient client = client(id);
    Ticket ticket = broker.admit(id, rights);
    client
        .connectWith()
        .simpleAuth()
        .username(ticket.userName())
        .password(ticket.password())
        .applySimpleAuth()
        .send();
    return client;
  }

  @Test
  void clientWithoutTicket_isRefused() {
    assertThatThrownBy(() -> client("pump-1").connect()).isInstanceOf(Mqtt5ConnAckException.class);
  }

  @Test
  void ticket_isGoodOnceAndForItsClientAlone() {
    Ticket ticket = broker.admit("pump-1", new Rights(List.of(), List.of()));
    assertThatThrownBy(() ->
            client("pump-2")
                .connectWith()
                .simpleAuth()
                .username(ticket.userName())
                .password(ticket.password())
                .applySimpleAuth()
                .send())
        .isInstanceOf(Mqtt5ConnAckException.class);
    assertThatThrownBy(() ->
            client("pump-1")
                .connectWith()
                .simpleAuth()
                .username(ticket.userName())
                .password(ticket.password())
                .applySimpleAuth()
                .send())
        .isInstanceOf(Mqtt5ConnAckException.class);
  }

  @Test
  void retainedMessage_reachesWhoSubscribesLater() throws Exception {
    broker.retain("commands/pump-3", "renew".getBytes(UTF_8), Duration.ofMinutes(1));
    Mqtt5BlockingClient client =
        admitted("pump-3", new Rights(List.of(), List.of("commands/pump-3")));
    try (Mqtt5BlockingClient.Mqtt5Publishes arrived =
        client.publishes(MqttGlobalPublishFilter.ALL)) {
      client.subscribeWith().topicFilter("commands/pump-3").qos(MqttQos.AT_LEAST_ONCE).send();
      Optional<Mqtt5Publish> first = arrived.receive(30, TimeUnit.SECONDS);
      assertThat(first.map(each -> new String(each.getPayloadAsBytes(), UTF_8))).contains("renew");
    }
    client.disconnect();
  }

  @Test
  void subscriptionOutsideOfItsRights_isRefused() {
    Mqtt5BlockingClient client =
        admitted("pump-4", new Rights(List.of("devices/pump-4/#"), List.of("commands/pump-4")));
    assertThatThrownBy(() -> client.subscribeWith().topicFilter("commands/#").send())
        .hasMessageContaining("SUBACK");
    assertThatThrownBy(() -> client.subscribeWith().topicFilter("devices/#").send())
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void publishOutsideOfItsRights_reachesNobody() throws Exception {
    Mqtt5BlockingClient reader = admitted("reader", new Rights(List.of(), List.of("devices/#")));
    Mqtt5BlockingClient client =
        admitted("pump-5", new Rights(List.of("devices/pump-5/#"), List.of()));
    try (Mqtt5BlockingClient.Mqtt5Publishes arrived =
        reader.publishes(MqttGlobalPublishFilter.ALL)) {
      reader.subscribeWith().topicFilter("devices/#").qos(MqttQos.AT_LEAST_ONCE).send();
      client
          .publishWith()
          .topic("devices/pump-5/t")
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload(new byte[1])
          .send();
      assertThat(arrived.receive(30, TimeUnit.SECONDS)).isPresent();
      assertThatThrownBy(() ->
              client
                  .publishWith()
                  .topic("devices/pump-6/t")
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .payload(new byte[1])
                  .send())
          .isInstanceOf(RuntimeException.class);
      assertThat(arrived.receiveNow()).isEmpty();
    }
    reader.disconnect();
  }

  @Test
  void disconnectedClient_learnsWhy() throws Exception {
    Mqtt5BlockingClient client = admitted("pump-7", new Rights(List.of(), List.of()));
    broker.disconnect("pump-7", "credential-revoked");
    assertThat(Eventually.is(() -> !client.getState().isConnected())).isTrue();
  }
}

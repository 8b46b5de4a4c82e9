package io.cardea.protocols.mqtt.client;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5MessageException;
import com.hivemq.client.mqtt.mqtt5.message.Mqtt5ReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// One connection of a device by MQTT 5, with the credential that it began with.
///
/// It never comes back by itself: a device decides by which credential it does. To change the
/// credential, open another one with the same client id: its TLS handshake is done before its
/// CONNECT ends the older connection, and with a session expiry the broker keeps what arrives
/// between. What was not acknowledged to the sender must be sent again.
public final class MqttConnection implements AutoCloseable {
  private final Mqtt5AsyncClient client;
  private final Duration timeout;

  private MqttConnection(Mqtt5AsyncClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /// @param sessionExpiry how long the broker is to keep the session, and what is queued in it;
  ///   what an earlier connection left is taken up
  /// @param arrived told of each message, on a thread of the connection: return soon. When it
  ///   returns, the message is acknowledged.
  /// @param ended told once, with why, when the connection is over and we did not end it
  public static MqttConnection open(
      MqttTarget target,
      MqttIdentity identity,
      Duration sessionExpiry,
      Consumer<MqttMessage> arrived,
      Consumer<String> ended)
      throws IOException {
    Mqtt5AsyncClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(identity.clientId())
            .transportConfig()
            .serverHost(target.host())
            .serverPort(target.port())
            .socketConnectTimeout(target.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .mqttConnectTimeout(target.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .sslConfig()
            .keyManagerFactory(OneKey.keys(identity))
            .trustManagerFactory(OneKey.trust(target.trust()))
            .handshakeTimeout(target.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .applySslConfig()
            .applyTransportConfig()
            .addDisconnectedListener(context -> over(context, ended))
            .buildAsync();
    client.publishes(MqttGlobalPublishFilter.ALL, message -> arrived.accept(message(message)));
    MqttConnection connection = new MqttConnection(client, target.timeout());
    Mqtt5ConnAck answer =
        connection.await(
            client
                .connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(sessionExpiry.toSeconds())
                .send());
    if (answer.getReasonCode() != Mqtt5ConnAckReasonCode.SUCCESS) {
      throw new IOException("refused: " + answer.getReasonCode());
    }
    return connection;
  }

  private static MqttMessage message(Mqtt5Publish publish) {
    return new MqttMessage(
        publish.getTopic().toString(), publish.getPayloadAsBytes(), publish.isRetain());
  }

  private static void over(MqttClientDisconnectedContext context, Consumer<String> ended) {
    switch (context.getSource()) {
      case SERVER, CLIENT -> ended.accept(reason(context.getCause()));
      case USER -> {}
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof Mqtt5MessageException message) {
      Optional<String> text =
          message.getMqttMessage() instanceof Mqtt5Disconnect said
              ? said.getReasonString().map(Object::toString)
              : message.getMqttMessage() instanceof Mqtt5ConnAck refused
                  ? refused.getReasonString().map(Object::toString)
                  : Optional.empty();
      String number =
          message.getMqttMessage() instanceof Mqtt5Disconnect said
              ? name(said.getReasonCode())
              : message.getMqttMessage() instanceof Mqtt5ConnAck refused
                  ? name(refused.getReasonCode())
                  : message.getMqttMessage().getType().toString();
      return text.orElse(number);
    }
    return String.valueOf(cause.getMessage());
  }

  private static String name(Mqtt5ReasonCode code) {
    return code.toString();
  }

  /// Returns when the broker has it (QoS 1).
  public void publish(String topic, byte[] payload) throws IOException {
    await(publishing(topic, payload));
  }

  /// The same, later. Ends exceptionally when nobody knows whether the broker has it.
  public CompletableFuture<Void> publishing(String topic, byte[] payload) {
    return client
        .publishWith()
        .topic(topic)
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(payload)
        .send()
        .thenAccept(result ->
            result
                .getError()
                .ifPresent(error -> {
                  throw new IllegalStateException(error);
                }));
  }

  /// Returns when the broker has agreed.
  public void subscribe(String filter) throws IOException {
    await(client.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send());
  }

  public boolean isOpen() {
    return client.getState().isConnected();
  }

  private <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof Mqtt5MessageException) {
        throw new MqttRefusedException(reason(cause), cause);
      }
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new IOException("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// Says goodbye; the session stays as long as was asked.
  @Override
  public void close() {
    if (isOpen()) {
      var _ = client.disconnect().exceptionally(gone -> null);
    }
  }
}

package io.cardea.connectors.hivemq;

import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.MqttActivity;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The broker's only login: a ticket that the door made for one connection, good once. Whoever
/// reaches the plain listener on this host without one is refused.
final class Tickets implements SimpleAuthenticator {
  private static final int SECRET_BYTES = 32;

  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final SecureRandom random = new SecureRandom();

  private record Waiting(String clientId, Rights rights, byte[] secret) {}

  Ticket make(String clientId, Rights rights) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    String name = Long.toString(numbers.incrementAndGet());
    waiting.put(name, new Waiting(clientId, rights, secret));
    return new Ticket(name, secret);
  }

  /// The connection that a ticket was for is gone; nothing happens when it was used.
  void tear(String userName) {
    waiting.remove(userName);
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    ConnectPacket connect = input.getConnectPacket();
    Optional<Waiting> ticket = connect.getUserName().map(waiting::remove);
    if (ticket.isEmpty()
        || !ticket.get().clientId().equals(connect.getClientId())
        || !MessageDigest.isEqual(ticket.get().secret(), password(connect))) {
      output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED, "no ticket");
      return;
    }
    Rights rights = ticket.get().rights();
    output.getDefaultPermissions().clear();
    output.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    rights
        .publish()
        .forEach(topic -> output.getDefaultPermissions().add(may(topic, MqttActivity.PUBLISH)));
    rights
        .subscribe()
        .forEach(topic -> output.getDefaultPermissions().add(may(topic, MqttActivity.SUBSCRIBE)));
    output.authenticateSuccessfully();
  }

  private static TopicPermission may(String topic, MqttActivity activity) {
    return Builders.topicPermission()
        .topicFilter(topic)
        .activity(activity)
        .type(TopicPermission.PermissionType.ALLOW)
        .build();
  }

  private static byte[] password(ConnectPacket connect) {
    return connect
        .getPassword()
        .map(ByteBuffer::duplicate)
        .map(bytes -> {
          byte[] password = new byte[bytes.remaining()];
          bytes.get(password);
          return password;
        })
        .orElse(new byte[0]);
  }
}

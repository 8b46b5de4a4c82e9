package io.cardea.apps.agent;

import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.KeyKind;
import java.nio.file.Path;
import java.util.Optional;

/// One device's agent: who it is, where it lives, whom it asks. Start from [#of] and change by
/// `with…`.
///
/// @param server with the trust anchors that were given at install; they stay trusted beside those
///   that the server names later
/// @param directory its own, owner-only; an agent takes it for itself alone
/// @param key what kind of key it makes
/// @param broker where it waits for commands by MQTT, if anywhere
public record AgentSettings(
    DeviceId device,
    ConnectionSettings server,
    Path directory,
    TokenSource token,
    KeyKind key,
    Optional<ReloadHook> hook,
    RetryPace pace,
    Optional<BrokerAddress> broker) {

  public static AgentSettings of(DeviceId device, ConnectionSettings server, Path directory) {
    return new AgentSettings(
        device,
        server,
        directory,
        TokenSource.NONE,
        KeyKind.EC_P256,
        Optional.empty(),
        RetryPace.usual(),
        Optional.empty());
  }

  public AgentSettings withToken(TokenSource source) {
    return new AgentSettings(device, server, directory, source, key, hook, pace, broker);
  }

  public AgentSettings withKey(KeyKind kind) {
    return new AgentSettings(device, server, directory, token, kind, hook, pace, broker);
  }

  public AgentSettings withHook(ReloadHook run) {
    return new AgentSettings(device, server, directory, token, key, Optional.of(run), pace, broker);
  }

  public AgentSettings withPace(RetryPace other) {
    return new AgentSettings(device, server, directory, token, key, hook, other, broker);
  }

  public AgentSettings withBroker(BrokerAddress address) {
    return new AgentSettings(
        device, server, directory, token, key, hook, pace, Optional.of(address));
  }
}

package io.cardea.apps.server.mqtt;

import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Campaigns.Call;
import io.cardea.life.rotation.Campaigns.Called;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// Tells devices that a campaign has called them: those that are connected when they are called,
/// and the others when they connect.
///
/// A command is an announcement of what the renewal window says already (a device that hears none
/// finds out when it asks): it carries the moment of the call as its id and no instruction beyond
/// the kind, so that a lost or a repeated one does no harm.
public final class CommandPost {
  /// Beyond this it is not worth hearing: the device has asked by itself, or asks when it wakes.
  static final Duration GOOD_FOR = Duration.ofDays(1);

  private static final int BATCH = 10_000;

  /// A commit may become visible a little after a later one: looked at again for so long.
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final Campaigns campaigns;
  private final TrustedTime time;
  private final MqttFront front;
  private final BiConsumer<DeviceId, String> deliver;
  private Instant from;
  private Set<Called> told = Set.of();

  /// @param deliver puts the words to the device's topic
  CommandPost(
      Campaigns campaigns,
      TrustedTime time,
      MqttFront front,
      BiConsumer<DeviceId, String> deliver) {
    this.campaigns = campaigns;
    this.time = time;
    this.front = front;
    this.deliver = deliver;
    this.from = time.instant();
  }

  /// Tells those that were called since it was last asked to, and are connected. Called every
  /// second or so, on one thread.
  public void round() {
    List<Called> called = campaigns.calledSince(from.minus(AGAIN), BATCH);
    called.stream()
        .filter(each -> !told.contains(each))
        .filter(each -> front.isConnected(each.device()))
        .forEach(each -> deliver.accept(each.device(), words(each.call())));
    told = Set.copyOf(called);
    from = called.isEmpty() ? time.instant() : called.getLast().call().at();
  }

  /// What a device that connects is to be told, if it was called.
  Optional<String> waiting(DeviceId device) {
    return campaigns.call(device).map(CommandPost::words);
  }

  private static String words(Call call) {
    return (call.newKey() ? "new-key " : "renew ") + call.at().toEpochMilli();
  }
}

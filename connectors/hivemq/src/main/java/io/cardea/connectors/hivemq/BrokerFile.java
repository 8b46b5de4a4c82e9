package io.cardea.connectors.hivemq;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the broker reads at its start. Written anew each time; nobody else's changes survive.
final class BrokerFile {
  private BrokerFile() {}

  static void write(Path folder, InetSocketAddress address, BrokerSettings settings)
      throws IOException {
    Files.writeString(folder.resolve("config.xml"), text(address, settings));
  }

  private static String text(InetSocketAddress address, BrokerSettings settings) {
    return """
    <?xml version="1.0"?>
    <hivemq>
      <listeners>
        <tcp-listener>
          <port>%d</port>
          <bind-address>%s</bind-address>
        </tcp-listener>
      </listeners>
      <mqtt>
        <queued-messages>
          <max-queue-size>%d</max-queue-size>
          <strategy>discard</strategy>
        </queued-messages>
        <session-expiry>
          <max-interval>%d</max-interval>
        </session-expiry>
        <keep-alive>
          <allow-unlimited>false</allow-unlimited>
          <max-keep-alive>%d</max-keep-alive>
        </keep-alive>
        <packets>
          <max-packet-size>%d</max-packet-size>
        </packets>
        <receive-maximum>
          <server-receive-maximum>%d</server-receive-maximum>
        </receive-maximum>
      </mqtt>
      <restrictions>
        <max-connections>%d</max-connections>
        <max-client-id-length>256</max-client-id-length>
        <max-topic-length>1024</max-topic-length>
        <no-connect-idle-timeout>5000</no-connect-idle-timeout>
      </restrictions>
      <security>
        <allow-empty-client-id>
          <enabled>false</enabled>
        </allow-empty-client-id>
      </security>
      <anonymous-usage-statistics>
        <enabled>false</enabled>
      </anonymous-usage-statistics>
    </hivemq>
    """
        .formatted(
            address.getPort(),
            address.getAddress().getHostAddress(),
            settings.queued(),
            settings.sessionExpiry().toSeconds(),
            settings.keepAlive().toSeconds(),
            settings.packetBytes(),
            settings.inFlight(),
            settings.connections());
  }
}

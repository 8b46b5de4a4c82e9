package io.cardea.connectors.hivemq;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HiveMQ Community Edition in this process, on a plain port of the loopback interface that nobody
/// uses but the door before it: see [Ticket]. One in a process.
///
/// Sessions, queued and retained messages are files under the settings' home; what a client got an
/// acknowledgement for outlives the end of the process. They are not forced to the disk: when the
/// machine loses power, the last second of them may be lost.
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int PORTS_TRIED = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EmbeddedHiveMQ hiveMq;
  private final InetSocketAddress address;
  private final Tickets tickets;

  private EmbeddedBroker(EmbeddedHiveMQ hiveMq, InetSocketAddress address, Tickets tickets) {
    this.hiveMq = hiveMq;
    this.address = address;
    this.tickets = tickets;
  }

  /// Starts the broker and waits until it serves.
  public static EmbeddedBroker start(BrokerSettings settings) throws IOException {
    Path folder =
        Files.createDirectories(
            settings.home(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(folder.resolve("extensions"));
    for (int tried = 1; ; tried++) {
      InetSocketAddress address = free();
      BrokerFile.write(folder, address, settings);
      Tickets tickets = new Tickets();
      EmbeddedHiveMQ hiveMq = create(folder, tickets);
      try {
        await(hiveMq.start());
        return new EmbeddedBroker(hiveMq, address, tickets);
      } catch (IOException e) {
        close(hiveMq);
        if (tried == PORTS_TRIED) {
          throw e;
        }
      }
    }
  }

  private static EmbeddedHiveMQ create(Path folder, Tickets tickets) {
    // It takes over what the process does with exceptions that nobody catches, to end the process.
    UncaughtExceptionHandler ours = Thread.getDefaultUncaughtExceptionHandler();
    try {
      EmbeddedHiveMQ hiveMq =
          EmbeddedHiveMQ.builder()
              .withConfigurationFolder(folder)
              .withDataFolder(folder.resolve("data"))
              .withExtensionsFolder(folder.resolve("extensions"))
              .withEmbeddedExtension(
                  EmbeddedExtension.builder()
                      .withId("cardea")
                      .withName("Cardea")
                      .withVersion("1")
                      .withPriority(1)
                      .withStartPriority(1)
                      .withExtensionMain(new Main(tickets))
                      .build())
              .withoutLoggingBootstrap()
              .build();
      BrokerInternals.set();
      return hiveMq;
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(ours);
    }
  }

  /// Installs our login when the broker starts, before it listens.
  private static final class Main implements ExtensionMain {
    private final Tickets tickets;

    Main(Tickets tickets) {
      this.tickets = tickets;
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
      Services.securityRegistry().setAuthenticatorProvider(asked -> tickets);
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
      // Nothing of ours is left behind.
    }
  }

  private static InetSocketAddress free() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
      return new InetSocketAddress(loopback, socket.getLocalPort());
    }
  }

  private static void await(CompletableFuture<Void> future) throws IOException {
    UncaughtExceptionHandler ours = Thread.getDefaultUncaughtExceptionHandler();
    try {
      future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the MQTT broker did not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the MQTT broker started", e);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(ours);
    }
  }

  /// Where it listens, for the door.
  public InetSocketAddress address() {
    return address;
  }

  /// Lets one connection in.
  public Ticket admit(String clientId, Rights rights) {
    return tickets.make(clientId, rights);
  }

  /// A connection that was admitted is gone. A ticket that it did not use is worth nothing any
  /// more.
  public void gone(Ticket ticket) {
    tickets.tear(ticket.userName());
  }

  /// Tells a client why, and disconnects it. Its session and what is queued for it stay.
  public void disconnect(String clientId, String reason) {
    var _ =
        Services.clientService()
            .disconnectClient(clientId, true, DisconnectReasonCode.NOT_AUTHORIZED, reason)
            .exceptionally(e -> {
              log.warn("a client was not disconnected by the broker: {}", e.toString());
              return false;
            });
  }

  /// Keeps a message for everyone who subscribes from now on, and sends it to those who have: in
  /// place of an older one of the topic. Returns when it is kept.
  public void retain(String topic, byte[] payload, Duration expiry) throws IOException {
    finish(
        Services.publishService()
            .publish(
                Builders.publish()
                    .topic(topic)
                    .qos(Qos.AT_LEAST_ONCE)
                    .retain(true)
                    .messageExpiryInterval(Math.max(1, expiry.toSeconds()))
                    .payload(ByteBuffer.wrap(payload))
                    .build()));
  }

  /// Keeps nothing for a topic any more.
  public void forget(String topic) throws IOException {
    finish(Services.retainedMessageStore().remove(topic));
  }

  private static void finish(CompletableFuture<?> future) throws IOException {
    try {
      var _ = future.orTimeout(5, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new IOException("the MQTT broker did not take a message", e);
    }
  }

  @Override
  public void close() {
    close(hiveMq);
  }

  private static void close(EmbeddedHiveMQ hiveMq) {
    try {
      hiveMq.close();
    } catch (ExecutionException e) {
      log.warn("the MQTT broker did not stop cleanly: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.cardea.protocols.edge;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// TLS as devices meet it everywhere, in front of a plain listener of ours on this host: any client
/// chain is let through the handshake, and every handshake is a full one. A [Doorkeeper] judges who
/// it is by the handshake and by what is said first; only then is there a connection inside.
///
/// It has the limits of every edge: connections, connections from one source, the time of a
/// handshake and of what is said first, judgements at once, and the share of the processor that
/// handshakes may take. What passes afterwards is bounded by whoever listens inside.
public final class TlsTunnel implements AutoCloseable {
  /// Judges each connection.
  public interface Doorkeeper {
    /// Where the first message of a connection ends. Called on an event loop: return at once.
    ///
    /// @param begun what has arrived so far
    /// @return its length, or 0 when more is needed; negative when it is none of this protocol, and
    ///   the connection is closed without a word
    int length(ByteBuffer begun);

    /// Judges the handshake together with the first message. Called on a virtual thread; may block.
    Judgement judge(Passage passage, byte[] first);

    /// What to say when too many wait to be judged.
    byte[] busy(byte[] first);

    /// Nothing passes any more through a passage that was let in. Called on a virtual thread, once.
    void closed(Passage passage);
  }

  /// What becomes of a connection.
  public sealed interface Judgement {
    /// @param first what is said inside in place of the first message
    record Pass(byte[] first) implements Judgement {}

    /// @param answer what is said before the connection is closed
    record Refuse(byte[] answer) implements Judgement {}
  }

  private final Listener listener;
  private final EdgeLimits limits;
  private final EdgeEvents events;
  private final Doorkeeper doorkeeper;
  private final InetSocketAddress inside;
  private final int longestFirst;
  private final ExecutorService judges = Executors.newVirtualThreadPerTaskExecutor();
  private final JudgementQueue queue;
  private final AtomicLong connectionIds = new AtomicLong();

  private TlsTunnel(
      EdgeConfig config,
      InetSocketAddress inside,
      int longestFirst,
      Doorkeeper doorkeeper,
      EdgeEvents events)
      throws IOException {
    this.limits = config.limits();
    this.events = events;
    this.doorkeeper = doorkeeper;
    this.inside = inside;
    this.longestFirst = longestFirst;
    this.queue = new JudgementQueue(limits.requestsInFlight(), limits.requestsWaiting(), judges);
    this.listener = new Listener(config, events, TlsContexts.best(), this::finish);
    listener.open();
  }

  /// @param inside where the plain listener is
  /// @param longestFirst the most bytes of a first message
  /// @throws IOException when the address cannot be bound or the TLS material cannot be used
  public static TlsTunnel start(
      EdgeConfig config,
      InetSocketAddress inside,
      int longestFirst,
      Doorkeeper doorkeeper,
      EdgeEvents events)
      throws IOException {
    if (config.tls().isEmpty()) {
      throw new IllegalArgumentException("tls: none (expected: the material of a server)");
    }
    return new TlsTunnel(config, inside, longestFirst, doorkeeper, events);
  }

  private void finish(
      SocketChannel channel, InetSocketAddress remote, @Nullable HandshakeGate gate) {
    channel
        .pipeline()
        .addLast(new TunnelEntrance(this, connectionIds.incrementAndGet(), remote, gate));
  }

  public int port() {
    return listener.address().getPort();
  }

  /// Closes every passage, and returns when the doorkeeper was told of each. Clients of a protocol
  /// that keeps its connections come back by themselves.
  @Override
  public void close() {
    if (!listener.drain(
        channel -> {
          var _ = channel.close();
        })) {
      return;
    }
    listener.close();
    judges.shutdown();
    try {
      var _ = judges.awaitTermination(limits.drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  EdgeLimits limits() {
    return limits;
  }

  EdgeEvents events() {
    return events;
  }

  Doorkeeper doorkeeper() {
    return doorkeeper;
  }

  InetSocketAddress inside() {
    return inside;
  }

  int longestFirst() {
    return longestFirst;
  }

  /// @return false when too many wait
  boolean judge(Runnable judgement) {
    return queue.offer(judgement);
  }

  void closed(Passage passage) {
    judges.execute(() -> doorkeeper.closed(passage));
  }

  Class<? extends SocketChannel> socketType() {
    return listener.socketType();
  }

  /// What the client had shown; it is forgotten then.
  Optional<ClientCertificate> shown(SslHandler handler) {
    return listener.shown(handler);
  }

  boolean isPlatformTls() {
    return listener.isPlatformTls();
  }
}

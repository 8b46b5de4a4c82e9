package io.cardea.trials.faults;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// A way to a PostgreSQL that can be blocked or stalled, and that can lose what the database says.
///
/// It reads the database's messages (a type, a length, a content) and knows the one that confirms a
/// commit. When [#loseCommits] says so, that message is not passed on and the connection is reset:
/// the commit has happened, and the server was not told.
final class CommitCutter implements AutoCloseable {
  private static final byte COMMAND_COMPLETE = 'C';
  private static final byte[] COMMIT = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);
  private static final int LARGEST_MESSAGE = 1 << 26;

  private final Path database;
  private final int port;
  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lostCommits = new AtomicInteger();
  private final Object gate = new Object();
  private boolean stalled;
  private volatile BooleanSupplier loses = () -> false;
  private volatile ServerSocket listener;

  private CommitCutter(Path database, ServerSocket listener) {
    this.database = database;
    this.port = listener.getLocalPort();
    this.listener = listener;
  }

  /// Listens on a free port of the loopback interface.
  ///
  /// @param database its Unix socket
  static CommitCutter open(Path database) throws IOException {
    CommitCutter cutter =
        new CommitCutter(database, new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
    cutter.serve(cutter.listener);
    return cutter;
  }

  int port() {
    return port;
  }

  /// Asked once for each confirmation of a commit.
  void loseCommits(BooleanSupplier when) {
    loses = when;
  }

  int lostCommits() {
    return lostCommits.get();
  }

  /// Ends every connection, and refuses new ones.
  void block() throws IOException {
    listener.close();
    open.forEach(CommitCutter::end);
  }

  void unblock() throws IOException {
    ServerSocket again = new ServerSocket();
    again.setReuseAddress(true);
    again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    listener = again;
    serve(again);
  }

  /// Holds back what the database says, and takes what it is asked: a network that swallows.
  void stall() {
    synchronized (gate) {
      stalled = true;
    }
  }

  void resume() {
    synchronized (gate) {
      stalled = false;
      gate.notifyAll();
    }
  }

  private void awaitGate() throws InterruptedException {
    synchronized (gate) {
      while (stalled) {
        gate.wait();
      }
    }
  }

  private void serve(ServerSocket from) {
    Thread.ofVirtual()
        .name("commit-cutter")
        .start(() -> {
          while (!from.isClosed()) {
            try {
              Socket server = from.accept();
              open.add(server);
              Thread.ofVirtual().start(() -> connect(from, server));
            } catch (IOException e) {
              return; // blocked, or closed
            }
          }
        });
  }

  private void connect(ServerSocket from, Socket server) {
    try (server;
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.setTcpNoDelay(true);
      channel.connect(UnixDomainSocketAddress.of(database));
      open.add(channel);
      if (from.isClosed()) {
        return;
      }
      Thread asking =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (channel) {
                  server.getInputStream().transferTo(Channels.newOutputStream(channel));
                } catch (IOException e) {
                  end(server);
                }
              });
      answers(Channels.newInputStream(channel), server.getOutputStream());
      server.setSoLinger(true, 0);
      end(server);
      asking.join();
    } catch (IOException e) {
      end(server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(server);
    }
  }

  private void answers(InputStream from, OutputStream to) throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(from));
    for (int type = in.read(); type >= 0; type = in.read()) {
      int length = in.readInt();
      if (length < 4 || length > LARGEST_MESSAGE) {
        throw new IOException("message of " + length + " bytes");
      }
      byte[] content = in.readNBytes(length - 4);
      if (type == COMMAND_COMPLETE && Arrays.equals(content, COMMIT) && loses.getAsBoolean()) {
        lostCommits.incrementAndGet();
        return;
      }
      awaitGate();
      to.write(
          ByteBuffer.allocate(1 + length).put((byte) type).putInt(length).put(content).array());
    }
  }

  private static void end(AutoCloseable connection) {
    try {
      connection.close();
    } catch (Exception e) {
      // AutoCloseable can throw anything; what was to end has ended.
      throw new IllegalStateException("a connection does not end", e);
    }
  }

  @Override
  public void close() throws IOException {
    resume();
    block();
  }
}

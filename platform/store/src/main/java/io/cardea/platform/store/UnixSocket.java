package io.cardea.platform.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Unix socket in the dress of `java.net.Socket`.
///
/// Without a read timeout it blocks in the channel, which costs one system call and lets virtual
/// threads park. With one (a validity check, a network timeout) it waits in a selector; a read that
/// timed out loses nothing, and the next one goes on where it stood. Closing ends a read that
/// waits. Interrupting the reading thread closes the socket, as the JDK does for sockets on virtual
/// threads: the connection is then broken and the pool replaces it.
///
/// One thread at a time reads and writes, as pgjdbc does; any thread may close.
final class UnixSocket extends Socket {
  private final UnixDomainSocketAddress address;
  private final SocketChannel channel;
  private final InputStream in = new Reader();
  private final OutputStream out = new Writer();
  private volatile int readTimeoutMillis;
  private volatile @Nullable Selector selector;
  private volatile boolean connected;

  UnixSocket(UnixDomainSocketAddress address) throws SocketException {
    this.address = address;
    try {
      this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (IOException e) {
      throw asSocketException(e);
    }
  }

  /// Connects to our path whatever endpoint the driver names. The kernel connects at once, or
  /// refuses when nobody listens, so there is nothing to time.
  @Override
  public void connect(@Nullable SocketAddress ignored, int timeoutMillis) throws IOException {
    channel.connect(address);
    connected = true;
  }

  @Override
  public void connect(@Nullable SocketAddress ignored) throws IOException {
    connect(ignored, 0);
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void setSoTimeout(int millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("timeout: " + millis + " (expected: >= 0)");
    }
    readTimeoutMillis = millis;
  }

  @Override
  public int getSoTimeout() {
    return readTimeoutMillis;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Selector waiting = selector;
    if (waiting != null) {
      waiting.close(); // wakes whoever waits in it
    }
  }

  @Override
  public void shutdownInput() throws IOException {
    channel.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public boolean isBound() {
    return connected;
  }

  /// None: a Unix socket has no internet address.
  @Override
  public @Nullable InetAddress getInetAddress() {
    return null;
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return address;
  }

  // What is about TCP has no meaning here, and the driver sets it unasked.

  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public boolean getTcpNoDelay() {
    return true;
  }

  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public void setSoLinger(boolean on, int linger) {}

  @Override
  public void setReceiveBufferSize(int size) {}

  @Override
  public void setSendBufferSize(int size) {}

  private int read(ByteBuffer buffer) throws IOException {
    int timeout = readTimeoutMillis;
    if (timeout == 0) {
      if (selector == null) {
        return channel.read(buffer);
      }
      return readSelecting(buffer, 0);
    }
    return readSelecting(buffer, timeout);
  }

  /// `timeout` 0 waits for ever.
  private int readSelecting(ByteBuffer buffer, int timeout) throws IOException {
    long end = System.nanoTime() + timeout * 1_000_000L;
    Selector waiting = selecting();
    while (true) {
      int count = channel.read(buffer);
      if (count != 0) {
        if (readTimeoutMillis == 0) {
          backToBlocking();
        }
        return count;
      }
      long left = timeout == 0 ? 0 : Math.ceilDiv(end - System.nanoTime(), 1_000_000L);
      if (timeout != 0 && left <= 0) {
        throw new SocketTimeoutException("nothing to read for " + timeout + " ms");
      }
      await(waiting, SelectionKey.OP_READ, left);
    }
  }

  private void write(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        await(selecting(), SelectionKey.OP_WRITE, 0);
      }
    }
  }

  private void await(Selector waiting, int operation, long millis) throws IOException {
    try {
      SelectionKey key = channel.keyFor(waiting);
      if (key == null) {
        throw new SocketException("socket closed");
      }
      key.interestOps(operation);
      waiting.selectedKeys().clear();
      waiting.select(millis);
    } catch (ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
      throw closed(e);
    }
    if (Thread.currentThread().isInterrupted()) {
      close();
      throw new InterruptedIOException("interrupted while waiting for the database");
    }
  }

  private Selector selecting() throws IOException {
    Selector waiting = selector;
    if (waiting == null) {
      waiting = Selector.open();
      selector = waiting;
      channel.configureBlocking(false);
      channel.register(waiting, SelectionKey.OP_READ);
      if (!channel.isOpen()) {
        waiting.close(); // close() came in between and did not see it
      }
    }
    return waiting;
  }

  private void backToBlocking() throws IOException {
    Selector waiting = Objects.requireNonNull(selector);
    selector = null;
    waiting.close(); // takes its key with it, so that the channel may block again
    channel.configureBlocking(true);
  }

  private static SocketException closed(Exception cause) {
    SocketException closed = new SocketException("socket closed");
    closed.initCause(cause);
    return closed;
  }

  private static SocketException asSocketException(IOException e) {
    SocketException exception = new SocketException("no Unix sockets here: " + e.getMessage());
    exception.initCause(e);
    return exception;
  }

  private final class Reader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      return length == 0 ? 0 : UnixSocket.this.read(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      UnixSocket.this.close();
    }
  }

  private final class Writer extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      UnixSocket.this.write(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      UnixSocket.this.close();
    }
  }
}

package io.cardea.apps.fleet;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A way to a TLS server that loses answers on purpose.
///
/// It passes TLS through without opening it, and sees no more than the records' types and lengths.
/// The first record of application data that the server sends after the client has sent some is the
/// answer to the client's request, since the server sends no session tickets. When the first bytes
/// of an answer come back, [Scissors] are asked; then either the whole answer passes, or both
/// connections are reset and not one byte of it does.
///
/// Guarantees nothing about requests: they always reach the server.
final class CuttingProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CuttingProxy.class);
  private static final int CONNECT_MILLIS = 5_000;

  /// Decides the fate of an answer.
  @FunctionalInterface
  interface Scissors {
    /// Called when the first bytes of an answer are here, and held back until this returns.
    ///
    /// @param length of the answer's first record; never less than the content in it
    boolean cut(int length);
  }

  private final InetSocketAddress server;
  private final Scissors scissors;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private CuttingProxy(InetSocketAddress server, Scissors scissors, ServerSocket listener) {
    this.server = server;
    this.scissors = scissors;
    this.listener = listener;
  }

  /// Listens on a free port of the loopback interface.
  static CuttingProxy open(InetSocketAddress server, Scissors scissors) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    CuttingProxy proxy = new CuttingProxy(server, scissors, listener);
    Thread.ofVirtual().name("proxy-" + listener.getLocalPort()).start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("proxied").start(() -> serve(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          LOG.warn("the proxy lost a connection: {}", e.toString());
        }
      }
    }
  }

  private void serve(Socket client) {
    Socket upstream = new Socket();
    open.add(upstream);
    try {
      upstream.connect(server, CONNECT_MILLIS);
      upstream.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      AtomicBoolean asked = new AtomicBoolean();
      Thread requests =
          Thread.ofVirtual()
              .name("proxied-requests")
              .start(() -> {
                try {
                  passRequests(client, upstream, asked);
                } catch (IOException e) {
                  LOG.debug("a client went away: {}", e.toString());
                  reset(client);
                  reset(upstream);
                }
              });
      boolean cut = passAnswers(upstream, client, asked);
      if (cut) {
        reset(client);
        reset(upstream);
      }
      requests.join();
    } catch (IOException e) {
      LOG.debug("a connection ended: {}", e.toString());
      reset(client);
      reset(upstream);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(client);
      close(upstream);
    }
  }

  private static void passRequests(Socket client, Socket upstream, AtomicBoolean asked)
      throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = upstream.getOutputStream();
    for (Optional<TlsRecordHeader> next = TlsRecordHeader.read(in);
        next.isPresent();
        next = TlsRecordHeader.read(in)) {
      TlsRecordHeader header = next.get();
      byte[] content = content(in, header);
      if (header.isApplicationData()) {
        // Before the server can have seen it: its answer finds the mark.
        asked.set(true);
      }
      pass(out, header, content);
    }
    upstream.shutdownOutput();
  }

  /// @return whether an answer was cut
  private boolean passAnswers(Socket upstream, Socket client, AtomicBoolean asked)
      throws IOException {
    InputStream in = upstream.getInputStream();
    OutputStream out = client.getOutputStream();
    for (Optional<TlsRecordHeader> next = TlsRecordHeader.read(in);
        next.isPresent();
        next = TlsRecordHeader.read(in)) {
      TlsRecordHeader header = next.get();
      if (header.mayAnswer() && asked.compareAndSet(true, false) && scissors.cut(header.length())) {
        return true;
      }
      pass(out, header, content(in, header));
    }
    client.shutdownOutput();
    return false;
  }

  private static byte[] content(InputStream in, TlsRecordHeader header) throws IOException {
    byte[] content = in.readNBytes(header.length());
    if (content.length < header.length()) {
      throw new EOFException("the stream ended inside a record");
    }
    return content;
  }

  private static void pass(OutputStream out, TlsRecordHeader header, byte[] content)
      throws IOException {
    byte[] record = new byte[header.bytes().length + content.length];
    System.arraycopy(header.bytes(), 0, record, 0, header.bytes().length);
    System.arraycopy(content, 0, record, header.bytes().length, content.length);
    out.write(record);
  }

  /// Ends a connection as a power cut or a radio gap would: no goodbye, and nothing that is still
  /// under way arrives.
  private void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      LOG.debug("already closed: {}", e.toString());
    }
    close(socket);
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("already gone: {}", e.toString());
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      LOG.debug("already closed: {}", e.toString());
    }
    for (Socket socket : open) {
      close(socket);
    }
  }
}

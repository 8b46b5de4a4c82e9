package io.cardea.platform.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import javax.net.SocketFactory;

/// Lets pgjdbc talk to PostgreSQL over a Unix socket with what the JDK has. Named in the URL as
/// `socketFactory`, with the path of the socket as `socketFactoryArg`; host and port are ignored.
public final class UnixSocketFactory extends SocketFactory {
  private final UnixDomainSocketAddress address;

  /// Called by pgjdbc.
  public UnixSocketFactory(String path) {
    this.address = UnixDomainSocketAddress.of(Path.of(path));
  }

  @Override
  public Socket createSocket() throws SocketException {
    return new UnixSocket(address);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    UnixSocket socket = new UnixSocket(address);
    socket.connect(address, 0);
    return socket;
  }
}

package io.cardea.apps.fleet;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Where a server of the demonstration or of a trial listens, on the loopback interface.
public record Ports(int devices, int people, int http) {
  private static final List<Integer> USUAL = List.of(8443, 9443, 8080);

  /// Below those that the kernel gives to outgoing connections: none of them takes a port of ours
  /// before the server does.
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;

  /// The usual ones where they are free, else any that are.
  static Ports usual() throws IOException {
    return take(USUAL);
  }

  public static Ports free() throws IOException {
    return take(List.of(0, 0, 0));
  }

  /// All are taken at once, so that no two are the same, and let go for the server to take.
  /// Somebody else could come in between; then the server says so and does not start.
  private static Ports take(List<Integer> wanted) throws IOException {
    List<ServerSocket> taken = new ArrayList<>();
    try {
      for (int port : wanted) {
        taken.add(bind(port));
      }
      return new Ports(
          taken.get(0).getLocalPort(), taken.get(1).getLocalPort(), taken.get(2).getLocalPort());
    } finally {
      for (ServerSocket socket : taken) {
        socket.close();
      }
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    try {
      return new ServerSocket(
          port == 0 ? ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST) : port,
          1,
          InetAddress.getLoopbackAddress());
    } catch (BindException e) {
      return bind(0);
    }
  }
}

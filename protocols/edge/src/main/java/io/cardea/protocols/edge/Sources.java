package io.cardea.protocols.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// Who counts as one source: an IPv4 address, or an IPv6 /64, since whoever has one address of it
/// has them all.
final class Sources {
  private Sources() {}

  /// As it stands in our own records; nobody parses it.
  static String name(InetAddress address) {
    return HexFormat.of().formatHex(of(address).array());
  }

  static ByteBuffer of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }
}

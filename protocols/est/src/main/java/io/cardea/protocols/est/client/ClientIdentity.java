package io.cardea.protocols.est.client;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a device shows in the handshake.
///
/// @param chain the device's own certificate first
public record ClientIdentity(PrivateKey key, List<X509Certificate> chain) {
  public ClientIdentity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: the device's certificate first)");
    }
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// Never the key.
  @Override
  public String toString() {
    return "ClientIdentity[" + certificate().getSerialNumber().toString(16) + "]";
  }
}

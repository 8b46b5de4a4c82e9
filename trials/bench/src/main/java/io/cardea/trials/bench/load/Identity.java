package io.cardea.trials.bench.load;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/// What one device shows in its handshakes.
public record Identity(PrivateKey key, X509Certificate certificate) {
  /// Never the key.
  @Override
  public String toString() {
    return "Identity[" + certificate.getSubjectX500Principal() + "]";
  }
}

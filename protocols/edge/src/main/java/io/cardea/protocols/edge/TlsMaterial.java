package io.cardea.protocols.edge;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What the edge shows of itself in a handshake: one chain, or one ECDSA and one RSA chain of which
/// each client gets the one that it can verify (ECDSA where it can do both).
///
/// Two materials are the same only if they are the same object: hand out a new one to change keys.
public final class TlsMaterial {

  /// One key and how others come to trust it.
  ///
  /// @param certificates the leaf first; the root may be left out
  public record Chain(PrivateKey key, List<X509Certificate> certificates) {
    public Chain {
      certificates = List.copyOf(certificates);
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException("certificates: none (expected: the leaf first)");
      }
      String algorithm = certificates.getFirst().getPublicKey().getAlgorithm();
      if (!algorithm.equals("EC") && !algorithm.equals("RSA")) {
        throw new IllegalArgumentException("key: " + algorithm + " (expected: EC or RSA)");
      }
      if (!fit(key, certificates.getFirst().getPublicKey(), algorithm)) {
        throw new IllegalArgumentException("key: another's (expected: that of the leaf)");
      }
    }

    /// BoringSSL would take keys that do not fit, and then refuse every client.
    private static boolean fit(PrivateKey key, PublicKey certified, String algorithm) {
      byte[] message = {1, 2, 3};
      try {
        Signature signature =
            Signature.getInstance(algorithm.equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
        signature.initSign(key);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(message);
        return signature.verify(signed);
      } catch (GeneralSecurityException e) {
        return false;
      }
    }

    /// Never the key.
    @Override
    public String toString() {
      return "Chain[" + certificates.getFirst().getSubjectX500Principal() + "]";
    }

    String algorithm() {
      return certificates.getFirst().getPublicKey().getAlgorithm();
    }

    X509Certificate[] array() {
      return certificates.toArray(new X509Certificate[0]);
    }
  }

  private final List<Chain> chains;

  public TlsMaterial(Chain... chains) {
    this.chains = Stream.of(chains).sorted(Comparator.comparing(Chain::algorithm)).toList();
    if (this.chains.isEmpty()
        || this.chains.size() > 2
        || this.chains.stream().map(Chain::algorithm).distinct().count() != this.chains.size()) {
      throw new IllegalArgumentException(
          "chains: " + this.chains + " (expected: one EC chain, one RSA chain, or one of each)");
    }
  }

  /// The ECDSA chain first: its handshake costs both sides less.
  List<Chain> chains() {
    return chains;
  }
}

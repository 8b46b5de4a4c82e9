package io.cardea.life.inventory;

import java.math.BigInteger;
import java.util.Locale;

/// What a credential is. Every kind has the same life, under the same rules of rotation; each has a
/// proof of its own (R2), and that is all in which the rules tell them apart.
public sealed interface CredentialKind {
  /// A certificate of one of our authorities. Its proof is a full handshake.
  record X509(BigInteger serial, String authority) implements CredentialKind {
    @Override
    public String word() {
      return "x509";
    }
  }

  /// A credential that is no certificate: it stands in no revocation list, and whoever wants to
  /// know whether it is accepted asks here.
  enum Secret implements CredentialKind {
    /// Stored as its hash. Its proof is a request that carried it, and was accepted.
    API_KEY,
    /// The device's own key pair. Its proof is a token signed with it that was accepted here.
    TOKEN_SIGNING_KEY,
    /// A password of the device, stored as its hash. Its proof is a connection that showed it.
    PRE_SHARED_KEY,
    /// A symmetric key. Its proof is a value that only a holder of the key can compute.
    DATA_KEY;

    /// Whether the server makes it, and has to bring it to its holder.
    public boolean isMadeHere() {
      return this != TOKEN_SIGNING_KEY;
    }

    /// Whether its holder may fetch it again after the proof: what was encrypted with an older one
    /// is still to be read.
    public boolean isKept() {
      return this == DATA_KEY;
    }

    @Override
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @throws IllegalArgumentException for any other word
    public static Secret ofWord(String word) {
      for (Secret kind : values()) {
        if (kind.word().equals(word)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "kind: " + word + " (expected: api-key, token-signing-key, pre-shared-key or data-key)");
    }
  }

  String word();
}

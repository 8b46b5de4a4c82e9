package io.cardea.life.inventory;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;

/// Makes the secrets that are shown once: at random, or, for a request that has a key, from that
/// key and a secret of the installation. So a retry is shown the same secret, and nothing that is
/// stored tells it.
public final class SecretSource {
  private final Derivation derivation;
  private final SecureRandom random = new SecureRandom();

  /// A function that nobody computes without the installation's secret; the same on each replica.
  @FunctionalInterface
  public interface Derivation {
    /// @param context what the bytes are for
    /// @param length 1 to 64
    byte[] derive(byte[] context, int length);
  }

  public SecretSource(Derivation derivation) {
    this.derivation = derivation;
  }

  /// For where no request has a key.
  public static SecretSource atRandom() {
    return new SecretSource((context, length) -> {
      throw new IllegalStateException("a request with a key (expected: none here)");
    });
  }

  /// @param purpose keeps secrets of one kind apart from those of another
  /// @param about what the secret opens
  public byte[] secret(
      Optional<RequestKey> key, String purpose, Actor actor, String about, int length) {
    if (key.isEmpty()) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }
    return derivation.derive(context(purpose, actor.name(), key.get().value(), about), length);
  }

  /// Each part with its length in front, so that no two lists of parts give the same bytes.
  private static byte[] context(String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : parts) {
      byte[] text = part.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
      bytes.writeBytes(text);
    }
    return bytes.toByteArray();
  }
}

package io.cardea.platform.store.backup;

import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.crypto.SecretKey;

/// What stands between a file and who finds it.
///
/// @param sealed how its contents are encrypted; without it they are in the clear
/// @param mac what a holder of the server's wrapping key, and nobody else, makes of a digest:
///   whoever has the key too sees that the file is as the server wrote it
public record Protection(Optional<Sealed> sealed, Optional<UnaryOperator<byte[]>> mac) {
  public static final Protection NONE = new Protection(Optional.empty(), Optional.empty());

  /// Contents under a key of their own, 256 bits of AES, used for one file alone.
  ///
  /// @param envelope the key as its recipient can open it, in front of the contents
  /// @param secrets what is written into the file beside the database; it is written into sealed
  ///   files alone
  public record Sealed(byte[] envelope, SecretKey key, Optional<byte[]> secrets) {
    @Override
    public String toString() {
      return "Sealed";
    }
  }

  /// Opens the envelope of a sealed file.
  @FunctionalInterface
  public interface Opener {
    /// @throws GeneralSecurityException when the envelope is not for this key
    SecretKey open(byte[] envelope) throws GeneralSecurityException;
  }
}

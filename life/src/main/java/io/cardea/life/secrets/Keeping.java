package io.cardea.life.secrets;

import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.RequestKey;
import io.cardea.life.inventory.SecretSource;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Wraps what its holder may need again (AES-256-GCM), under a key for this credential alone that
/// the secret of the installation gives. What is deleted of it is gone for good.
final class Keeping {
  private static final String PURPOSE = "kept-secret";
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private final SecretSource source;
  private final SecureRandom random = new SecureRandom();

  Keeping(SecretSource source) {
    this.source = source;
  }

  byte[] wrap(CredentialId credential, byte[] content) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] wrapped = run(Cipher.ENCRYPT_MODE, credential, nonce, content);
    byte[] all = Arrays.copyOf(nonce, NONCE + wrapped.length);
    System.arraycopy(wrapped, 0, all, NONCE, wrapped.length);
    return all;
  }

  /// @throws IllegalStateException for what this installation did not wrap for this credential
  byte[] unwrap(CredentialId credential, byte[] wrapped) {
    return run(
        Cipher.DECRYPT_MODE,
        credential,
        Arrays.copyOf(wrapped, NONCE),
        Arrays.copyOfRange(wrapped, NONCE, wrapped.length));
  }

  private byte[] run(int mode, CredentialId credential, byte[] nonce, byte[] input) {
    byte[] key =
        source.secret(
            Optional.of(new RequestKey(credential.toString())),
            PURPOSE,
            Actor.SERVER,
            credential.toString(),
            NewSecret.BYTES);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(credential.toString().getBytes(StandardCharsets.US_ASCII));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("credential " + credential + ": what was kept of it", e);
    }
  }
}

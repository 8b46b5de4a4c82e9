package io.cardea.apps.server;

import io.cardea.platform.keys.BackupRecipient;
import io.cardea.platform.keys.WrappingKey;
import io.cardea.platform.store.backup.BackupReader;
import io.cardea.platform.store.backup.Protection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/// What opens a sealed backup, and what checks its seal. Each is a file.
///
/// @param recipient the recipient's private key in PEM
/// @param content the 32 bytes of the file's own key, as `openssl cms -decrypt` gives them, for a
///   recipient whose private key does not come here
/// @param wrapping the server's wrapping key
public record BackupKeys(
    Optional<Path> recipient, Optional<Path> content, Optional<Path> wrapping) {
  private static final int KEY = 32;

  BackupReader reader(Path file, LongWork work) throws IOException, GeneralSecurityException {
    Optional<Protection.Opener> opener = Optional.empty();
    if (content.isPresent()) {
      byte[] key = Files.readAllBytes(content.get());
      if (key.length != KEY) {
        throw new GeneralSecurityException(
            content.get() + " has " + key.length + " bytes (expected: " + KEY + ")");
      }
      opener = Optional.of(_ -> new SecretKeySpec(key, "AES"));
    } else if (recipient.isPresent()) {
      PrivateKey key = BackupRecipient.readKey(Files.readString(recipient.get()));
      opener = Optional.of(envelope -> BackupRecipient.open(envelope, key));
    }
    Optional<WrappingKey> seal =
        wrapping.isPresent() ? Optional.of(WrappingKey.read(wrapping.get())) : Optional.empty();
    return new BackupReader(file, opener, seal.map(key -> key::seal), work::at);
  }
}

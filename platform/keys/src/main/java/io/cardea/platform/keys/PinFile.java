package io.cardea.platform.keys;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Where the PIN of a token is: a file that its owner alone can read, or a credential of systemd.
/// It is read when it is needed, and kept nowhere.
public record PinFile(Path file) {
  /// The name of the credential under systemd: `LoadCredential=cardea-pkcs11-pin:/path`.
  public static final String CREDENTIAL = "cardea-pkcs11-pin";

  private static final int MAX_LENGTH = 256;

  /// The credential that systemd handed over, else the configured file.
  public static Optional<PinFile> find(Map<String, String> environment, Optional<Path> file) {
    return Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY"))
        .map(directory -> Path.of(directory, CREDENTIAL))
        .filter(Files::exists)
        .or(() -> file)
        .map(PinFile::new);
  }

  /// The PIN, without a line break at its end. The caller wipes it.
  ///
  /// @throws IOException if the file is open to others, or holds no PIN; never shows it
  byte[] read() throws IOException {
    if (SecretFile.isOpenToOthers(file)) {
      throw new FileSystemException(
          file.toString(),
          null,
          "the PIN is open to others, "
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              + " (expected: rw-------). If nobody can have read it: chmod 600 "
              + file);
    }
    if (Files.size(file) > MAX_LENGTH) {
      throw new FileSystemException(file.toString(), null, "not a PIN: too long");
    }
    byte[] text = Files.readAllBytes(file);
    int length = text.length;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
      length--;
    }
    byte[] pin = Arrays.copyOf(text, length);
    Arrays.fill(text, (byte) 0);
    if (length == 0) {
      throw new FileSystemException(file.toString(), null, "not a PIN: empty");
    }
    return pin;
  }
}

package io.cardea.platform.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The key under which authority keys are stored: 256 bits of AES, in a file that its owner alone
/// can read, the same on each replica. Whoever has this file and the database has every authority;
/// whoever has only one has none.
public final class WrappingKey {
  /// The name of the credential under systemd: `LoadCredential=cardea-wrapping-key:/path`.
  public static final String CREDENTIAL = "cardea-wrapping-key";

  /// Keeps what is derived apart from whatever else the key may be used for.
  private static final byte[] DERIVED = "cardea derived\0".getBytes(StandardCharsets.US_ASCII);

  private static final int LENGTH = 32;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final byte VERSION = 1;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  private WrappingKey(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /// The key that systemd handed over, else the one in the file, which is made if it is not there.
  ///
  /// @throws IOException if the file is open to others or damaged; the message says what to do, and
  ///   never holds the key
  public static WrappingKey find(Map<String, String> environment, Path file) throws IOException {
    Optional<Path> credential =
        Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY"))
            .map(directory -> Path.of(directory, CREDENTIAL))
            .filter(Files::exists);
    return credential.isPresent() ? read(credential.get()) : readOrCreate(file);
  }

  /// Reads the file, or makes it: written whole and synced under another name first, so that a
  /// power cut leaves either no file or a good one, and linked into place, so that of two replicas
  /// that start at once one key stands.
  public static WrappingKey readOrCreate(Path file) throws IOException {
    try {
      return read(file);
    } catch (NoSuchFileException e) {
      create(file);
      return read(file);
    }
  }

  /// Reads the file.
  public static WrappingKey read(Path file) throws IOException {
    requireOwnerOnly(file);
    if (Files.size(file) > 2 * LENGTH + 2) {
      throw damaged(file);
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    try {
      byte[] bytes = HexFormat.of().parseHex(text);
      if (bytes.length != LENGTH) {
        throw damaged(file);
      }
      WrappingKey key = new WrappingKey(bytes);
      Arrays.fill(bytes, (byte) 0);
      return key;
    } catch (IllegalArgumentException e) {
      throw damaged(file);
    }
  }

  private static void requireOwnerOnly(Path file) throws IOException {
    if (SecretFile.isOpenToOthers(file)) {
      throw new FileSystemException(
          file.toString(),
          null,
          "the wrapping key is open to others, "
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              + " (expected: rw-------). If nobody can have read it: chmod 600 "
              + file);
    }
  }

  private static FileSystemException damaged(Path file) {
    return new FileSystemException(
        file.toString(),
        null,
        "not a wrapping key (expected: 64 hexadecimal digits). Restore it from a backup: without it"
            + " the authorities in the database cannot sign");
  }

  private static void create(Path file) throws IOException {
    byte[] bytes = new byte[LENGTH];
    new SecureRandom().nextBytes(bytes);
    byte[] text = (HexFormat.of().formatHex(bytes) + "\n").getBytes(StandardCharsets.US_ASCII);
    Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
    Path draft =
        Files.createTempFile(
            directory, ".wrapping-key", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(text);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      try {
        Files.createLink(file, draft);
      } catch (FileAlreadyExistsException e) {
        return; // Another process was first; its key stands.
      }
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } finally {
      Files.delete(draft);
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(text, (byte) 0);
    }
  }

  /// Bytes that nobody knows without this key (HKDF, RFC 5869), the same for the same context.
  ///
  /// @param length 1 to 64
  public byte[] derive(byte[] context, int length) {
    byte[] info =
        ByteBuffer.allocate(DERIVED.length + context.length).put(DERIVED).put(context).array();
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.ofExtract().addIKM(key).thenExpand(info, length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF", e);
    }
  }

  /// Encrypts, bound to the context: it opens under the same context alone.
  byte[] wrap(byte[] secret, byte[] context) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(context);
      byte[] sealed = cipher.doFinal(secret);
      return ByteBuffer.allocate(1 + NONCE + sealed.length)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  /// Decrypts, or returns nothing if it was wrapped under another key or context, or altered.
  Optional<byte[]> unwrap(byte[] wrapped, byte[] context) {
    if (wrapped.length < 1 + NONCE + TAG_BITS / 8 || wrapped[0] != VERSION) {
      return Optional.empty();
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, wrapped, 1, NONCE));
      cipher.updateAAD(context);
      return Optional.of(cipher.doFinal(wrapped, 1 + NONCE, wrapped.length - 1 - NONCE));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /// What a holder of this key, and nobody else, makes of the digest of a backup (HMAC-SHA-256
  /// under a key of its own, derived from this one).
  public byte[] seal(byte[] digest) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] derived = mac.doFinal("cardea backup seal 1".getBytes(StandardCharsets.US_ASCII));
      mac.init(new SecretKeySpec(derived, "HmacSHA256"));
      return mac.doFinal(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  /// The key as its file holds it: for a sealed backup that is asked to take it along.
  public byte[] text() {
    return (HexFormat.of().formatHex(key.getEncoded()) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "WrappingKey";
  }
}

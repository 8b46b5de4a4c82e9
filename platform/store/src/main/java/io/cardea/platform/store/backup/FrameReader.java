package io.cardea.platform.store.backup;

import io.cardea.platform.store.backup.Frame.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/// Reads frames and checks all of them: lengths, digest, seal, and where it has the key, that each
/// frame is the one that was written. Nothing is trusted before [#next] has returned the end.
final class FrameReader {
  private final InputStream in;
  private final MessageDigest digest = FrameWriter.sha256();
  private final byte[] envelope;
  private final Optional<UnaryOperator<byte[]>> mac;
  private @Nullable SecretKey key;
  private long frames;
  private boolean sealChecked;
  private boolean sealed;
  private byte[] whole = new byte[0];

  /// @param mac of the wrapping key, when there is one to check the seal with
  FrameReader(InputStream in, Optional<UnaryOperator<byte[]>> mac) throws IOException {
    this.in = in;
    this.mac = mac;
    byte[] magic = take(Frame.MAGIC.length);
    if (!Arrays.equals(magic, Frame.MAGIC)) {
      throw new BackupException("not a backup of Cardea, or one of a form that it does not know");
    }
    int length = ByteBuffer.wrap(take(4)).getInt();
    if (length < 0 || length > Frame.MAX_ENVELOPE) {
      throw new BackupException("damaged: an envelope of " + length + " bytes");
    }
    envelope = take(length);
  }

  boolean isEncrypted() {
    return envelope.length > 0;
  }

  /// Reads on in the clear.
  void open(Protection.Opener opener) throws BackupException {
    try {
      key = opener.open(envelope);
    } catch (GeneralSecurityException e) {
      throw new BackupException(
          "the backup was made for another recipient than this key's: " + e.getMessage(), e);
    }
  }

  /// The next frame, decrypted where the key is there. The end comes once, checked.
  Frame next() throws IOException {
    byte[] head = take(Frame.HEAD);
    ByteBuffer fields = ByteBuffer.wrap(head);
    Kind kind = Kind.of(fields.get());
    int stream = fields.getShort();
    int length = fields.getInt();
    if (length < 0 || length > Frame.MAX_LENGTH) {
      throw new BackupException("damaged: a part of " + length + " bytes");
    }
    return switch (kind) {
      case OPENING, DATA, SECRETS, CLOSING -> {
        byte[] payload = take(length);
        yield new Frame(kind, stream, key == null ? payload : decrypted(key, head, payload));
      }
      case SEAL -> {
        byte[] expected = soFar();
        byte[] found = take(length);
        sealed = true;
        if (mac.isPresent()) {
          if (!MessageDigest.isEqual(mac.get().apply(expected), found)) {
            throw new BackupException(
                "the seal is wrong: altered, or made by a server with another wrapping key");
          }
          sealChecked = true;
        }
        yield new Frame(kind, stream, found);
      }
      case END -> {
        byte[] expected = soFar();
        whole = take(length);
        if (!MessageDigest.isEqual(expected, whole)) {
          throw new BackupException("damaged: the digest is not that of the file");
        }
        if (in.read() >= 0) {
          throw new BackupException("damaged: something follows the end");
        }
        yield new Frame(kind, stream, whole);
      }
    };
  }

  /// Whether there was a seal.
  boolean isSealed() {
    return sealed;
  }

  /// Whether a seal was there and right.
  boolean isSealChecked() {
    return sealChecked;
  }

  /// What the end says, once it was read.
  byte[] digest() {
    return whole.clone();
  }

  private byte[] decrypted(SecretKey with, byte[] head, byte[] payload) throws BackupException {
    try {
      return Frame.decrypt(with, frames++, head, payload);
    } catch (GeneralSecurityException e) {
      throw new BackupException("damaged, or encrypted under another key", e);
    }
  }

  private byte[] take(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new BackupException("cut off: the file ends in the middle", new EOFException());
    }
    digest.update(bytes);
    return bytes;
  }

  private byte[] soFar() {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
    }
  }
}

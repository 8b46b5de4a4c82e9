package io.cardea.platform.store.backup;

import io.cardea.platform.store.backup.Frame.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// Writes the frames of one file, in order, from one thread.
final class FrameWriter {
  private final OutputStream out;
  private final Protection protection;
  private final MessageDigest digest = sha256();
  private long frames;
  private long bytes;

  FrameWriter(OutputStream out, Protection protection) throws IOException {
    this.out = out;
    this.protection = protection;
    byte[] envelope = protection.sealed().map(Protection.Sealed::envelope).orElse(new byte[0]);
    put(Frame.MAGIC);
    put(ByteBuffer.allocate(4).putInt(envelope.length).array());
    put(envelope);
  }

  void write(Kind kind, int stream, byte[] payload) throws IOException {
    Optional<Protection.Sealed> sealed = protection.sealed().filter(_ -> kind.isSecret());
    int length = sealed.isPresent() ? Frame.encryptedLength(payload.length) : payload.length;
    byte[] head = Frame.head(kind, stream, length);
    byte[] body = payload;
    if (sealed.isPresent()) {
      try {
        body = Frame.encrypt(sealed.get().key(), frames, head, payload);
      } catch (GeneralSecurityException e) {
        throw new BackupException("cannot encrypt: " + e.getMessage(), e);
      }
    }
    put(head);
    put(body);
    frames++;
  }

  /// Writes what the file is recognised by.
  ///
  /// @return the digest of the file without its end
  byte[] end() throws IOException {
    if (protection.mac().isPresent()) {
      put(Frame.head(Kind.SEAL, 0, 32));
      put(protection.mac().get().apply(soFar()));
    }
    put(Frame.head(Kind.END, 0, 32));
    byte[] whole = soFar();
    out.write(whole);
    bytes += whole.length;
    out.flush();
    return whole;
  }

  long bytes() {
    return bytes;
  }

  private void put(byte[] some) throws IOException {
    digest.update(some);
    out.write(some);
    bytes += some.length;
  }

  private byte[] soFar() {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

package io.cardea.platform.store.backup;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// A piece of a backup, at most [#MAX_LENGTH] bytes, after a head of [#HEAD] bytes: kind, stream,
/// length.
///
/// The file: [#MAGIC]; the length of the envelope, four bytes, and the envelope; one opening, data
/// and closing, the seal where a wrapping key is there, the end. The seal is over the digest
/// (SHA-256) of all before its own bytes, and the end is the digest of all before its own: a byte
/// changed anywhere is found. Where there is an envelope, opening, data, secrets and closing are
/// encrypted one by one with AES-256-GCM, the frame's number as nonce and its head as associated
/// data, so that they can be neither exchanged nor left out.
record Frame(Kind kind, int stream, byte[] payload) {
  static final byte[] MAGIC = {
    'c', 'a', 'r', 'd', 'e', 'a', '-', 'b', 'a', 'c', 'k', 'u', 'p', ' ', '1', '\n'
  };
  static final int MAX_LENGTH = 4 << 20;
  static final int MAX_ENVELOPE = 64 << 10;
  static final int HEAD = 7;

  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  /// What a frame holds.
  enum Kind {
    /// When, by what and of which schema, in words ([Contents]).
    OPENING(1, true),
    /// Rows of one table, as PostgreSQL writes them (binary COPY), deflated.
    DATA(2, true),
    SECRETS(3, true),
    /// How many rows there were of each table, and their digests, in words.
    CLOSING(4, true),
    SEAL(8, false),
    END(9, false);

    private final int code;
    private final boolean secret;

    Kind(int code, boolean secret) {
      this.code = code;
      this.secret = secret;
    }

    boolean isSecret() {
      return secret;
    }

    static Kind of(int code) throws BackupException {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new BackupException("damaged: a part of unknown kind " + code);
    }
  }

  static byte[] head(Kind kind, int stream, int length) {
    return ByteBuffer.allocate(HEAD)
        .put((byte) kind.code)
        .putShort((short) stream)
        .putInt(length)
        .array();
  }

  static byte[] encrypt(SecretKey key, long number, byte[] head, byte[] plain)
      throws GeneralSecurityException {
    return crypt(Cipher.ENCRYPT_MODE, key, number, head, plain);
  }

  static byte[] decrypt(SecretKey key, long number, byte[] head, byte[] payload)
      throws GeneralSecurityException {
    return crypt(Cipher.DECRYPT_MODE, key, number, head, payload);
  }

  static int encryptedLength(int plain) {
    return plain + TAG_BITS / 8;
  }

  private static byte[] crypt(int mode, SecretKey key, long number, byte[] head, byte[] bytes)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] nonce = ByteBuffer.allocate(NONCE).putInt(0).putLong(number).array();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(head);
    return cipher.doFinal(bytes);
  }
}

package io.cardea.platform.store.backup;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Pieces of rows, small on disk. Each stands by itself, so that several are worked on at once.
final class Deflated {
  static final int PIECE = 1 << 20;

  private Deflated() {}

  static byte[] deflate(byte[] bytes, int length) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(bytes, 0, length);
      deflater.finish();
      byte[] out = new byte[length + length / 8 + 256];
      int written = deflater.deflate(out);
      if (!deflater.finished()) {
        throw new IllegalStateException("deflated: more than " + out.length + " bytes");
      }
      return Arrays.copyOf(out, written);
    } finally {
      deflater.end();
    }
  }

  /// @throws BackupException for what [#deflate] did not make, or more than a piece
  static byte[] inflate(byte[] payload) throws BackupException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(payload);
      byte[] out = new byte[PIECE];
      int length = inflater.inflate(out);
      if (!inflater.finished() || inflater.getRemaining() > 0) {
        throw new BackupException("damaged: a piece that is no piece");
      }
      return Arrays.copyOf(out, length);
    } catch (DataFormatException e) {
      throw new BackupException("damaged: a piece that cannot be inflated", e);
    } finally {
      inflater.end();
    }
  }
}

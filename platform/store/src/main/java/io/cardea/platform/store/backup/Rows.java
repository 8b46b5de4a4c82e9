package io.cardea.platform.store.backup;

import io.cardea.life.ledger.Chain;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Follows the rows of one table as PostgreSQL writes them in binary, in pieces of any size: counts
/// them, hashes them, and along the ledger makes its chain. Holds one row at most.
///
/// Guarantees that each row has as many fields as the table has columns, and that the end is there.
final class Rows {
  static final String LEDGER = "ledger_entry";

  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };
  private static final int HEAD = SIGNATURE.length + 8;
  private static final int MAX_ROW = 64 << 20;

  private final Contents.Table table;
  private final MessageDigest digest = FrameWriter.sha256();
  private final int number;
  private final int canonical;
  private byte[] rest = new byte[0];
  private boolean begun;
  private boolean ended;
  private long count;
  private Chain chain = Chain.START;

  Rows(Contents.Table table) {
    this.table = table;
    boolean ledger = table.name().equals(LEDGER);
    this.number = ledger ? table.columns().indexOf("number") : -1;
    this.canonical = ledger ? table.columns().indexOf("canonical") : -1;
  }

  void take(byte[] piece) throws BackupException {
    digest.update(piece);
    byte[] all = rest.length == 0 ? piece : joined(rest, piece);
    ByteBuffer bytes = ByteBuffer.wrap(all);
    while (row(bytes)) {
      // Counted there.
    }
    rest = Arrays.copyOfRange(all, bytes.position(), all.length);
    if (rest.length > MAX_ROW) {
      throw damaged("a row of more than " + MAX_ROW + " bytes");
    }
  }

  /// The table as it was found.
  Contents.Table end() throws BackupException {
    if (!ended || rest.length > 0) {
      throw damaged("it has no end");
    }
    return table.counted(count, HexFormat.of().formatHex(digest.digest()));
  }

  Chain chain() {
    return chain;
  }

  /// Reads one row if all of it is there.
  private boolean row(ByteBuffer bytes) throws BackupException {
    int start = bytes.position();
    if (!begun) {
      if (bytes.remaining() < HEAD) {
        return false;
      }
      byte[] signature = new byte[SIGNATURE.length];
      bytes.get(signature);
      if (!Arrays.equals(signature, SIGNATURE) || bytes.getInt() != 0 || bytes.getInt() != 0) {
        throw damaged("it does not begin as a copy of PostgreSQL does");
      }
      begun = true;
      return true;
    }
    if (ended) {
      if (bytes.hasRemaining()) {
        throw damaged("something follows its end");
      }
      return false;
    }
    if (bytes.remaining() < 2) {
      return false;
    }
    int fields = bytes.getShort();
    if (fields == -1) {
      ended = true;
      return true;
    }
    if (fields != table.columns().size()) {
      throw damaged("a row of " + fields + " fields (expected: " + table.columns().size() + ")");
    }
    long itsNumber = 0;
    byte[] entry = null;
    for (int i = 0; i < fields; i++) {
      if (bytes.remaining() < 4) {
        bytes.position(start);
        return false;
      }
      int length = bytes.getInt();
      if (length < -1 || length > MAX_ROW) {
        throw damaged("a field of " + length + " bytes");
      }
      if (bytes.remaining() < length) {
        bytes.position(start);
        return false;
      }
      if (i == number && length == Long.BYTES) {
        itsNumber = bytes.getLong();
      } else if (i == canonical && length >= 0) {
        entry = new byte[length];
        bytes.get(entry);
      } else if (length > 0) {
        bytes.position(bytes.position() + length);
      }
    }
    count++;
    link(itsNumber, entry);
    return true;
  }

  private void link(long itsNumber, byte @Nullable [] entry) throws BackupException {
    if (number < 0) {
      return;
    }
    try {
      chain =
          chain.next(
              itsNumber,
              Optional.ofNullable(entry).orElseThrow(() -> damaged("an entry is empty")));
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private BackupException damaged(String what) {
    return new BackupException("damaged: table " + table.name() + ": " + what);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream(one.length + other.length);
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  /// Names for SQL. Only names of the catalogue, or of a checked file, come here.
  static String quoted(List<String> columns) {
    return columns.stream()
        .map(name -> '"' + name + '"')
        .reduce((one, other) -> one + ", " + other)
        .orElse("");
  }
}

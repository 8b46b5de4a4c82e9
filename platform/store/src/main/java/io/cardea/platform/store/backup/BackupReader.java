package io.cardea.platform.store.backup;

import io.cardea.life.ledger.Chain;
import io.cardea.platform.store.backup.Frame.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads a backup in one pass, from front to back, and checks all of it on the way.
public final class BackupReader {
  private final Path file;
  private final Optional<Protection.Opener> opener;
  private final Optional<UnaryOperator<byte[]>> mac;
  private final Progress progress;

  /// @param opener of the envelope, for a sealed backup
  /// @param mac of the wrapping key, to check the seal with
  public BackupReader(
      Path file,
      Optional<Protection.Opener> opener,
      Optional<UnaryOperator<byte[]>> mac,
      Progress progress) {
    this.file = file;
    this.opener = opener;
    this.mac = mac;
    this.progress = progress;
  }

  /// What was found.
  ///
  /// @param contents nothing when it is encrypted and there is no key
  /// @param sealed whether it has the seal of a wrapping key
  /// @param sealChecked whether that was looked at, and right
  /// @param secrets whether it holds the wrapping key itself
  public record Found(
      long bytes,
      String digest,
      boolean encrypted,
      boolean sealed,
      boolean sealChecked,
      boolean secrets,
      Optional<Contents> contents) {}

  /// Who takes the rows, table by table, in the order of the opening.
  interface Sink {
    /// Before the first row.
    void begin(Contents contents) throws IOException;

    void secrets(byte[] secrets) throws IOException;

    /// A piece of what PostgreSQL wrote of the table.
    void rows(Contents.Table table, byte[] piece) throws IOException;

    /// All pieces of the table were there and right, but for the digest in the closing.
    void end(Contents.Table table) throws IOException;
  }

  private static final Sink NOBODY =
      new Sink() {
        @Override
        public void begin(Contents contents) {}

        @Override
        public void secrets(byte[] secrets) {}

        @Override
        public void rows(Contents.Table table, byte[] piece) {}

        @Override
        public void end(Contents.Table table) {}
      };

  /// Reads all of it: digest, seal, each frame, each row, the ledger's chain.
  public Found verify() throws IOException {
    return read(NOBODY);
  }

  /// Reads the bytes alone, without a look at what is in them: seconds for what [#verify] takes a
  /// minute for. A byte that was changed is found.
  public Found checkBytes() throws IOException {
    try (InputStream in = open()) {
      FrameReader frames = new FrameReader(in, mac);
      long bytes = 0;
      while (frames.next().kind() != Kind.END) {
        progress.at("checking", ++bytes, 0);
      }
      return found(frames, false, Optional.empty());
    }
  }

  Found read(Sink sink) throws IOException {
    try (InputStream in = open()) {
      FrameReader frames = new FrameReader(in, mac);
      if (frames.isEncrypted() && opener.isEmpty()) {
        while (frames.next().kind() != Kind.END) {
          // Without the key there is the digest alone.
        }
        return found(frames, false, Optional.empty());
      }
      if (frames.isEncrypted()) {
        frames.open(opener.get());
      }
      Frame first = frames.next();
      if (first.kind() != Kind.OPENING) {
        throw new BackupException("damaged: it has no opening");
      }
      Walk walk = new Walk(Contents.ofOpening(first.payload()), sink);
      Frame frame = frames.next();
      for (; frame.kind() != Kind.END; frame = frames.next()) {
        walk.take(frame);
      }
      return found(frames, walk.secrets, Optional.of(walk.end()));
    }
  }

  private InputStream open() throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), Deflated.PIECE);
  }

  private Found found(FrameReader frames, boolean secrets, Optional<Contents> contents)
      throws IOException {
    return new Found(
        Files.size(file),
        HexFormat.of().formatHex(frames.digest()),
        frames.isEncrypted(),
        frames.isSealed(),
        frames.isSealChecked(),
        secrets,
        contents);
  }

  /// One way through the frames between opening and end.
  private final class Walk {
    private final Contents contents;
    private final Sink sink;
    private final List<Contents.Table> counted = new ArrayList<>();
    private Chain ledger = Chain.START;
    private @Nullable Rows rows;
    private @Nullable Contents closed;
    private long bytes;
    private boolean secrets;

    Walk(Contents contents, Sink sink) throws IOException {
      this.contents = contents;
      this.sink = sink;
      sink.begin(contents);
    }

    void take(Frame frame) throws IOException {
      if (closed != null && frame.kind() != Kind.SEAL) {
        throw new BackupException("damaged: something follows the closing");
      }
      switch (frame.kind()) {
        case SECRETS -> {
          secrets = true;
          sink.secrets(frame.payload());
        }
        case DATA -> data(frame.stream(), frame.payload());
        case CLOSING -> {
          endTable();
          closed = contents.closedBy(frame.payload());
        }
        case SEAL -> {}
        case OPENING, END -> throw new BackupException("damaged: a second opening");
      }
    }

    private void data(int stream, byte[] payload) throws IOException {
      if (rows == null || stream != counted.size()) {
        endTable();
        if (stream != counted.size() || stream >= contents.tables().size()) {
          throw new BackupException("damaged: the tables are out of order");
        }
        rows = new Rows(contents.tables().get(stream));
      }
      byte[] piece = Deflated.inflate(payload);
      rows.take(piece);
      Contents.Table table = contents.tables().get(stream);
      sink.rows(table, piece);
      bytes += piece.length;
      progress.at(table.name(), bytes, 0);
    }

    private void endTable() throws IOException {
      if (rows != null) {
        Contents.Table table = rows.end();
        if (table.name().equals(Rows.LEDGER)) {
          ledger = rows.chain();
        }
        counted.add(table);
        sink.end(table);
        rows = null;
      }
    }

    Contents end() throws BackupException {
      if (closed == null) {
        throw new BackupException("damaged: it has no closing");
      }
      if (!closed.tables().equals(counted) || !closed.ledger().equals(ledger)) {
        throw new BackupException("damaged: the rows are not those that the closing counts");
      }
      return closed;
    }
  }
}

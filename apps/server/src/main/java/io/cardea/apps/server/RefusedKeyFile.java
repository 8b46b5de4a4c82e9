package io.cardea.apps.server;

import io.cardea.apps.server.watch.Look;
import io.cardea.life.Fingerprint;
import io.cardea.life.pki.RefusedKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator's list of keys that are never believed, in a file that is read again when it
/// changes. A file that has become bad leaves what was read before, and the alarm says so.
///
/// In memory each key is the first eight octets of its fingerprint. Among four million of them, one
/// honest key in 2^42 is refused though it is not on the list, and its device makes another.
final class RefusedKeyFile implements RefusedKeys {
  private static final Logger log = LoggerFactory.getLogger(RefusedKeyFile.class);

  static final int MOST = 4_000_000;

  /// Longer than a fingerprint, for remarks.
  private static final int LONGEST_LINE = 512;

  private static final int SHOWN = 80;

  private final Optional<Path> file;
  private volatile long[] keys = {};
  private volatile Optional<String> problem = Optional.empty();
  private Optional<State> read = Optional.empty();

  /// By which a change is noticed without reading it all.
  private record State(FileTime modified, long size, Optional<Object> inode) {}

  private RefusedKeyFile(Optional<Path> file) {
    this.file = file;
  }

  /// @param file none for a list without a key
  /// @throws IOException if it cannot be read, naming the line that is wrong
  static RefusedKeyFile open(Optional<Path> file) throws IOException {
    RefusedKeyFile opened = new RefusedKeyFile(file);
    if (file.isPresent()) {
      opened.load(file.get());
    }
    return opened;
  }

  @Override
  public boolean contains(Fingerprint key) {
    return Arrays.binarySearch(keys, ByteBuffer.wrap(key.bytes()).getLong()) >= 0;
  }

  int size() {
    return keys.length;
  }

  /// Reads the file if it changed. For one thread.
  void readAgain() {
    if (file.isEmpty()) {
      return;
    }
    try {
      if (problem.isPresent() || !read.equals(Optional.of(state(file.get())))) {
        load(file.get());
        problem = Optional.empty();
      }
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      if (!problem.equals(Optional.of(why))) {
        log.error("refused keys: {}; those read before stay refused", why);
      }
      problem = Optional.of(why);
    }
  }

  Look look() {
    return problem
        .<Look>map(why -> new Look.Wrong(why + "; those read before stay refused"))
        .orElseGet(
            () -> new Look.Fine(file.isEmpty() ? "there is no list" : "keys: " + keys.length));
  }

  private void load(Path path) throws IOException {
    // Looked at first: what is written while we read is read again.
    State before = state(path);
    long[] found = new long[1024];
    int count = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(path), StandardCharsets.ISO_8859_1))) {
      Optional<String> line = next(lines, path, 1);
      for (int number = 1; line.isPresent(); line = next(lines, path, ++number)) {
        String text = line.get().strip();
        if (text.isEmpty() || text.startsWith("#")) {
          continue;
        }
        if (count == MOST) {
          throw new IOException(path + ":" + number + ": more than " + MOST + " keys");
        }
        if (count == found.length) {
          found = Arrays.copyOf(found, Math.min(MOST, found.length * 2));
        }
        found[count++] = prefix(text, path, number);
      }
    }
    long[] sorted = Arrays.copyOf(found, count);
    Arrays.sort(sorted);
    keys = sorted;
    read = Optional.of(before);
    log.info("refused keys: {} from {}", count, path);
  }

  /// A line, of which no more is kept than a line may have.
  private static Optional<String> next(BufferedReader reader, Path path, int number)
      throws IOException {
    StringBuilder line = new StringBuilder(Fingerprint.LENGTH * 2);
    int c = reader.read();
    if (c < 0) {
      return Optional.empty();
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new IOException(
            path + ":" + number + ": longer than " + LONGEST_LINE + " characters");
      }
      line.append((char) c);
    }
    return Optional.of(line.toString());
  }

  private static long prefix(String text, Path path, int number) throws IOException {
    if (text.length() != Fingerprint.LENGTH * 2 || !text.chars().allMatch(RefusedKeyFile::isHex)) {
      String shown = text.substring(0, Math.min(SHOWN, text.length())).replaceAll("[^ -~]", "?");
      throw new IOException(
          path + ":" + number + ": \"" + shown + "\" (expected: 64 lower-case hexadecimal digits)");
    }
    return HexFormat.fromHexDigitsToLong(text, 0, Long.BYTES * 2);
  }

  private static boolean isHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  private static State state(Path path) throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    return new State(now.lastModifiedTime(), now.size(), Optional.ofNullable(now.fileKey()));
  }
}

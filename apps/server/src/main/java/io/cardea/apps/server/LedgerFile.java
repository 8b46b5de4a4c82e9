package io.cardea.apps.server;

import io.cardea.life.ledger.Chain;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The ledger in a file: an entry a line, as the API tells it, with its link of the chain behind
/// it. Whoever has a line knows by its link that all before it are as they were.
public final class LedgerFile {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MAX_LINE = 1 << 20;

  private LedgerFile() {}

  /// A line, after it was checked.
  public record Line(Ledger.Recorded recorded, Entry entry, Chain chain) {}

  /// Takes lines, in their order.
  @FunctionalInterface
  public interface Reader {
    void take(Line line) throws IOException;
  }

  /// The line of an entry that the API told, after `before`.
  public static Chain append(StringBuilder lines, Chain before, JsonNode told) throws IOException {
    try {
      byte[] canonical = Base64.getDecoder().decode(told.path("canonical").asString(""));
      Chain chain = before.next(told.path("number").asLong(), canonical);
      ObjectNode line = (ObjectNode) told.deepCopy();
      line.put("chain", chain.hex());
      lines.append(JSON.writeValueAsString(line)).append('\n');
      return chain;
    } catch (IllegalArgumentException e) {
      throw new IOException("the server told an entry that cannot be: " + e.getMessage(), e);
    }
  }

  /// Where a file ends, so that it can be gone on with. What an interrupted write left behind the
  /// last whole line is cut off.
  public static Chain end(Path file) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return Chain.START;
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long length = bytes.length();
      int tail = (int) Math.min(length, 2L * MAX_LINE);
      byte[] last = new byte[tail];
      bytes.seek(length - tail);
      bytes.readFully(last);
      int end = tail - 1;
      while (end >= 0 && last[end] != '\n') {
        end--;
      }
      bytes.setLength(length - tail + end + 1);
      if (end < 0) {
        return Chain.START;
      }
      int begin = end - 1;
      while (begin >= 0 && last[begin] != '\n') {
        begin--;
      }
      JsonNode line =
          JSON.readTree(new String(last, begin + 1, end - begin - 1, StandardCharsets.UTF_8));
      return Chain.of(line.path("number").asLong(-1), line.path("chain").asString(""));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException(file + " does not end with an entry of a ledger", e);
    }
  }

  /// Reads all of a file, and checks each line: that it says what its recorded bytes say, and that
  /// its link follows from the one before.
  ///
  /// @return the last link
  public static Chain read(Path file, Reader reader) throws IOException {
    Chain chain = Chain.START;
    long number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (Optional<String> text = line(lines); text.isPresent(); text = line(lines)) {
        number++;
        try {
          Line line = checked(chain, JSON.readTree(text.get()));
          chain = line.chain();
          reader.take(line);
        } catch (JacksonException | IllegalArgumentException e) {
          throw new IOException(file + ", line " + number + ": " + e.getMessage(), e);
        }
      }
    }
    return chain;
  }

  private static Line checked(Chain before, JsonNode told) {
    byte[] canonical = Base64.getDecoder().decode(told.path("canonical").asString(""));
    Entry entry = Entry.ofCanonical(canonical);
    Chain chain = before.next(told.path("number").asLong(), canonical);
    if (!chain.hex().equals(told.path("chain").asString(""))) {
      throw new IllegalArgumentException("the chain is broken here");
    }
    boolean same =
        entry.kind().word().equals(told.path("kind").asString(""))
            && entry.at().toString().equals(told.path("at").asString(""))
            && entry.actor().equals(told.path("actor").asString(""))
            && entry.device().orElse("").equals(told.path("device").asString(""))
            && JSON.valueToTree(entry.facts()).equals(told.path("facts"));
    if (!same) {
      throw new IllegalArgumentException("it says something else than its recorded bytes");
    }
    return new Line(
        new Ledger.Recorded(chain.number(), entry.kind(), entry.device(), canonical), entry, chain);
  }

  /// A line, within a bound: a stranger may have written the file.
  private static Optional<String> line(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = lines.read(); c >= 0; c = lines.read()) {
      if (c == '\n') {
        return Optional.of(line.toString());
      }
      line.append((char) c);
      if (line.length() > MAX_LINE) {
        throw new IOException("a line of more than " + MAX_LINE + " characters");
      }
    }
    if (!line.isEmpty()) {
      throw new IOException("the last line is cut off");
    }
    return Optional.empty();
  }
}

package io.cardea.apps.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// What was done at a ceremony, by whom and when, one line for each act, on the disk before the
/// next.
///
/// Each line ends with a digest over itself and the digest before, so that no line can be changed,
/// taken out or put in without changing the last digest; that one the people write down on paper.
/// One that breaks off has no line `end`.
final class Transcript implements AutoCloseable {
  private static final String MARK = " | ";
  private static final String END = "end";

  private final InstantSource time;
  private final FileChannel channel;
  private String digest = "";
  private int number;

  Transcript(Path file, InstantSource time) throws IOException {
    this.time = time;
    this.channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
  }

  void add(String who, String what) throws IOException {
    number++;
    String text =
        "%03d %s %s: %s"
            .formatted(
                number,
                time.instant().truncatedTo(ChronoUnit.SECONDS),
                Table.harmless(who),
                Table.harmless(what));
    digest = next(digest, text);
    ByteBuffer line =
        ByteBuffer.wrap((text + MARK + digest + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
    channel.force(true);
  }

  /// @return the digest to write down
  String end(String who) throws IOException {
    add(who, END);
    return digest;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Computes all digests anew.
  ///
  /// @return the last one
  static String verify(String text) throws CommandFailure {
    List<String> lines = text.lines().toList();
    String digest = "";
    int number = 0;
    for (String line : lines) {
      number++;
      int mark = line.lastIndexOf(MARK);
      String said = mark < 0 ? line : line.substring(0, mark);
      digest = next(digest, said);
      if (mark < 0
          || !said.startsWith("%03d ".formatted(number))
          || !line.substring(mark + MARK.length()).equals(digest)) {
        throw CommandFailure.refused("Line " + number + " was changed, or one before it.");
      }
    }
    if (lines.isEmpty() || !lines.getLast().contains(": " + END + MARK)) {
      throw CommandFailure.refused("The transcript breaks off after line " + number + ".");
    }
    return digest;
  }

  private static String next(String before, String text) {
    return sha256((before + "\n" + text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

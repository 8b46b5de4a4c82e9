package io.cardea.trials.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The fenced blocks of the repository's documents.
///
/// After its language, the line that opens a block of shell may say how it is run: nothing, to be
/// run; `until-stopped`, when its last command serves until it is stopped, as in a terminal of its
/// own; or `no-run: ` and the reason why not.
final class Documents {
  private static final String FENCE = "```";

  /// @param info what stands behind the fence: the language, and how to run it
  record Block(Path document, int line, String info, String text) {
    boolean isShell() {
      return language().equals("sh") || language().equals("console");
    }

    String language() {
      return info.split(" ", 2)[0];
    }

    String manner() {
      return info.substring(language().length()).strip();
    }

    @Override
    public String toString() {
      return document.getFileName() + ":" + line;
    }
  }

  private Documents() {}

  /// The root of the repository: the folder above us with the launcher in it.
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("cardea"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no launcher above " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  /// What people read to run Cardea: the pages of the root, and those of `docs`.
  static List<Path> all() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> pages = Files.list(root())) {
      pages.filter(Documents::isPage).forEach(found::add);
    }
    try (Stream<Path> pages = Files.walk(root().resolve("docs"))) {
      pages.filter(Documents::isPage).forEach(found::add);
    }
    return found;
  }

  private static boolean isPage(Path file) {
    return file.getFileName().toString().endsWith(".md");
  }

  static List<Block> blocks(Path document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = Files.readAllLines(document);
    for (int at = 0; at < lines.size(); at++) {
      String opening = lines.get(at);
      if (!opening.startsWith(FENCE)) {
        continue;
      }
      int end = at + 1;
      while (end < lines.size() && !lines.get(end).startsWith(FENCE)) {
        end++;
      }
      if (end == lines.size()) {
        throw new IOException(document + ":" + (at + 1) + ": the block has no end");
      }
      String text = String.join("\n", lines.subList(at + 1, end));
      blocks.add(new Block(document, at + 1, opening.substring(FENCE.length()).strip(), text));
      at = end;
    }
    return blocks;
  }
}

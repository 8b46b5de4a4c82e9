package io.cardea.apps.agent;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk that forgets. After [#crash] a file has the content it had when it was last synced, or
/// what was written since, or a part of that; and of the changes to a directory since its last sync
/// any number of the first ones happened, as on a file system with a journal.
final class MemoryDisk implements Disk {
  /// The power failed. An Error, so that nothing on the way takes it for a failing disk.
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;

    PowerCut() {
      super("power cut", null, false, false);
    }
  }

  private static final class Node {
    byte @Nullable [] live;
    byte @Nullable [] durable;
    @Nullable String target;
    @Nullable Map<String, Node> entries;
    Map<String, Node> durableEntries = new TreeMap<>();
    final List<Map<String, Optional<Node>>> journal = new ArrayList<>();

    static Node directory() {
      Node node = new Node();
      node.entries = new TreeMap<>();
      return node;
    }

    Map<String, Node> children() throws IOException {
      if (entries == null) {
        throw new IOException("not a directory");
      }
      return entries;
    }
  }

  private final Path top;
  private final Node root = Node.directory();
  private int steps;
  private int powerFailsAt = Integer.MAX_VALUE;
  private int diskFailsAt = Integer.MAX_VALUE;

  MemoryDisk(Path top) {
    this.top = top;
  }

  int steps() {
    return steps;
  }

  /// The power fails in place of this step.
  void powerFailsAt(int step) {
    powerFailsAt = step;
  }

  /// This one step fails, and nothing else.
  void diskFailsAt(int step) {
    diskFailsAt = step;
  }

  /// What a power cut leaves.
  void crash(RandomGenerator random) {
    powerFailsAt = Integer.MAX_VALUE;
    settle(root, random);
  }

  private static void settle(Node node, RandomGenerator random) {
    if (node.entries != null) {
      Map<String, Node> left = new TreeMap<>(node.durableEntries);
      int happened = random.nextInt(node.journal.size() + 1);
      node.journal.subList(0, happened).forEach(change -> apply(change, left));
      node.journal.clear();
      node.entries = new TreeMap<>(left);
      node.durableEntries = new TreeMap<>(left);
      left.values().forEach(child -> settle(child, random));
    } else if (node.live != null && !Arrays.equals(node.live, node.durable)) {
      byte[] live = node.live;
      byte[] durable = node.durable == null ? new byte[0] : node.durable;
      node.live =
          switch (random.nextInt(3)) {
            case 0 -> durable;
            case 1 -> live;
            default -> Arrays.copyOf(live, random.nextInt(live.length + 1));
          };
      node.durable = node.live;
    }
  }

  private static void apply(Map<String, Optional<Node>> change, Map<String, Node> entries) {
    change.forEach((name, node) ->
        node.ifPresentOrElse(n -> entries.put(name, n), () -> entries.remove(name)));
  }

  private void step() throws IOException {
    steps++;
    if (steps >= powerFailsAt) {
      throw new PowerCut();
    }
    if (steps == diskFailsAt) {
      throw new IOException("no space left on device");
    }
  }

  private Optional<Node> find(Path path) {
    Node node = root;
    if (!path.equals(top)) {
      for (Path name : top.relativize(path)) {
        Node child = node.entries == null ? null : node.entries.get(name.toString());
        if (child == null) {
          return Optional.empty();
        }
        node = child;
      }
    }
    return Optional.of(node);
  }

  private Node parent(Path path) throws IOException {
    return Optional.ofNullable(path.getParent())
        .flatMap(this::find)
        .orElseThrow(() -> new IOException(path + ": no parent"));
  }

  private void change(Node directory, Map<String, Optional<Node>> change) throws IOException {
    directory.journal.add(change);
    apply(change, directory.children());
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    if (!directory.equals(top) && find(directory).isEmpty()) {
      step();
      change(parent(directory), Map.of(name(directory), Optional.of(Node.directory())));
    }
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    step();
    Optional<Node> there = find(file);
    if (there.isPresent()) {
      there.get().live = content.clone();
      return;
    }
    Node node = new Node();
    node.live = content.clone();
    change(parent(file), Map.of(name(file), Optional.of(node)));
  }

  @Override
  public void link(Path link, String target) throws IOException {
    step();
    if (find(link).isPresent()) {
      throw new IOException(link + ": exists");
    }
    Node node = new Node();
    node.target = target;
    change(parent(link), Map.of(name(link), Optional.of(node)));
  }

  @Override
  public void sync(Path fileOrDirectory) throws IOException {
    step();
    Node node = find(fileOrDirectory).orElseThrow(() -> new IOException("no such file"));
    node.durable = node.live;
    if (node.entries != null) {
      node.durableEntries = new TreeMap<>(node.entries);
      node.journal.clear();
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step();
    Node node = find(from).orElseThrow(() -> new IOException(from + ": no such file"));
    change(parent(from), Map.of(name(from), Optional.empty(), name(to), Optional.of(node)));
  }

  @Override
  public void delete(Path path) throws IOException {
    Optional<Node> node = find(path);
    if (node.isPresent()) {
      step();
      if (node.get().entries != null && !node.get().children().isEmpty()) {
        throw new IOException(path + ": not empty");
      }
      change(parent(path), Map.of(name(path), Optional.empty()));
    }
  }

  @Override
  public Optional<byte[]> read(Path file) throws IOException {
    return find(file).flatMap(node -> Optional.ofNullable(node.live));
  }

  @Override
  public Optional<String> target(Path link) throws IOException {
    return find(link).flatMap(node -> Optional.ofNullable(node.target));
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    Optional<Node> node = find(directory);
    return node.isEmpty() || node.get().entries == null
        ? List.of()
        : List.copyOf(node.get().children().keySet());
  }

  @Override
  public Closeable lock(Path file) {
    return () -> {};
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}

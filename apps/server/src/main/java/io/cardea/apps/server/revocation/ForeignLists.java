package io.cardea.apps.server.revocation;

import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.path.RevocationList;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lists that somebody else signed and that relying parties fetch here: those of a root which no
/// server has. Whoever holds that root puts them into a folder.
///
/// What is served was signed by an authority that is known here, and is never older than what was
/// served before. What is no good is not served in its place, and told.
public final class ForeignLists {
  private static final Logger log = LoggerFactory.getLogger(ForeignLists.class);
  private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,59}\\.crl";
  private static final int LARGEST = 4 * 1024 * 1024;
  private static final int MOST = 16;

  /// Of a list's life; less left, and its successor is late.
  private static final int FIFTHS = 5;

  private final Optional<Path> folder;
  private final Supplier<List<Certificate>> authorities;
  private final CryptoBackend crypto;
  private final TrustedTime time;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private volatile Optional<String> problem = Optional.empty();
  private volatile boolean looked;
  private volatile long nanos;

  /// @param read which state of the file was looked at; none if it is to be looked at again
  /// @param list the last good one
  private record Entry(Optional<State> read, Optional<Kept> list, Optional<String> problem) {}

  private record State(FileTime modified, long size, Optional<Object> inode) {}

  private record Kept(RevocationList list, EdgeResponse response) {}

  /// What is wrong with a file.
  private static final class Bad extends Exception {
    private static final long serialVersionUID = 1L;

    Bad(String message) {
      super(message, null, false, false);
    }
  }

  /// @param authorities whose lists may be served
  public ForeignLists(
      Optional<Path> folder,
      Supplier<List<Certificate>> authorities,
      CryptoBackend crypto,
      TrustedTime time) {
    this.folder = folder;
    this.authorities = authorities;
    this.crypto = crypto;
    this.time = time;
  }

  public Routes.Builder routes() {
    return Routes.builder().route("GET", "/lists/{name}", this::list);
  }

  private EdgeResponse list(EdgeRequest request) {
    if (folder.isEmpty() || !request.capture("name").matches(NAME)) {
      return EdgeResponse.text(404, "no such revocation list");
    }
    lookAtMostEachSecond();
    return Optional.ofNullable(entries.get(request.capture("name")))
        .flatMap(Entry::list)
        .map(Kept::response)
        .orElseGet(() -> EdgeResponse.text(404, "no such revocation list"));
  }

  /// What is wrong: files that cannot be used, and lists whose successor is late.
  public List<String> overdue() {
    if (folder.isEmpty()) {
      return List.of();
    }
    look();
    List<String> all = new ArrayList<>(problem.stream().toList());
    Instant now = time.instant();
    new TreeMap<>(entries)
        .forEach((name, entry) -> {
          entry.problem().ifPresent(why -> all.add(name + ": " + why));
          entry
              .list()
              .filter(kept -> isLate(kept.list(), now))
              .ifPresent(
                  kept -> all.add(name + " until " + kept.list().nextUpdate().orElseThrow()));
        });
    return all;
  }

  private static boolean isLate(RevocationList list, Instant now) {
    Instant next = list.nextUpdate().orElse(list.thisUpdate());
    Duration life = Duration.between(list.thisUpdate(), next);
    return Duration.between(now, next).compareTo(life.dividedBy(FIFTHS)) < 0;
  }

  private void lookAtMostEachSecond() {
    if (!looked || System.nanoTime() - nanos > Freshness.BOUND.toNanos()) {
      look();
    }
  }

  /// Looks which files changed. Cheap while none did.
  private synchronized void look() {
    nanos = System.nanoTime();
    looked = true;
    Set<String> there = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.orElseThrow(), "*.crl")) {
      problem = Optional.empty();
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.matches(NAME)) {
          problem = Optional.of(name.length() + " characters of a name that is not served");
        } else if (there.size() == MOST) {
          problem = Optional.of("more than " + MOST + " lists");
        } else {
          there.add(name);
          entries.put(name, read(file, Optional.ofNullable(entries.get(name))));
        }
      }
      entries.keySet().retainAll(there); // taken away on purpose
    } catch (IOException e) {
      // What was read before is served on: a list says itself until when it may be believed.
      problem = Optional.of("the folder cannot be read: " + e.getMessage());
    }
  }

  private Entry read(Path file, Optional<Entry> before) {
    Optional<Kept> last = before.flatMap(Entry::list);
    Optional<State> state = Optional.empty();
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      state =
          Optional.of(
              new State(now.lastModifiedTime(), now.size(), Optional.ofNullable(now.fileKey())));
      if (before.isPresent() && before.get().read().equals(state)) {
        return before.get();
      }
      Kept good = good(bytes(file), last);
      log.info("revocation list {}: {}, until {}", file, good.list(), good.list().nextUpdate());
      return new Entry(state, Optional.of(good), Optional.empty());
    } catch (Bad | IOException e) {
      String why = String.valueOf(e.getMessage());
      if (before.flatMap(Entry::problem).filter(why::equals).isEmpty()) {
        log.error("revocation list {} is not served: {}", file, why);
      }
      // Looked at again each time: an authority that signed it may be installed a moment later.
      return new Entry(Optional.empty(), last, Optional.of(why));
    }
  }

  private static byte[] bytes(Path file) throws IOException, Bad {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] all = in.readNBytes(LARGEST + 1);
      if (all.length > LARGEST) {
        throw new Bad("longer than " + LARGEST + " octets");
      }
      return all;
    }
  }

  private Kept good(byte[] file, Optional<Kept> last) throws Bad {
    byte[] der = der(file);
    RevocationList list;
    try {
      list = RevocationList.parse(der);
    } catch (Refused e) {
      throw new Bad(e.detail());
    }
    if (authorities.get().stream().noneMatch(one -> list.isSignedBy(one, crypto))) {
      throw new Bad("not signed by an authority that is known here: " + list.issuer());
    }
    if (!list.isComplete()) {
      throw new Bad("it is about changes or a part alone (expected: a complete list)");
    }
    if (list.nextUpdate().isEmpty() || time.instant().isBefore(list.thisUpdate())) {
      throw new Bad("it does not say when the next one comes, or is from tomorrow");
    }
    if (last.isPresent() && list.thisUpdate().isBefore(last.get().list().thisUpdate())) {
      throw new Bad("older than the one before, of " + last.get().list().thisUpdate());
    }
    String tag = '"' + list.listNumber().map(Object::toString).orElse("0") + '"';
    return new Kept(
        list,
        Caching.dated(EdgeResponse.of(200), list.thisUpdate(), tag)
            .withBody("application/pkix-crl", der));
  }

  private static byte[] der(byte[] file) throws Bad {
    byte[] begin = "-----BEGIN".getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(file, 0, Math.min(begin.length, file.length), begin, 0, begin.length)) {
      return file;
    }
    try {
      List<Pem> blocks = Pem.decode(new String(file, StandardCharsets.US_ASCII));
      if (blocks.size() != 1) {
        throw new Bad(blocks.size() + " blocks of PEM (expected: 1)");
      }
      return blocks.getFirst().der();
    } catch (Refused e) {
      throw new Bad(e.detail());
    }
  }
}

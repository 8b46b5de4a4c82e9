package io.cardea.apps.agent;

import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.KeyKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one device holds, in one directory:
///
/// ```text
/// pending-key.pem   the key that was sent, or is about to be; durable before it is
/// gen-0007/         key.pem and cert.pem of one pair, refused if the server refused it
/// current           a link to the generation that was confirmed last
/// ca.pem            what the server said about its authorities
/// reloaded          the generation that the hook was run for
/// ```
///
/// Guarantees that after a power cut at any step every generation that was in use is still there,
/// that a pair is never torn, and that a key that may have reached the server is not forgotten
/// before its certificate is on the disk or it was refused. Not safe for use by several threads.
final class Identities {
  private static final Pattern GENERATION = Pattern.compile("gen-([0-9]{4,9})");
  private static final String UNFINISHED = ".tmp";
  private static final int MOST_REFUSED = 2;
  private static final int MOST_NEWER = 4;

  private final Disk disk;
  private final Path directory;
  private final List<Generation> generations = new ArrayList<>();
  private final List<String> damaged = new ArrayList<>();
  private Optional<KeyPair> pending = Optional.empty();
  private int current;
  private int highest;

  private Identities(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /// Opens the directory to work in it: clears away what a power cut left half done.
  static Identities open(Disk disk, Path directory) throws IOException {
    disk.createDirectory(directory);
    Identities identities = new Identities(disk, directory);
    for (String name : disk.list(directory)) {
      if (name.endsWith(UNFINISHED)) {
        identities.deleteTree(directory.resolve(name));
      }
    }
    identities.load();
    identities.dropPendingThatWasCertified();
    return identities;
  }

  /// Looks without changing anything, while an agent may be at work there.
  static Identities look(Disk disk, Path directory) throws IOException {
    Identities identities = new Identities(disk, directory);
    identities.load();
    return identities;
  }

  private void load() throws IOException {
    for (String name : disk.list(directory)) {
      Matcher matcher = GENERATION.matcher(name);
      if (matcher.matches()) {
        int number = Integer.parseInt(matcher.group(1));
        highest = Math.max(highest, number);
        try {
          generations.add(read(number, directory.resolve(name)));
        } catch (IOException e) {
          damaged.add(name + ": " + e.getMessage());
        }
      }
    }
    generations.sort(Comparator.comparingInt(Generation::number).reversed());
    current =
        disk.target(directory.resolve("current"))
            .map(GENERATION::matcher)
            .filter(Matcher::matches)
            .map(matcher -> Integer.parseInt(matcher.group(1)))
            .orElse(0);
    Optional<byte[]> text = disk.read(pendingFile());
    if (text.isPresent()) {
      try {
        pending = Optional.of(Pem.readKeyPair(text.get()));
      } catch (IOException e) {
        damaged.add("pending-key.pem: " + e.getMessage());
      }
    }
  }

  private Generation read(int number, Path place) throws IOException {
    Optional<byte[]> certificate = disk.read(place.resolve("cert.pem"));
    Optional<byte[]> key = disk.read(place.resolve("key.pem"));
    if (certificate.isEmpty() || key.isEmpty()) {
      throw new IOException("key or certificate is missing");
    }
    List<X509Certificate> chain = Pem.readCertificates(certificate.get());
    if (chain.isEmpty()) {
      throw new IOException("no certificate in it");
    }
    String refusedFor =
        disk.read(place.resolve("refused"))
            .map(code -> new String(code, StandardCharsets.US_ASCII).strip())
            .map(code -> code.isEmpty() ? "unknown" : code)
            .orElse("");
    return new Generation(
        number,
        new ClientIdentity(Pem.readPrivateKey(key.get(), chain.getFirst().getPublicKey()), chain),
        refusedFor);
  }

  /// The power failed after the certificate was stored and before its key was dropped here.
  private void dropPendingThatWasCertified() throws IOException {
    if (pending.isPresent()) {
      byte[] key = pending.get().getPublic().getEncoded();
      for (Generation generation : generations) {
        if (Arrays.equals(generation.certificate().getPublicKey().getEncoded(), key)) {
          forgetPending();
          return;
        }
      }
    }
  }

  /// Newest first, those that can be read.
  List<Generation> generations() {
    return List.copyOf(generations);
  }

  /// What could not be read, and why. It is left alone until newer generations push it out.
  List<String> damaged() {
    return List.copyOf(damaged);
  }

  /// The one confirmed last, which other programs use.
  Optional<Generation> current() {
    return generations.stream().filter(g -> g.number() == current).findFirst();
  }

  /// The one that this device shows from now on: the newest that was not refused. Once a newer one
  /// is here, the older is not shown again, whatever happens, until the newer one is refused.
  Optional<Generation> shown() {
    return generations.stream().filter(g -> !g.refused()).findFirst();
  }

  Optional<KeyPair> pending() {
    return pending;
  }

  /// The key to send: the one under way, or else a fresh one, durable when this returns.
  KeyPair pending(KeyKind kind) throws IOException {
    if (pending.isEmpty()) {
      KeyPair fresh = kind.generate();
      replace(pendingFile(), Pem.keyPair(fresh));
      pending = Optional.of(fresh);
    }
    return pending.get();
  }

  /// The server said that this key is no good.
  void forgetPending() throws IOException {
    // First here: if the disk fails, the file is dropped when it is read, or replaced by the next.
    pending = Optional.empty();
    disk.delete(pendingFile());
    disk.sync(directory);
  }

  /// Keeps a certificate for the pending key, durable when this returns.
  Generation store(X509Certificate certificate) throws IOException {
    KeyPair key = pending.orElseThrow(() -> new IllegalStateException("no pending key"));
    // A number is used once, also when the disk fails on the way.
    Generation generation =
        new Generation(++highest, new ClientIdentity(key.getPrivate(), List.of(certificate)), "");
    Path unfinished = directory.resolve(generation.directory() + UNFINISHED);
    deleteTree(unfinished);
    disk.createDirectory(unfinished);
    disk.write(unfinished.resolve("key.pem"), Pem.privateKey(key.getPrivate()));
    disk.sync(unfinished.resolve("key.pem"));
    disk.write(unfinished.resolve("cert.pem"), Pem.certificates(List.of(certificate)));
    disk.sync(unfinished.resolve("cert.pem"));
    disk.sync(unfinished);
    disk.rename(unfinished, directory.resolve(generation.directory()));
    disk.sync(directory);
    // From here on the pair survives; until here the pending key does, and a retry with it gets the
    // same certificate again.
    generations.addFirst(generation);
    forgetPending();
    prune();
    return generation;
  }

  /// The server admitted it: other programs are to use this one.
  void confirm(Generation generation) throws IOException {
    if (current != generation.number()) {
      Path unfinished = directory.resolve("current" + UNFINISHED);
      disk.delete(unfinished);
      disk.link(unfinished, generation.directory());
      disk.rename(unfinished, directory.resolve("current"));
      disk.sync(directory);
      current = generation.number();
    }
    prune();
  }

  /// Remembers that the server refused it by a code, before an older one is shown in its place.
  Generation refuse(Generation generation, String code) throws IOException {
    replace(
        directory.resolve(generation.directory()).resolve("refused"),
        (code + "\n").getBytes(StandardCharsets.US_ASCII));
    Generation refused = generation.refused(code);
    generations.replaceAll(g -> g.number() == generation.number() ? refused : g);
    prune();
    return refused;
  }

  /// All were refused, and there is no other way in: perhaps the server has changed its mind.
  void forgiveAll() throws IOException {
    for (Generation generation : generations()) {
      if (generation.refused()) {
        Path place = directory.resolve(generation.directory());
        disk.delete(place.resolve("refused"));
        disk.sync(place);
        generations.replaceAll(g -> g.number() == generation.number() ? generation.refused("") : g);
      }
    }
  }

  /// The authorities' certificates, as the server said last.
  List<X509Certificate> authorities() throws IOException {
    Optional<byte[]> text = disk.read(directory.resolve("ca.pem"));
    return text.isEmpty() ? List.of() : Pem.readCertificates(text.get());
  }

  void authorities(List<X509Certificate> certificates) throws IOException {
    byte[] text = Pem.certificates(certificates);
    if (!Arrays.equals(text, disk.read(directory.resolve("ca.pem")).orElse(new byte[0]))) {
      replace(directory.resolve("ca.pem"), text);
    }
  }

  boolean reloadedFor(Generation generation) throws IOException {
    byte[] expected = (generation.directory() + "\n").getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(expected, disk.read(directory.resolve("reloaded")).orElse(new byte[0]));
  }

  void reloaded(Generation generation) throws IOException {
    replace(
        directory.resolve("reloaded"),
        (generation.directory() + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  Path pathOf(Generation generation) {
    return directory.resolve(generation.directory());
  }

  Path directory() {
    return directory;
  }

  /// Keeps the confirmed one, one before it, and the four newest of those that wait for their
  /// confirmation; of all these at most two that were refused.
  private void prune() throws IOException {
    List<Generation> keep = new ArrayList<>();
    int older = 0;
    int newer = 0;
    int refused = 0;
    for (Generation generation : generations) {
      boolean kept =
          generation.number() == current
              || (generation.number() < current ? older++ < 1 : newer++ < MOST_NEWER);
      if (kept && generation.refused() && generation.number() != current) {
        kept = refused++ < MOST_REFUSED;
      }
      if (kept) {
        keep.add(generation);
      }
    }
    List<Generation> gone = new ArrayList<>(generations);
    gone.removeAll(keep);
    for (Generation generation : gone) {
      remove(generation.directory());
    }
    generations.retainAll(keep);
    removeDamagedBelowCurrent();
  }

  private void removeDamagedBelowCurrent() throws IOException {
    for (String name : disk.list(directory)) {
      Matcher matcher = GENERATION.matcher(name);
      if (matcher.matches()) {
        int number = Integer.parseInt(matcher.group(1));
        if (number < current && generations.stream().noneMatch(g -> g.number() == number)) {
          remove(name);
        }
      }
    }
  }

  private void remove(String name) throws IOException {
    // Renamed first, so that a power cut leaves no generation that lacks a file.
    Path unfinished = directory.resolve(name + UNFINISHED);
    deleteTree(unfinished);
    disk.rename(directory.resolve(name), unfinished);
    deleteTree(unfinished);
  }

  private void deleteTree(Path path) throws IOException {
    for (String name : disk.list(path)) {
      disk.delete(path.resolve(name));
    }
    disk.delete(path);
  }

  private Path pendingFile() {
    return directory.resolve("pending-key.pem");
  }

  /// The old content or the new one, never a part; the new one is durable when this returns.
  private void replace(Path file, byte[] content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    disk.write(unfinished, content);
    disk.sync(unfinished);
    disk.rename(unfinished, file);
    disk.sync(file.getParent() == null ? directory : file.getParent());
  }
}

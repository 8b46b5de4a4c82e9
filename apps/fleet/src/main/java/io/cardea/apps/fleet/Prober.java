package io.cardea.apps.fleet;

import io.cardea.life.Fingerprint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Looks, now and then, whether a device still has a door that opens for it.
///
/// It asks the server about everything that a device has on its disk, without side effects, and
/// confirms a sample by real handshakes. What counts:
///
/// - A device is *in* when at least one certificate on its disk would be let in.
/// - It is *out* when it has held a certificate that was let in, and now none on its disk is. The
///   disk is read and judged a second time before that is said, since a device may have changed
///   over in between.
/// - It is *locked out* when it has no way back of its own either: its own last request was refused
///   with a code that time does not change, or it has been out for as long as a whole credential
///   lives. That last request carried the pending key, if there is one (so the server did not
///   answer the same key with the same credential), and the best credential that the device holds
///   (so nothing it holds may renew). It is judged by what the server really answered to the device
///   and not by what it should have answered, so the same definition is fair to every rule of
///   rotation.
/// - A device that never held a certificate is locked out when its token is refused so.
///
/// Once out or locked out is counted for ever, also when the device comes back.
///
/// Does not see a door that is shut for less than the time between two rounds, unless the device
/// itself runs into it.
final class Prober {
  /// Asks a server what a use of each of these certificates would come to.
  @FunctionalInterface
  interface Judge {
    /// @return for each certificate the code of its refusal, or empty when it would be let in
    Map<Fingerprint, Optional<String>> judge(Collection<Fingerprint> certificates)
        throws IOException;
  }

  /// A device as the prober sees it.
  interface Watched {
    String id();

    /// The certificates on its disk that it has the keys of, of every generation.
    Set<Fingerprint> certificates() throws IOException;

    /// The code with which the device's own last request was refused for good, if it was.
    Optional<String> refusedForGood();

    /// Makes a full handshake with the credential that the device itself would use now.
    ///
    /// @return the certificate that was shown and whether it was let in; empty without a credential
    Optional<Knock> knock() throws IOException;
  }

  /// @param refusal the code, or empty when it was let in
  record Knock(Fingerprint certificate, Optional<String> refusal) {}

  /// How a device stands.
  enum Standing {
    NEW,
    IN,
    OUT,
    LOCKED_OUT
  }

  private final Judge judge;
  private final List<? extends Watched> devices;
  private final Duration patience;
  private final InstantSource time;
  private final Map<String, Standing> standings = new TreeMap<>();
  private final Map<String, Instant> outSince = new TreeMap<>();
  private final Set<String> wereIn = new HashSet<>();
  private final Set<String> everOut = new TreeSet<>();
  private final Set<String> everRefused = new TreeSet<>();
  private final Map<String, Instant> lockedOut = new LinkedHashMap<>();
  private int sample;
  private int confirmed;
  private int contradicted;
  private int rounds;

  /// @param patience how long a device may be out before it counts as locked out whatever it hopes
  Prober(Judge judge, List<? extends Watched> devices, Duration patience, InstantSource time) {
    this.judge = judge;
    this.devices = List.copyOf(devices);
    this.patience = patience;
    this.time = time;
  }

  /// Looks at every device once.
  void look() throws IOException {
    Map<Watched, Set<Fingerprint>> disks = new LinkedHashMap<>();
    Set<Fingerprint> all = new HashSet<>();
    for (Watched device : devices) {
      Set<Fingerprint> held = device.certificates();
      disks.put(device, held);
      all.addAll(held);
    }
    Set<Fingerprint> letIn = letIn(all);
    for (Map.Entry<Watched, Set<Fingerprint>> disk : disks.entrySet()) {
      Watched device = disk.getKey();
      boolean in = disk.getValue().stream().anyMatch(letIn::contains);
      if (!in && !disk.getValue().isEmpty()) {
        Set<Fingerprint> again = device.certificates();
        in = !letIn(again).isEmpty();
      }
      note(device, in, !disk.getValue().isEmpty());
    }
    synchronized (this) {
      rounds++;
    }
  }

  private Set<Fingerprint> letIn(Set<Fingerprint> certificates) throws IOException {
    Set<Fingerprint> letIn = new HashSet<>();
    if (!certificates.isEmpty()) {
      judge
          .judge(certificates)
          .forEach((certificate, refusal) -> {
            if (refusal.isEmpty()) {
              letIn.add(certificate);
            }
          });
    }
    return letIn;
  }

  private synchronized void note(Watched device, boolean in, boolean holdsSome) {
    String id = device.id();
    boolean refused = device.refusedForGood().isPresent();
    if (refused) {
      everRefused.add(id);
    }
    if (in) {
      wereIn.add(id);
      outSince.remove(id);
      standings.put(id, Standing.IN);
      return;
    }
    boolean hadAccess = holdsSome && wereIn.contains(id);
    boolean waitedLong = false;
    if (hadAccess) {
      everOut.add(id);
      Instant since = outSince.computeIfAbsent(id, _ -> time.instant());
      waitedLong = !time.instant().isBefore(since.plus(patience));
    }
    if (refused || waitedLong) {
      standings.put(id, Standing.LOCKED_OUT);
      lockedOut.putIfAbsent(id, time.instant());
    } else {
      standings.put(id, hadAccess ? Standing.OUT : Standing.NEW);
    }
  }

  /// Confirms the judgement of the next device by a real handshake. Each handshake is a proof that
  /// the server remembers, so this is for a sample, at a low rate.
  void knock() throws IOException {
    Watched device;
    synchronized (this) {
      device = devices.get(sample++ % devices.size());
    }
    Optional<Knock> knock = device.knock();
    if (knock.isEmpty()) {
      return;
    }
    Fingerprint shown = knock.get().certificate();
    boolean judgedIn = letIn(Set.of(shown)).contains(shown);
    synchronized (this) {
      if (judgedIn == knock.get().refusal().isEmpty()) {
        confirmed++;
      } else {
        contradicted++;
      }
    }
  }

  synchronized Findings findings() {
    List<String> now = new ArrayList<>();
    int in = 0;
    for (Map.Entry<String, Standing> standing : standings.entrySet()) {
      switch (standing.getValue()) {
        case IN -> in++;
        case OUT, LOCKED_OUT -> now.add(standing.getKey());
        case NEW -> {}
      }
    }
    return new Findings(
        rounds,
        in,
        Set.copyOf(everOut),
        Set.copyOf(everRefused),
        new LinkedHashMap<>(lockedOut),
        now,
        confirmed,
        contradicted);
  }

  /// What was seen so far.
  ///
  /// @param rounds how often every device was looked at
  /// @param in how many devices would be let in, at the last look
  /// @param everOut the devices that were out at some look, for however short a time
  /// @param everRefused the devices that were refused for good at some look, let in or not
  /// @param lockedOut the devices that were locked out at some look, and when that was first seen
  /// @param outNow the devices that were out or locked out at the last look
  /// @param confirmed how many handshakes came to what had been judged
  /// @param contradicted how many did not
  record Findings(
      int rounds,
      int in,
      Set<String> everOut,
      Set<String> everRefused,
      Map<String, Instant> lockedOut,
      List<String> outNow,
      int confirmed,
      int contradicted) {}
}

package io.cardea.trials.faults.explorer;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Pace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A situation, in a form in which equal ones are equal: the lineage, and who holds what.
///
/// The present is always [#NOW]; what matters of the past is how long ago it was, and beyond two
/// days all of it is long ago. Credentials and keys are numbered in the order of their issue.
///
/// @param held bits: the credentials on the device
/// @param pending the key of its last request that had no answer, or -1
/// @param favourite the credential that it last used with success, or -1
/// @param stolen bits: the credentials that the thief holds
/// @param expired whether the first credential has expired
/// @param hadTurn whether the device did something today
record Situation(
    Lineage lineage,
    int held,
    int pending,
    int favourite,
    int stolen,
    boolean expired,
    boolean hadTurn) {
  static final int MOST_CREDENTIALS = 6;
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static final SlotId SLOT = SlotId.operational(new DeviceId("explored"));
  private static final UUID TOKEN = new UUID(0, 99);
  private static final int LONG_AGO = 2;
  private static final List<CredentialState> STATES = List.of(CredentialState.values());
  private static final CredentialId[] IDS = new CredentialId[MOST_CREDENTIALS];
  private static final Fingerprint[] KEYS = new Fingerprint[MOST_CREDENTIALS];

  static {
    for (int i = 0; i < MOST_CREDENTIALS; i++) {
      IDS[i] = new CredentialId(new UUID(0, i));
      KEYS[i] = Fingerprint.of(("k" + i).getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Two numbers that stand for a situation: it takes millions of them.
  record Code(long links, long rest) {}

  static Situation begin() {
    Link first = newLink(0, 0, new Predecessor.EnrolmentToken(TOKEN), 0).proven(NOW);
    Lineage lineage =
        new Lineage(SLOT, 1, List.of(first), List.of(IDS[0]), Optional.empty(), Pace.NONE);
    return new Situation(lineage, 1, -1, -1, 0, false, false);
  }

  static CredentialId id(int credential) {
    return IDS[credential];
  }

  static Fingerprint key(int key) {
    return KEYS[key];
  }

  static int number(CredentialId id) {
    return (int) id.value().getLeastSignificantBits();
  }

  static Link newLink(int credential, int key, Predecessor predecessor, int generation) {
    return new Link(
        IDS[credential],
        KEYS[key],
        predecessor,
        generation,
        CredentialState.STAGED,
        NOW,
        NOW,
        NOW.plus(Duration.ofDays(1_000)),
        Optional.empty(),
        Optional.empty());
  }

  int size() {
    return lineage.links().size();
  }

  Link link(int credential) {
    return lineage.links().get(credential);
  }

  boolean forked() {
    return lineage.forkedAt().isPresent();
  }

  Situation with(Lineage changed) {
    return new Situation(changed, held, pending, favourite, stolen, expired, hadTurn);
  }

  Situation afterTurn(Lineage changed, int stays) {
    return new Situation(changed, held, pending, stays, stolen, expired, true);
  }

  Situation waitingFor(Lineage changed, int key) {
    return new Situation(changed, held, key, favourite, stolen, expired, hadTurn);
  }

  Situation holding(Lineage changed, int credentials) {
    return new Situation(changed, credentials, -1, favourite, stolen, expired, hadTurn);
  }

  Situation robbed(Lineage changed, int credentials) {
    return new Situation(changed, held, pending, favourite, credentials, expired, hadTurn);
  }

  Situation firstExpired() {
    List<Link> links = new ArrayList<>(lineage.links());
    links.set(0, expired(links.getFirst()));
    Situation after = with(withLinks(lineage, links));
    return new Situation(after.lineage, held, pending, favourite, stolen, true, hadTurn);
  }

  /// A day later: everything that was is a day further away.
  Situation tomorrow() {
    List<Link> links = new ArrayList<>();
    for (Link link : lineage.links()) {
      links.add(
          new Link(
              link.id(),
              link.key(),
              link.predecessor(),
              link.generation(),
              link.state(),
              link.since().minus(Rules.DAY),
              link.issuedAt(),
              link.notAfter(),
              link.provenAt().map(at -> at.minus(Rules.DAY)),
              link.lastUsedAt().map(at -> at.minus(Rules.DAY))));
    }
    return new Situation(
        withLinks(lineage, links), held, pending, favourite, stolen, expired, false);
  }

  private static Lineage withLinks(Lineage lineage, List<Link> links) {
    return new Lineage(
        lineage.slot(),
        lineage.version(),
        links,
        lineage.uses(),
        lineage.forkedAt(),
        lineage.pace());
  }

  private static Link expired(Link link) {
    return new Link(
        link.id(),
        link.key(),
        link.predecessor(),
        link.generation(),
        link.state(),
        link.since(),
        NOW.minus(Duration.ofDays(1_000)),
        NOW.minusSeconds(1),
        link.provenAt(),
        link.lastUsedAt());
  }

  Code code() {
    Bits links = new Bits();
    Bits rest = new Bits();
    for (Link link : lineage.links()) {
      Bits bits = number(link.id()) < MOST_CREDENTIALS - 1 ? links : rest;
      bits.put(keyNumber(link), 3);
      bits.put(link.parent().map(id -> number(id) + 1).orElse(0), 3);
      bits.put(STATES.indexOf(link.state()), 3);
      bits.put(link.state() == CredentialState.RETIRING ? age(overlapBegan(link)) : 0, 2);
      bits.put(link.provenAt().filter(at -> age(at) == 0).isPresent() ? 1 : 0, 1);
    }
    if (size() < MOST_CREDENTIALS) {
      rest.put(0, 12);
    }
    rest.put(size(), 3);
    for (int i = 0; i < 3; i++) {
      rest.put(i < lineage.uses().size() ? number(lineage.uses().get(i)) : 7, 3);
    }
    rest.put(forked() ? 1 : 0, 1);
    rest.put(held, 6);
    rest.put(pending + 1, 3);
    rest.put(favourite + 1, 3);
    rest.put(stolen, 6);
    rest.put(expired ? 1 : 0, 1);
    rest.put(hadTurn ? 1 : 0, 1);
    return new Code(links.value, rest.value);
  }

  static Situation of(Code code) {
    Bits links = new Bits(code.links);
    Bits rest = new Bits(code.rest);
    Bits sixth = new Bits(rest.take(12));
    int size = rest.take(3);
    List<CredentialId> uses = new ArrayList<>(3);
    for (int i = 0; i < 3; i++) {
      int use = rest.take(3);
      if (use != 7) {
        uses.add(IDS[use]);
      }
    }
    Optional<Instant> forkedAt = rest.take(1) == 1 ? Optional.of(NOW) : Optional.empty();
    int held = rest.take(6);
    int pending = rest.take(3) - 1;
    int favourite = rest.take(3) - 1;
    int stolen = rest.take(6);
    boolean expired = rest.take(1) == 1;
    boolean hadTurn = rest.take(1) == 1;
    List<Link> all = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Link link = link(i, i < MOST_CREDENTIALS - 1 ? links : sixth, all);
      all.add(i == 0 && expired ? expired(link) : link);
    }
    Lineage lineage = new Lineage(SLOT, 1, all, uses, forkedAt, Pace.NONE);
    return new Situation(lineage, held, pending, favourite, stolen, expired, hadTurn);
  }

  private static Link link(int credential, Bits bits, List<Link> older) {
    int key = bits.take(3);
    int parent = bits.take(3) - 1;
    CredentialState state = STATES.get(bits.take(3));
    Instant began = NOW.minus(Rules.DAY.multipliedBy(bits.take(2)));
    Instant proven = bits.take(1) == 1 ? NOW : NOW.minus(Rules.DAY);
    Link link =
        parent < 0
            ? newLink(credential, key, new Predecessor.EnrolmentToken(TOKEN), 0)
            : newLink(
                credential,
                key,
                new Predecessor.OlderCredential(IDS[parent]),
                older.get(parent).generation() + 1);
    return state == CredentialState.STAGED
        ? link
        : link.proven(proven).in(state, began).usedAt(began);
  }

  private static int keyNumber(Link link) {
    for (int i = 0; i < MOST_CREDENTIALS; i++) {
      if (KEYS[i].equals(link.key())) {
        return i;
      }
    }
    throw new IllegalStateException("key: " + link.key() + " (expected: one that was explored)");
  }

  private static Instant overlapBegan(Link link) {
    return link.overlapEnds(Duration.ZERO);
  }

  private static int age(Instant then) {
    return (int) Math.min(LONG_AGO, Duration.between(then, NOW).toDays());
  }

  private static final class Bits {
    private long value;
    private int position;

    private Bits() {
      this(0);
    }

    private Bits(long value) {
      this.value = value;
    }

    private void put(int number, int width) {
      value |= (long) number << position;
      position += width;
    }

    private int take(int width) {
      int number = (int) (value >>> position) & ((1 << width) - 1);
      position += width;
      return number;
    }
  }
}

package io.cardea.life.pki;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.AuthorityOutcome.There;
import io.cardea.life.pki.AuthorityOutcome.Waits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What follows on an authority: its next certificate, its next key, its end.
///
/// Callers say what they want replaced. If that is no longer what is there, somebody did it
/// already, and they get the answer that the first call got: a retry never makes another
/// generation.
public final class AuthoritySuccession {
  private final Authorities store;
  private final AuthorityKeys keys;
  private final AuthorityMaker maker;
  private final AuthorityDesk desk;

  public AuthoritySuccession(
      Authorities store,
      AuthorityKeys keys,
      CryptoBackend backend,
      PublicUrls urls,
      AuthorityDesk desk) {
    this.store = store;
    this.keys = keys;
    this.maker = new AuthorityMaker(keys, backend, urls);
    this.desk = desk;
  }

  /// The same key, a new certificate. What was issued under the one before stays good under both.
  /// An authority whose root is elsewhere gets a request for it instead.
  ///
  /// @param replaces the certificate that is to be followed
  public AuthorityOutcome renew(
      String idOrName, Fingerprint replaces, Optional<Duration> life, Actor actor) throws Refused {
    Instant now = desk.allowed(actor);
    Generations all = Generations.in(store);
    Authority there = present(all, idOrName);
    String name = there.name();
    if (!there.certificate().fingerprint().equals(replaces)) {
      return there.others(Authority.Purpose.EARLIER).stream()
              .anyMatch(earlier -> earlier.fingerprint().equals(replaces))
          ? new There(there)
          : otherwise(name, "certificate", there.certificate().fingerprint().hex());
    }
    if (there.kind() == Authority.Kind.ROOT) {
      Certificate next =
          maker.selfSigned(
              there.certificate().subjectDer(),
              there.key(),
              life.orElse(AuthorityMaker.ROOT_LIFE),
              now);
      return desk.renewed(
          there, there.renewed(next, Optional.empty(), List.of()), List.of(), now, actor);
    }
    if (isUnderOurs(all, there)) {
      Authority root = all.root(there);
      Certificate next =
          maker.next(
              there, root, keys.open(root.key()), life.orElse(AuthorityMaker.ISSUING_LIFE), now);
      return desk.renewed(
          there, there.renewed(next, Optional.of(root.id()), List.of()), List.of(), now, actor);
    }
    Optional<AuthorityRequest> out = all.request(name);
    if (out.isPresent() && !out.get().id().equals(there.id())) {
      throw new Refused(Refusal.ALREADY_EXISTS, "a request of " + name + " for another key is out");
    }
    return out.isPresent()
        ? new Waits(out.get())
        : desk.requested(name, there.certificate().subjectDer(), there.key(), now, actor);
  }

  /// A new key under the same name. The generation before retires: it goes on signing its lists
  /// until its last certificate has expired. Two generations of a root sign each other, so that
  /// whoever trusts one gets to the other.
  ///
  /// An authority whose root is elsewhere gets a request instead, and goes on until its answer is
  /// installed.
  ///
  /// @param replaces the generation that is to be followed
  public AuthorityOutcome rekey(
      String idOrName,
      AuthorityId replaces,
      Optional<CertKey> kind,
      Optional<KeyHome> home,
      Optional<Duration> life,
      Actor actor)
      throws Refused {
    Instant now = desk.allowed(actor);
    Generations all = Generations.in(store);
    Authority old = present(all, idOrName);
    String name = old.name();
    if (!old.id().equals(replaces)) {
      return all.byId(replaces).filter(one -> one.name().equals(name)).isPresent()
          ? new There(old)
          : otherwise(name, "authority", old.id().value());
    }
    CertKey newKind = kind.orElse(old.key().kind());
    KeyHome newHome = home.orElse(old.key().home());
    boolean root = old.kind() == Authority.Kind.ROOT;
    if (!root && !isUnderOurs(all, old)) {
      return desk.request(name, Optional.empty(), newKind, newHome, actor);
    }
    byte[] subject = old.certificate().subjectDer();
    Authority fresh;
    if (root) {
      WrappedKey key = keys.create(newKind, newHome);
      Authority alone = maker.root(name, subject, key, life.orElse(AuthorityMaker.ROOT_LIFE), now);
      fresh = alone.with(maker.rollOver(old, keys.open(old.key()), alone, keys.open(key)));
    } else {
      Authority above = all.root(old);
      AuthorityKey aboveKey = keys.open(above.key());
      fresh =
          maker.issuing(
              name,
              subject,
              above,
              aboveKey,
              keys.create(newKind, newHome),
              life.orElse(AuthorityMaker.ISSUING_LIFE),
              now);
    }
    List<Change> changes = new ArrayList<>(List.of(new PkiChange.SaveAuthority(fresh)));
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                AuthorityDesk.entry(
                    EntryKind.AUTHORITY_CREATED, now, actor, AuthorityDesk.facts(fresh))));
    AuthorityDesk.retire(old, changes, entries, now, actor);
    desk.commit(changes, entries);
    return new There(fresh);
  }

  /// Ends the issuing of an authority. It signs lists until its last certificate has expired.
  /// Retiring it again changes nothing.
  ///
  /// @throws Refused CONFLICT if a profile would be left without an authority
  public AuthorityOutcome retire(String idOrName, Actor actor) throws Refused {
    Instant now = desk.allowed(actor);
    Generations all = Generations.in(store);
    Authority there =
        all.find(idOrName)
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "authority: " + idOrName));
    if (!there.isActive()) {
      return new There(there);
    }
    requireNobodyStranded(all, there);
    List<Change> changes = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    AuthorityDesk.retire(there, changes, entries, now, actor);
    desk.commit(changes, entries);
    return new There(there.retired());
  }

  /// A healthy device is never locked out (P1): neither by the end of who issues, nor by that of
  /// the root that the next generation would need.
  private void requireNobodyStranded(Generations all, Authority ending) throws Refused {
    Generations after =
        new Generations(
            all.all().stream().map(one -> one.equals(ending) ? one.retired() : one).toList(),
            all.requests());
    for (Profile profile : store.profiles()) {
      Optional<Authority> before = profile.authority().map(all::present).orElseGet(all::usual);
      Optional<Authority> then = profile.authority().map(after::present).orElseGet(after::usual);
      if (before.isPresent() && then.isEmpty()) {
        throw new Refused(
            Refusal.CONFLICT,
            "profile "
                + profile.name()
                + " would have no authority; give it another first: cardea profile save "
                + profile.name()
                + " --authority NAME");
      }
    }
    for (Authority one : after.all()) {
      if (one.isActive()
          && one.issuer().equals(Optional.of(ending.id()))
          && after.present(ending.name()).isEmpty()) {
        throw new Refused(
            Refusal.CONFLICT,
            "authority " + one.name() + " has it as its root; retire or re-key that one first");
      }
    }
  }

  private static Authority present(Generations all, String idOrName) throws Refused {
    return all.find(idOrName)
        .flatMap(found -> all.present(found.name()))
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "active authority: " + idOrName));
  }

  private static boolean isUnderOurs(Generations all, Authority authority) {
    return authority
        .issuer()
        .flatMap(all::byId)
        .filter(above -> above.kind() == Authority.Kind.ROOT)
        .isPresent();
  }

  private static AuthorityOutcome otherwise(String name, String what, String present)
      throws Refused {
    throw new Refused(
        Refusal.CONFLICT, name + ": replaces is not its " + what + " (expected: " + present + ")");
  }
}

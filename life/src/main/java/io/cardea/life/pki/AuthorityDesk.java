package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Permission;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.AuthorityOutcome.There;
import io.cardea.life.pki.AuthorityOutcome.Waits;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Authorities come to be: made here, certified by a root elsewhere, or taken over with their keys.
/// [AuthoritySuccession] is about what follows on them.
///
/// Each act is one commit with its ledger entry, and the same call again answers with what is
/// there. A key whose commit was lost is of no use to anyone: nothing was signed with it that
/// another would accept.
public final class AuthorityDesk {
  private final Authorities store;
  private final Commits commits;
  private final AuthorityKeys keys;
  private final CryptoBackend backend;
  private final AuthorityMaker maker;
  private final TrustedTime time;
  private final ProfileDesk.Changed changed;

  /// @param changed told after each act, so that this replica issues by it at once
  public AuthorityDesk(
      Authorities store,
      Commits commits,
      AuthorityKeys keys,
      CryptoBackend backend,
      PublicUrls urls,
      TrustedTime time,
      ProfileDesk.Changed changed) {
    this.store = store;
    this.commits = commits;
    this.keys = keys;
    this.backend = backend;
    this.maker = new AuthorityMaker(keys, backend, urls);
    this.time = time;
    this.changed = changed;
  }

  /// An authority to be made here.
  ///
  /// @param under the name of the root that signs it; none for a root, and for the usual root
  /// @param subject its name in certificates; without one, its name as common name
  public record Wanted(
      String name,
      Authority.Kind kind,
      Optional<String> under,
      Optional<String> subject,
      CertKey key,
      KeyHome home,
      Optional<Duration> life) {
    public Wanted {
      Authority.requireName(name);
      if (kind == Authority.Kind.ROOT && under.isPresent()) {
        throw new IllegalArgumentException("under: " + under + " (expected: none for a root)");
      }
      life.ifPresent(AuthorityDesk::requireLife);
    }
  }

  public static void requireLife(Duration life) {
    if (life.compareTo(Duration.ofHours(1)) < 0 || life.compareTo(Duration.ofDays(36_525)) > 0) {
      throw new IllegalArgumentException("life: " + life + " (expected: 1 hour to 100 years)");
    }
  }

  /// Makes an authority under a root of ours, or a root.
  public AuthorityOutcome create(Wanted wanted, Actor actor) throws Refused {
    Instant now = allowed(actor);
    Generations all = Generations.in(store);
    Optional<Authority> present = all.present(wanted.name());
    if (present.isPresent()
        && present.get().kind() == wanted.kind()
        && present.get().key().kind() == wanted.key()) {
      return new There(present.get());
    }
    requireFree(all, wanted.name());
    byte[] subject = subject(wanted.subject(), wanted.name());
    Authority made =
        switch (wanted.kind()) {
          case ROOT ->
              maker.root(
                  wanted.name(),
                  subject,
                  keys.create(wanted.key(), wanted.home()),
                  wanted.life().orElse(AuthorityMaker.ROOT_LIFE),
                  now);
          case ISSUING -> {
            Authority root = root(all, wanted.under());
            AuthorityKey rootKey = keys.open(root.key());
            yield maker.issuing(
                wanted.name(),
                subject,
                root,
                rootKey,
                keys.create(wanted.key(), wanted.home()),
                wanted.life().orElse(AuthorityMaker.ISSUING_LIFE),
                now);
          }
        };
    commit(
        List.of(new PkiChange.SaveAuthority(made)),
        List.of(entry(EntryKind.AUTHORITY_CREATED, now, actor, facts(made))));
    return new There(made);
  }

  /// Makes a key, and a request for a root that is elsewhere. While it is out, the same call gives
  /// the same request. If there is an authority of that name, what comes back will follow on it.
  public AuthorityOutcome request(
      String name, Optional<String> subject, CertKey kind, KeyHome home, Actor actor)
      throws Refused {
    Instant now = allowed(actor);
    Generations all = Generations.in(store);
    Optional<AuthorityRequest> out = all.request(name);
    Optional<Authority> present = all.present(name);
    if (out.isPresent()) {
      boolean renewal = present.filter(one -> one.id().equals(out.get().id())).isPresent();
      if (!renewal && out.get().key().kind() == kind && out.get().key().home() == home) {
        return new Waits(out.get());
      }
      throw new Refused(
          Refusal.ALREADY_EXISTS,
          "a request of " + name + " is out, for " + out.get().key() + "; withdraw it first");
    }
    byte[] encoded =
        present.isPresent() && subject.isEmpty()
            ? present.get().certificate().subjectDer()
            : subject(subject, name);
    WrappedKey key = keys.create(kind, home);
    return requested(name, encoded, key, now, actor);
  }

  Waits requested(String name, byte[] subject, WrappedKey key, Instant now, Actor actor)
      throws Refused {
    AuthorityRequest request =
        new AuthorityRequest(
            AuthorityId.of(key.publicKey()),
            name,
            key,
            AuthorityCsr.make(subject, keys.open(key), backend),
            now);
    commit(
        List.of(new PkiChange.OpenAuthorityRequest(request)),
        List.of(
            entry(
                EntryKind.AUTHORITY_REQUESTED,
                now,
                actor,
                Map.of(
                    "authority", request.id().value(),
                    "name", name,
                    "key", key.publicKey().fingerprint().hex(),
                    "home", key.home().name()))));
    return new Waits(request);
  }

  /// Takes back what the root elsewhere signed, if all of it is sound. An older generation of that
  /// name retires in the same commit. Of an authority that is there already, the chain may be
  /// replaced so.
  ///
  /// @param given the certificate and those above it, in any order
  /// @param anchors if there are any, the chain has to end in one of them
  /// @throws Refused AUTHORITY_CERTIFICATE_REFUSED, saying what is wrong with which certificate
  public AuthorityOutcome install(
      String name, List<Certificate> given, List<Certificate> anchors, Actor actor) throws Refused {
    Instant now = allowed(actor);
    Generations all = Generations.in(store);
    AuthorityCheck check = new AuthorityCheck(backend, now);
    Optional<AuthorityRequest> request = all.request(name);
    Optional<Authority> present = all.present(name);
    if (request.isEmpty()) {
      Authority there =
          present.orElseThrow(
              () -> new Refused(Refusal.NOT_FOUND, "no request of " + name + " is out"));
      Certificate own = check.own(there.key().publicKey(), given);
      List<Certificate> chain = check.chain(own, given, anchors);
      if (!own.equals(there.certificate())) {
        throw new Refused(Refusal.NOT_FOUND, "no request of " + name + " is out");
      }
      if (chain.equals(there.others(Authority.Purpose.CHAIN))) {
        return new There(there);
      }
      return renewed(there, there.renewed(own, there.issuer(), chain), List.of(), now, actor);
    }
    WrappedKey key = request.get().key();
    Certificate own = check.own(key.publicKey(), given);
    List<Certificate> chain = check.chain(own, given, anchors);
    PkiChange closed = new PkiChange.CloseAuthorityRequest(request.get());
    Optional<Authority> same = all.byId(request.get().id());
    if (same.isPresent()) {
      if (!same.get().isActive()) {
        throw new Refused(
            Refusal.CONFLICT, name + " was retired while the request was out; withdraw it");
      }
      Authority after = same.get().renewed(own, Optional.empty(), chain);
      return renewed(same.get(), after, List.of(closed), now, actor);
    }
    Authority made =
        new Authority(
                request.get().id(),
                chain.isEmpty() ? Authority.Kind.ROOT : Authority.Kind.ISSUING,
                name,
                own,
                Optional.empty(),
                key,
                now)
            .withChain(chain);
    List<Change> changes = new ArrayList<>(List.of(closed, new PkiChange.SaveAuthority(made)));
    List<Entry> entries =
        new ArrayList<>(List.of(entry(EntryKind.AUTHORITY_INSTALLED, now, actor, facts(made))));
    present.ifPresent(old -> retire(old, changes, entries, now, actor));
    commit(changes, entries);
    return new There(made);
  }

  /// Takes over an authority that was elsewhere, with its key.
  ///
  /// @param crlFloor the number of its last revocation list: ours go on above
  public AuthorityOutcome take(
      String name,
      KeyOf keyOf,
      List<Certificate> given,
      List<Certificate> anchors,
      BigInteger crlFloor,
      Actor actor)
      throws Refused {
    Instant now = allowed(actor);
    AuthorityCheck check = new AuthorityCheck(backend, now);
    Generations all = Generations.in(store);
    Certificate own = first(given);
    List<Certificate> chain = check.chain(own, given, anchors);
    Optional<Authority> there = all.byId(AuthorityId.of(own.publicKey()));
    if (there.isPresent()) {
      if (there.get().name().equals(name) && there.get().certificate().equals(own)) {
        return new There(there.get());
      }
      throw new Refused(
          Refusal.ALREADY_EXISTS,
          "the key is that of " + there.get().name() + ", " + there.get().id());
    }
    requireFree(all, name);
    WrappedKey key = keyOf.certificate(own, keys);
    AuthorityKey opened = keys.open(key);
    byte[] proof = own.der();
    if (!backend.verify(opened.scheme(), own.publicKey(), proof, opened.sign(proof))) {
      throw AuthorityCheck.refused("the key does not sign for the certificate");
    }
    Authority made =
        new Authority(
                AuthorityId.of(own.publicKey()),
                chain.isEmpty() ? Authority.Kind.ROOT : Authority.Kind.ISSUING,
                name,
                own,
                issuerHere(all, chain),
                key,
                now)
            .withChain(chain)
            .withCrlFloor(crlFloor);
    commit(
        List.of(new PkiChange.SaveAuthority(made)),
        List.of(entry(EntryKind.AUTHORITY_IMPORTED, now, actor, facts(made))));
    return new There(made);
  }

  /// How a key that was made elsewhere gets here, once its certificate is known to be sound.
  @FunctionalInterface
  public interface KeyOf {
    WrappedKey certificate(Certificate own, AuthorityKeys keys) throws Refused;
  }

  /// Drops a request that is out; its key is of no use to anyone after that.
  public AuthorityOutcome withdraw(String name, Actor actor) throws Refused {
    Instant now = allowed(actor);
    AuthorityRequest out =
        Generations.in(store)
            .request(name)
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "no request of " + name + " is out"));
    commit(
        List.of(new PkiChange.CloseAuthorityRequest(out)),
        List.of(
            entry(
                EntryKind.AUTHORITY_WITHDRAWN,
                now,
                actor,
                Map.of("authority", out.id().value(), "name", out.name()))));
    return new Waits(out);
  }

  AuthorityOutcome renewed(
      Authority before, Authority after, List<PkiChange> also, Instant now, Actor actor)
      throws Refused {
    List<Change> changes = new ArrayList<>(also);
    changes.add(new PkiChange.ChangeAuthority(before, after));
    commit(changes, List.of(entry(EntryKind.AUTHORITY_RENEWED, now, actor, facts(after))));
    return new There(after);
  }

  static void retire(
      Authority old, List<Change> changes, List<Entry> entries, Instant now, Actor actor) {
    changes.add(new PkiChange.ChangeAuthority(old, old.retired()));
    entries.add(entry(EntryKind.AUTHORITY_RETIRED, now, actor, facts(old)));
  }

  Instant allowed(Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    if (!time.trusted()) {
      throw new Refused(Refusal.CLOCK_UNTRUSTED, "no authority is changed by such a clock");
    }
    return time.instant();
  }

  void commit(List<? extends Change> changes, List<Entry> entries) throws Refused {
    switch (commits.commit(new Decision(List.copyOf(changes), entries))) {
      case Outcome.Committed() -> changed.now();
      case Outcome.Stale() ->
          throw new Refused(Refusal.CONFLICT, "the authority changed meanwhile; read it again");
      case Outcome.Taken(var _) ->
          throw new Refused(Refusal.CONFLICT, "another was quicker; read it again");
    }
  }

  private static Certificate first(List<Certificate> given) throws Refused {
    if (given.isEmpty()) {
      throw AuthorityCheck.refused("there is no certificate");
    }
    return given.getFirst();
  }

  private static void requireFree(Generations all, String name) throws Refused {
    if (all.request(name).isPresent()) {
      throw new Refused(Refusal.ALREADY_EXISTS, "a request of " + name + " is out");
    }
    if (all.find(name).isPresent()) {
      throw new Refused(
          Refusal.ALREADY_EXISTS, "authority: " + name + "; its next generation is a re-key");
    }
  }

  private static Authority root(Generations all, Optional<String> name) throws Refused {
    Optional<Authority> found =
        name.isPresent()
            ? all.present(name.get())
            : all.all().stream()
                .filter(one -> one.kind() == Authority.Kind.ROOT && one.isActive())
                .findFirst()
                .flatMap(first -> all.present(first.name()));
    return found
        .filter(one -> one.kind() == Authority.Kind.ROOT)
        .orElseThrow(
            () -> new Refused(Refusal.NOT_FOUND, "active root: " + name.orElse("none is here")));
  }

  private static Optional<AuthorityId> issuerHere(Generations all, List<Certificate> chain) {
    return all.all().stream()
        .filter(one -> !chain.isEmpty() && one.certificate().equals(chain.getFirst()))
        .map(Authority::id)
        .findFirst();
  }

  private static byte[] subject(Optional<String> text, String name) throws Refused {
    return text.isPresent() ? AuthorityCsr.subject(text.get()) : AuthorityMaker.commonName(name);
  }

  static Map<String, String> facts(Authority authority) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("authority", authority.id().value());
    facts.put("kind", authority.kind().name());
    facts.put("name", authority.name());
    facts.put("certificate", authority.certificate().fingerprint().hex());
    facts.put("home", authority.key().home().name());
    return facts;
  }

  static Entry entry(EntryKind kind, Instant at, Actor actor, Map<String, String> facts) {
    return new Entry(kind, at, actor.name(), Optional.empty(), facts);
  }
}

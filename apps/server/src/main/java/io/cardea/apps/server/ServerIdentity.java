package io.cardea.apps.server;

import io.cardea.apps.server.watch.Look;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.IssuedCertificate;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.protocols.edge.TlsMaterial;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's own TLS identity, from its own authorities: one of EC, and one of RSA beside it
/// once there is a profile for that.
///
/// The keys live in this process alone: they are made at start, replaced with each renewal, and
/// never written anywhere. Listeners ask for the current ones at each connection, so a renewal is
/// hot.
final class ServerIdentity implements TlsIdentity {
  private static final Logger log = LoggerFactory.getLogger(ServerIdentity.class);
  private static final String PROFILE = "server";
  private static final String SECOND_PROFILE = "server-rsa";
  private static final int RSA_BITS = 2048;

  private final Issuers issuers;
  private final Commits commits;
  private final TrustedTime time;
  private final List<String> names;
  private volatile Optional<Shown> shown = Optional.empty();
  private Optional<String> refused = Optional.empty();

  private record Shown(Current first, Optional<Current> second, TlsMaterial material) {
    static Shown of(Current first, Optional<Current> second) {
      return new Shown(
          first,
          second,
          second.isPresent()
              ? new TlsMaterial(first.chain(), second.get().chain())
              : new TlsMaterial(first.chain()));
    }

    List<Current> all() {
      return Stream.concat(Stream.of(first), second.stream()).toList();
    }
  }

  /// @param chain the leaf first, the root left out; the same object until it is renewed
  /// @param sent what was above it when it was made
  private record Current(
      TlsMaterial.Chain chain,
      Instant renewAt,
      Instant notAfter,
      Authority authority,
      List<Certificate> sent) {
    /// It is renewed at two thirds of its life, so that a sixth before its end is long overdue.
    boolean isOverdue(Instant now) {
      Duration third = Duration.between(renewAt, notAfter);
      return !now.isBefore(renewAt.plus(third.dividedBy(2)));
    }
  }

  ServerIdentity(Issuers issuers, Commits commits, TrustedTime time, List<String> names) {
    this.issuers = issuers;
    this.commits = commits;
    this.time = time;
    this.names = List.copyOf(names);
  }

  @Override
  public TlsMaterial material() {
    return shown().material();
  }

  @Override
  public TlsMaterial.Chain chain() {
    return shown().first().chain();
  }

  @Override
  public Instant notAfter() {
    return next().notAfter();
  }

  private Current next() {
    return shown().all().stream().min(Comparator.comparing(Current::notAfter)).orElseThrow();
  }

  @Override
  public Look look() {
    Current next = next();
    boolean overdue = shown().all().stream().anyMatch(one -> one.isOverdue(time.instant()));
    return Look.when(overdue, "until " + next.notAfter() + ", to be renewed at " + next.renewAt());
  }

  /// Those are our own.
  @Override
  public List<Certificate> anchors() {
    return List.of();
  }

  private Shown shown() {
    return shown.orElseThrow(() -> new IllegalStateException("no server certificate yet"));
  }

  /// Makes a new key and certificate when there is none, when two thirds of its life are over, or
  /// when those above it changed.
  @Override
  public synchronized void renewIfDue() throws Refused {
    Optional<Current> first = shown.map(Shown::first);
    Optional<Current> second = shown.flatMap(Shown::second);
    Current nextFirst = isGood(first) ? first.orElseThrow() : certified(PROFILE, ec());
    if (!Optional.of(nextFirst).equals(first)) {
      // Whatever becomes of the second one, this one serves from now on.
      shown = Optional.of(Shown.of(nextFirst, second));
    }
    Optional<Current> nextSecond = second(second);
    if (!nextSecond.equals(second)) {
      shown = Optional.of(Shown.of(nextFirst, nextSecond));
    }
  }

  /// The one of RSA comes and goes with its profile; while it cannot be made, the other serves
  /// alone.
  private Optional<Current> second(Optional<Current> before) {
    if (issuers.keysOf(SECOND_PROFILE).isEmpty()) {
      return Optional.empty();
    }
    if (isGood(before)) {
      return before;
    }
    try {
      Current made = certified(SECOND_PROFILE, rsa());
      refused = Optional.empty();
      return Optional.of(made);
    } catch (Refused e) {
      String why = String.valueOf(e.getMessage());
      if (!refused.equals(Optional.of(why))) {
        log.error("no server certificate by profile {}: {}", SECOND_PROFILE, why);
      }
      refused = Optional.of(why);
      return before.filter(old -> time.instant().isBefore(old.notAfter()));
    }
  }

  private boolean isGood(Optional<Current> current) {
    return current.isPresent()
        && time.instant().isBefore(current.get().renewAt())
        && issuers.sentWith(current.get().authority()).equals(current.get().sent());
  }

  private static KeyPair ec() throws Refused {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private static KeyPair rsa() throws Refused {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(RSA_BITS);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private Current certified(String profileName, KeyPair pair) throws Refused {
    Instant now = time.instant();
    Profile profile = issuers.profile(profileName);
    Issuer issuer = issuers.issuerFor(profile);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    IssuedCertificate issued =
        issuer.issue(issuer.prepare(profile, IssuanceRequest.forServer(names, key, now)));
    Entry entry =
        new Entry(
            EntryKind.SERVER_CERTIFICATE_ISSUED,
            now,
            Actor.SERVER.name(),
            Optional.empty(),
            Map.of(
                "certificate", issued.fingerprint().hex(),
                "serial", issued.serial().value().toString(16),
                "names", String.join(" ", names),
                "not-after", issued.notAfter().toString(),
                "key", key.kind().name()));
    PkiChange own =
        new PkiChange.SaveOwnCertificate(
            issued.authority(), issued.serial(), "server", issued.notAfter());
    Decision decision = new Decision(List.of(own), List.of(entry));
    if (!(commits.commit(decision) instanceof Outcome.Committed)) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the server certificate was not recorded");
    }
    List<X509Certificate> chain = new ArrayList<>(List.of(issued.certificate().toX509()));
    List<Certificate> sent = issuers.sentWith(issuer.authority());
    sent.forEach(one -> chain.add(one.toX509()));
    Duration life = Duration.between(now, issued.notAfter());
    return new Current(
        new TlsMaterial.Chain(pair.getPrivate(), chain),
        now.plus(life.multipliedBy(2).dividedBy(3)),
        issued.notAfter(),
        issuer.authority(),
        sent);
  }

  private static Refused unavailable(GeneralSecurityException cause) {
    return new Refused(
        Refusal.AUTHORITY_UNAVAILABLE, "the server's own key could not be made", cause);
  }
}

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
import io.cardea.life.pki.CertKey;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The server's own TLS identity, from its own authority.
///
/// The key lives in this process alone: it is made at start, replaced with each renewal, and never
/// written anywhere. Listeners ask for the current one at each connection, so a renewal is hot.
final class ServerIdentity implements TlsIdentity {
  private static final String PROFILE = "server";

  private final Issuers issuers;
  private final Commits commits;
  private final TrustedTime time;
  private final List<String> names;
  private volatile Optional<Current> current = Optional.empty();

  /// @param chain the leaf first, the root left out; the same object until it is renewed
  /// @param sent what was above it when it was made
  record Current(
      TlsMaterial.Chain chain,
      TlsMaterial material,
      Instant renewAt,
      Instant notAfter,
      Authority authority,
      List<Certificate> sent) {}

  ServerIdentity(Issuers issuers, Commits commits, TrustedTime time, List<String> names) {
    this.issuers = issuers;
    this.commits = commits;
    this.time = time;
    this.names = List.copyOf(names);
  }

  @Override
  public TlsMaterial material() {
    return current().material();
  }

  @Override
  public TlsMaterial.Chain chain() {
    return current().chain();
  }

  @Override
  public Instant notAfter() {
    return current().notAfter();
  }

  /// It is renewed at two thirds of its life, so that a sixth before its end is long overdue.
  @Override
  public Look look() {
    Current now = current();
    Duration third = Duration.between(now.renewAt(), now.notAfter());
    Instant overdue = now.renewAt().plus(third.dividedBy(2));
    return Look.when(
        !time.instant().isBefore(overdue),
        "until " + now.notAfter() + ", to be renewed at " + now.renewAt());
  }

  /// Those are our own.
  @Override
  public List<Certificate> anchors() {
    return List.of();
  }

  private Current current() {
    return current.orElseThrow(() -> new IllegalStateException("no server certificate yet"));
  }

  /// Makes a new key and certificate when there is none, when two thirds of its life are over, or
  /// when those above it changed.
  @Override
  public void renewIfDue() throws Refused {
    Instant now = time.instant();
    if (current.isPresent()
        && now.isBefore(current.get().renewAt())
        && issuers.sentWith(current.get().authority()).equals(current.get().sent())) {
      return;
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      current = Optional.of(certified(pair, now));
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private Current certified(KeyPair pair, Instant now) throws Refused {
    Profile profile = issuers.profile(PROFILE);
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
                "key", CertKey.EC_P256.name()));
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
    TlsMaterial.Chain shown = new TlsMaterial.Chain(pair.getPrivate(), chain);
    return new Current(
        shown,
        new TlsMaterial(shown),
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

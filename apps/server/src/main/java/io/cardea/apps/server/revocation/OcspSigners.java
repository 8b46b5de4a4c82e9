package io.cardea.apps.server.revocation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.IssuedCertificate;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.OcspResponder;
import io.cardea.life.pki.OcspSigner;
import io.cardea.life.pki.PkiChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// The signers of this replica, one for each authority that it was asked about.
///
/// Each has a key of its own that never leaves the process, and a certificate that is recorded
/// before it signs. It is renewed at half of its life; one that cannot be renewed serves on until
/// its end.
public final class OcspSigners implements OcspResponder.Signers {
  private final Issuers issuers;
  private final Commits commits;
  private final CryptoBackend crypto;
  private final TrustedTime time;
  private final BiConsumer<AuthorityId, Instant> listener;
  private final Map<AuthorityId, OcspSigner> signers = new ConcurrentHashMap<>();
  private final ReentrantLock making = new ReentrantLock();

  /// Has who certifies the signers of an authority.
  @FunctionalInterface
  public interface Issuers {
    Issuer issuer(AuthorityId authority) throws Refused;
  }

  /// @param listener is told of each certificate until when it is valid
  public OcspSigners(
      Issuers issuers,
      Commits commits,
      CryptoBackend crypto,
      TrustedTime time,
      BiConsumer<AuthorityId, Instant> listener) {
    this.issuers = issuers;
    this.commits = commits;
    this.crypto = crypto;
    this.time = time;
    this.listener = listener;
  }

  @Override
  public OcspSigner signer(AuthorityId authority) throws Refused {
    OcspSigner known = signers.get(authority);
    if (known != null && time.instant().isBefore(known.certificate().notAfter())) {
      return known;
    }
    making.lock();
    try {
      OcspSigner made = signers.get(authority);
      return made != null && time.instant().isBefore(made.certificate().notAfter())
          ? made
          : made(authority);
    } finally {
      making.unlock();
    }
  }

  /// Renews those that are due.
  public void renewIfDue() throws Refused {
    for (Map.Entry<AuthorityId, OcspSigner> each : signers.entrySet()) {
      if (each.getValue().isDue(time.instant())) {
        making.lock();
        try {
          made(each.getKey());
        } finally {
          making.unlock();
        }
      }
    }
  }

  /// The authorities whose certificate for answers should have been renewed long ago; each still
  /// serves until its end.
  public List<String> overdue() {
    Instant now = time.instant();
    return signers.entrySet().stream()
        .filter(each -> each.getValue().isOverdue(now))
        .map(each -> each.getKey() + " until " + each.getValue().certificate().notAfter())
        .sorted()
        .toList();
  }

  private OcspSigner made(AuthorityId authority) throws Refused {
    Issuer issuer = issuers.issuer(authority);
    Instant now = time.instant();
    OcspSigner signer = OcspSigner.certified(issuer, crypto, now);
    IssuedCertificate certificate = signer.certificate();
    Entry entry =
        new Entry(
            EntryKind.OCSP_CERTIFICATE_ISSUED,
            now,
            Actor.SERVER.name(),
            Optional.empty(),
            Map.of(
                "authority", authority.value(),
                "certificate", certificate.fingerprint().hex(),
                "serial", certificate.serial().value().toString(16),
                "not-after", certificate.notAfter().toString()));
    PkiChange own =
        new PkiChange.SaveOwnCertificate(
            authority, certificate.serial(), "ocsp", certificate.notAfter());
    // Signed and used by nobody yet: if we die here, the next start makes another one.
    Decision decision = new Decision(List.of(own), List.of(entry));
    if (!(commits.commit(decision) instanceof Outcome.Committed)) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the certificate was not recorded");
    }
    signers.put(authority, signer);
    listener.accept(authority, certificate.notAfter());
    return signer;
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.ledger.Commits.StoreFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Answers questions about certificates (RFC 6960): what each of them is now, as far as the store
/// knows, signed.
///
/// A serial number that the authority did not issue is `unknown`, never `good`; and what cannot be
/// found out is not answered.
public final class OcspResponder {
  private final Revocations store;
  private final Signers signers;
  private final TrustedTime time;
  private final Duration life;
  private final boolean nonces;

  /// Has the signer of each authority.
  @FunctionalInterface
  public interface Signers {
    /// @throws Refused if there is none and none can be made now
    OcspSigner signer(AuthorityId authority) throws Refused;
  }

  /// @param life how long an answer may be believed
  /// @param nonces whether a question's nonce is repeated in its answer, which then serves nobody
  ///   else
  public OcspResponder(
      Revocations store, Signers signers, TrustedTime time, Duration life, boolean nonces) {
    this.store = store;
    this.signers = signers;
    this.time = time;
    this.life = life;
    this.nonces = nonces;
  }

  /// What the question is remembered by; empty if its answer serves nobody else.
  public Optional<OcspKey> key(OcspIssuer issuer, OcspRequest request) {
    return nonces && request.nonce().isPresent() ? Optional.empty() : issuer.key(request);
  }

  /// @throws OcspFailure what to say instead
  public OcspAnswer answer(OcspIssuer issuer, OcspRequest request) throws OcspFailure {
    if (request.asked().stream().noneMatch(issuer::issued)) {
      throw OcspFailure.unauthorized();
    }
    if (!time.trusted()) {
      throw OcspFailure.tryLater();
    }
    try {
      OcspSigner signer = signers.signer(issuer.id());
      List<CertificateStatus> statuses = new ArrayList<>(request.asked().size());
      for (OcspCertId asked : request.asked()) {
        statuses.add(
            issuer.issued(asked)
                ? store.status(issuer.id(), asked.serial())
                : new CertificateStatus.Unknown());
      }
      Instant now = time.instant();
      Optional<byte[]> nonce = nonces ? request.nonce() : Optional.empty();
      return signer.sign(request.asked(), statuses, nonce, now, now.plus(life));
    } catch (Refused | StoreFailure e) {
      throw OcspFailure.tryLater();
    }
  }
}

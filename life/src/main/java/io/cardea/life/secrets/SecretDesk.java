package io.cardea.life.secrets;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.enrolment.CredentialIds;
import io.cardea.life.enrolment.RefusalLog;
import io.cardea.life.enrolment.RequestLimits;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SecretSource;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Csr;
import io.cardea.life.pki.Envelope;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.RenewalWindow;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Secret;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Stubborn;
import io.cardea.life.rotation.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Gives a device its secrets, the first one and the next, over the connection that its certificate
/// opened.
///
/// A retry is free (P2): under the same key of the certificate a device gets the same secret until
/// that is proven. It is encrypted to that key, and so is all that is stored of it; after the proof
/// that is forgotten too. A token-signing key is the device's own: it shows that it has it, and we
/// store the public half.
public final class SecretDesk {
  private static final String PROTOCOL = "cardea";
  private static final String PURPOSE = "device-secret";
  private static final int MOST = 100;

  private final Inventory inventory;
  private final Lineages lineages;
  private final Secrets secrets;
  private final Rotation rotation;
  private final CryptoBackend crypto;
  private final SecretSource source;
  private final TrustedTime time;
  private final RefusalLog refusals;
  private final RequestLimits limits;
  private final SecretIssue issue;
  private final Keeping keeping;

  public SecretDesk(
      Inventory inventory,
      Lineages lineages,
      Secrets secrets,
      Commits commits,
      Rotation rotation,
      CryptoBackend crypto,
      SecretSource source,
      TrustedTime time,
      RefusalLog refusals,
      RequestLimits limits) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.secrets = secrets;
    this.rotation = rotation;
    this.crypto = crypto;
    this.source = source;
    this.time = time;
    this.refusals = refusals;
    this.limits = limits;
    this.issue = new SecretIssue(inventory, lineages, rotation, commits);
    this.keeping = new Keeping(source);
  }

  /// The device asks for the credential of a slot.
  ///
  /// @param certificate of the connection
  /// @param csr for a token-signing key: a PKCS#10 request, DER, which shows that the device has
  ///   the key; nothing else of it is read
  public SecretAnswer request(Fingerprint certificate, String slot, Optional<byte[]> csr) {
    return answered(
        certificate,
        shown -> {
          SecretSlot wanted = issue.slot(shown.device(), slot);
          return wanted.kind().isMadeHere()
              ? bring(shown, wanted)
              : register(shown, wanted, csr.orElseThrow(SecretDesk::keyMissing));
        });
  }

  /// The device asks for an older data key again, as long as that is accepted: what was encrypted
  /// with it is still to be read. It comes encrypted to the key that the device has now.
  public SecretAnswer again(Fingerprint certificate, String slot, CredentialId credential) {
    return answered(
        certificate,
        shown -> {
          SecretSlot wanted = issue.slot(shown.device(), slot);
          SlotId id = new SlotId(shown.device().id(), slot);
          Credential held =
              inventory
                  .credential(credential)
                  .filter(known -> known.slot().equals(id) && known.state().accepted())
                  .filter(known -> !time.instant().isAfter(known.notAfter()))
                  .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "credential: " + credential));
          byte[] kept =
              secrets
                  .kept(credential)
                  .orElseThrow(() ->
                      new Refused(
                          Refusal.NOT_OFFERED, "nothing is kept of a " + wanted.kind().word()));
          byte[] sealed = Envelope.seal(recipient(shown), keeping.unwrap(credential, kept));
          return answer(held, wanted, sealed, true);
        });
  }

  @FunctionalInterface
  private interface Question {
    SecretAnswer answer(Sighting shown) throws Refused;
  }

  private SecretAnswer answered(Fingerprint certificate, Question question) {
    Optional<DeviceId> device = Optional.empty();
    try {
      if (!time.trusted()) {
        throw new Refused(Refusal.CLOCK_UNTRUSTED, "nothing is issued by this clock");
      }
      Optional<Duration> stayAway = limits.knock(Applicant.withCertificate(certificate, false));
      if (stayAway.isPresent()) {
        return new SecretAnswer.Wait(stayAway.get());
      }
      Sighting shown =
          lineages
              .byCertificate(certificate, Optional.empty())
              .filter(seen -> seen.presented().isPresent())
              .orElseThrow(() -> new Refused(Refusal.CREDENTIAL_UNKNOWN, "the certificate"));
      device = Optional.of(shown.device().id());
      requireAccepted(shown);
      return question.answer(shown);
    } catch (Refused refused) {
      refusals.note(device, refused.refusal(), PROTOCOL, time.instant());
      return new SecretAnswer.Declined(refused.refusal(), refused.detail());
    } catch (StoreFailure failure) {
      return new SecretAnswer.Declined(Refusal.STORE_UNAVAILABLE, "the store did not answer");
    }
  }

  /// Access is not asked for: a device in quarantine goes on renewing (R11), and is refused where
  /// it shows what it got.
  private void requireAccepted(Sighting shown) throws Refused {
    if (shown.device().state() instanceof DeviceState.Scrapped) {
      throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + shown.device().id());
    }
    Verdict verdict =
        rotation
            .transition(
                shown.lineage(),
                new Event.Used(shown.presented().orElseThrow(), time.instant()),
                shown.terms())
            .verdict();
    if (verdict instanceof Verdict.Refuse(var refusal)) {
      throw new Refused(refusal, "device: " + shown.device().id());
    }
  }

  private byte[] recipient(Sighting shown) throws Refused {
    return inventory
        .certificate(shown.presented().orElseThrow())
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "the certificate is not here any more"));
  }

  private SecretAnswer bring(Sighting shown, SecretSlot wanted) throws Refused {
    SlotId id = new SlotId(shown.device().id(), wanted.name());
    byte[] certificate = recipient(shown);
    Fingerprint request = shown.lineage().link(shown.presented().orElseThrow()).orElseThrow().key();
    NewSecret secret =
        NewSecret.of(
            wanted.kind(),
            source.secret(Optional.empty(), PURPOSE, Actor.SERVER, id.toString(), NewSecret.BYTES));
    return Stubborn.insist(() -> {
      Instant now = time.instant();
      Optional<CredentialId> waiting = secrets.waiting(id, request);
      Sighting sighting = issue.sighting(id, secret.key());
      Optional<SecretAnswer> again = waiting.flatMap(held -> retried(sighting, wanted, held, now));
      if (again.isPresent()) {
        issue.confirm();
        return again;
      }
      return switch (issue.ask(sighting, wanted, secret.key(), now)) {
        case Verdict.Issue under -> {
          CredentialId next = CredentialIds.next(now);
          byte[] sealed = Envelope.seal(certificate, secret.content());
          Optional<byte[]> kept =
              wanted.kind().isKept()
                  ? Optional.of(keeping.wrap(next, secret.content()))
                  : Optional.empty();
          yield issue
              .commit(
                  new SecretIssue.Order(
                      next,
                      wanted,
                      secret.shown(),
                      secret.key(),
                      new Secret(Optional.of(request), Optional.of(sealed), kept, Optional.empty()),
                      "device:" + id.device(),
                      PROTOCOL),
                  sighting,
                  under,
                  now)
              .map(its -> answer(its, wanted, sealed, false));
        }
        case Verdict.Wait(var rest) -> Optional.of(new SecretAnswer.Wait(rest));
        case Verdict.Refuse(var refusal) -> throw new Refused(refusal, "slot: " + id);
        case Verdict.AnswerWith _, Verdict.Accept _, Verdict.Noted _ ->
            throw new IllegalStateException("a new secret was known before");
      };
    });
  }

  /// R4: the same key gets the same answer. Which key that is, the request tells; whether it is
  /// time for another one, the rules.
  private Optional<SecretAnswer> retried(
      Sighting sighting, SecretSlot wanted, CredentialId held, Instant now) {
    return sighting
        .lineage()
        .link(held)
        .map(link -> issue.ask(sighting, wanted, link.key(), now))
        .filter(verdict -> verdict.equals(new Verdict.AnswerWith(held)))
        .flatMap(_ -> secrets.sealed(held))
        .flatMap(
            sealed -> inventory.credential(held).map(its -> answer(its, wanted, sealed, true)));
  }

  private SecretAnswer register(Sighting shown, SecretSlot wanted, byte[] request) throws Refused {
    Csr csr = Csr.parse(request).verified(crypto);
    if (!signsTokens(csr.key().kind())) {
      throw new Refused(
          Refusal.KEY_NOT_ALLOWED,
          "key: " + csr.key().kind() + " (expected: EC P-256, EC P-384 or RSA)");
    }
    SlotId id = new SlotId(shown.device().id(), wanted.name());
    return Stubborn.insist(() -> {
      Instant now = time.instant();
      Sighting sighting = issue.sighting(id, csr.keyFingerprint());
      return switch (issue.ask(sighting, wanted, csr.keyFingerprint(), now)) {
        case Verdict.AnswerWith(var held) -> {
          issue.confirm();
          yield inventory.credential(held).map(its -> answer(its, wanted, new byte[0], true));
        }
        case Verdict.Issue under -> {
          requireOwn(sighting, csr);
          CredentialId next = CredentialIds.next(now);
          yield issue
              .commit(
                  new SecretIssue.Order(
                      next,
                      wanted,
                      // Nobody shows it: a token names the credential, and its signature the key.
                      Fingerprint.of(("key " + next).getBytes(StandardCharsets.US_ASCII)),
                      csr.keyFingerprint(),
                      Secret.ofPublicKey(csr.key().der()),
                      "device:" + id.device(),
                      PROTOCOL),
                  sighting,
                  under,
                  now)
              .map(its -> answer(its, wanted, new byte[0], false));
        }
        case Verdict.Wait(var rest) -> Optional.of(new SecretAnswer.Wait(rest));
        case Verdict.Refuse(var refusal) -> throw new Refused(refusal, "slot: " + id);
        case Verdict.Accept _, Verdict.Noted _ ->
            throw new IllegalStateException("a request was taken for something else");
      };
    });
  }

  /// A key serves one device, and one purpose: what signs tokens must not be what opens
  /// connections.
  private void requireOwn(Sighting sighting, Csr csr) throws Refused {
    switch (sighting.wantedKey()) {
      case FREE -> {}
      case OURS -> {
        for (Credential held : inventory.credentialsOf(sighting.device().id(), MOST)) {
          if (held.key().equals(csr.keyFingerprint())
              && !held.slot().equals(sighting.lineage().slot())) {
            throw new Refused(
                Refusal.KEY_NOT_ALLOWED, "key: it serves the slot " + held.slot().name());
          }
        }
      }
      case OTHERS -> throw new Refused(Refusal.KEY_OF_OTHER_DEVICE, "key: " + csr.keyFingerprint());
      case CONDEMNED -> throw new Refused(Refusal.KEY_COMPROMISED, "key: " + csr.keyFingerprint());
    }
  }

  private static boolean signsTokens(CertKey key) {
    return switch (key) {
      case EC_P256, EC_P384, RSA_2048_AND_UP -> true;
      case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 -> false;
    };
  }

  private static SecretAnswer answer(
      Credential credential, SecretSlot wanted, byte[] sealed, boolean again) {
    return new SecretAnswer.Issued(
        credential.id(),
        wanted.kind(),
        RenewalWindow.of(credential.id(), credential.issuedAt(), credential.notAfter()),
        credential.notAfter(),
        sealed,
        again);
  }

  private static Refused keyMissing() {
    return new Refused(Refusal.CSR_MALFORMED, "the body (expected: a PKCS#10 request, DER)");
  }
}

package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Csr;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.IssuedCertificate;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Issuing;
import io.cardea.life.pki.Prepared;
import io.cardea.life.pki.Profile;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Quarantine;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Stubborn;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Verdict;
import io.cardea.life.rotation.Writes;
import io.cardea.life.rotation.calendar.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The one use case in which every protocol ends: a device gets its first credential, or the next
/// one.
///
/// A retry of the same request is free (P2): the answer is decided by the key, before the
/// predecessor is judged (R4). Sign, commit, release (P4): what is returned is durable, with its
/// ledger entry. The certificate's device is the authenticated device, always: nothing of the
/// request names it.
public final class Enrolment {
  /// While an operator decides.
  private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  private final Inventory inventory;
  private final Lineages lineages;
  private final Tokens tokens;
  private final Commits commits;
  private final Rotation rotation;
  private final Issuing issuing;
  private final CryptoBackend crypto;
  private final TrustedTime time;
  private final RefusalLog refusals;
  private final BirthCertificates births;
  private final ApprovalDesk approvals;
  private final RequestLimits limits;
  private final Windows windows;

  public Enrolment(
      Inventory inventory,
      Lineages lineages,
      Tokens tokens,
      Commits commits,
      Rotation rotation,
      Issuing issuing,
      CryptoBackend crypto,
      TrustedTime time,
      RefusalLog refusals,
      BirthCertificates births,
      ApprovalDesk approvals,
      RequestLimits limits,
      Windows windows) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.tokens = tokens;
    this.commits = commits;
    this.rotation = rotation;
    this.issuing = issuing;
    this.crypto = crypto;
    this.time = time;
    this.refusals = refusals;
    this.births = births;
    this.approvals = approvals;
    this.limits = limits;
    this.windows = windows;
  }

  /// Answers a request for a certificate.
  ///
  /// @param csr a PKCS#10 request, DER, as received
  /// @param protocol by which protocol it came, for the ledger: `est`, …
  public Answer enrol(Applicant applicant, byte[] csr, String protocol) {
    Attempt attempt = new Attempt(protocol);
    try {
      if (!time.trusted()) {
        throw new Refused(Refusal.CLOCK_UNTRUSTED, "nothing is issued by this clock");
      }
      // Known before heard: a stranger does not get us to verify signatures.
      requireSomeProof(applicant);
      Optional<Duration> stayAway = limits.knock(applicant);
      if (stayAway.isPresent()) {
        return tooOften(applicant, stayAway.get(), attempt);
      }
      Csr proven = Csr.parse(csr).verified(crypto);
      return Stubborn.insist(() -> decide(applicant, proven, attempt));
    } catch (Refused refused) {
      refusals.note(attempt.device, refused.refusal(), protocol, time.instant());
      return new Answer.Declined(refused.refusal(), refused.detail());
    }
  }

  /// Refused without a look, but once a minute, so that it is seen in the device's story.
  private Answer tooOften(Applicant applicant, Duration stayAway, Attempt attempt) {
    Optional<DeviceId> device =
        applicant
            .certificate()
            .filter(certificate -> applicant.login().isEmpty())
            .filter(limits::worthRemembering)
            .flatMap(certificate -> lineages.byCertificate(certificate, Optional.empty()))
            .map(sighting -> sighting.device().id());
    refusals.note(device, Refusal.TOO_MANY_REQUESTS, attempt.protocol, time.instant());
    return new Answer.TooOften(Refusal.TOO_MANY_REQUESTS, stayAway);
  }

  /// What is known of a request by the time that it is refused.
  private static final class Attempt {
    private final String protocol;
    private Optional<DeviceId> device = Optional.empty();

    private Attempt(String protocol) {
      this.protocol = protocol;
    }
  }

  private static void requireSomeProof(Applicant applicant) throws Refused {
    if (applicant.certificate().isEmpty() && applicant.login().isEmpty()) {
      throw new Refused(
          Refusal.AUTHENTICATION_REQUIRED, "neither a readable client certificate nor a token");
    }
  }

  private Optional<Answer> decide(Applicant applicant, Csr csr, Attempt attempt) throws Refused {
    Instant now = time.instant();
    Known known =
        applicant.login().isPresent()
            ? byToken(applicant.login().get(), applicant, csr, now)
            : byCertificate(applicant, csr, now);
    Sighting sighting = known.sighting();
    DeviceId device = sighting.device().id();
    attempt.device = Optional.of(device);
    if (applicant.deviceClass().isPresent()
        && !applicant.deviceClass().get().equals(sighting.device().deviceClass())) {
      throw new Refused(
          Refusal.IDENTITY_MISMATCH,
          "the device is not of the class " + applicant.deviceClass().get());
    }
    Terms terms = sighting.terms();
    Writes writes = new Writes(sighting.lineage(), "device:" + device);
    if (csr.challengePassword().isPresent()) {
      // Only now, so that it is seen in the device's story.
      throw new Refused(
          Refusal.CHALLENGE_PASSWORD_UNCHECKED, "the request carries a challengePassword");
    }
    if (sighting.device().state() instanceof DeviceState.Scrapped) {
      throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + device);
    }
    boolean held = sighting.device().state() instanceof DeviceState.Quarantined;
    if (applicant.freshHandshake() && sighting.presented().isPresent() && !held) {
      // The handshake was a use (R2). A refused use is no reason to refuse the request: the rules
      // of
      // renewal are wider than those of access (R4, R6).
      writes.apply(rotation, new Event.Used(sighting.presented().get(), now), terms);
    }
    Verdict verdict = requested(known, csr, now, writes, terms);
    return switch (verdict) {
      case Verdict.AnswerWith(var credential) -> {
        Optional<byte[]> certificate = inventory.certificate(credential);
        // A restored database may know by the ledger alone that it was issued (R12): what nobody
        // can hand out again is followed by a new one for the same key.
        if (certificate.isPresent()) {
          yield finish(writes, new Answer.Issued(device, credential, certificate.get(), true));
        }
        yield sighting.frozen()
            ? decline(Refusal.ISSUANCE_FROZEN, device, writes, attempt, now)
            : issue(
                sighting,
                csr,
                new Predecessor.OlderCredential(credential),
                sighting.lineage().link(credential).orElseThrow().generation() + 1,
                now,
                writes,
                attempt);
      }
      case Verdict.Issue(var predecessor, var generation) ->
          sighting.frozen()
              ? decline(Refusal.ISSUANCE_FROZEN, device, writes, attempt, now)
              : approved(known, csr, predecessor, generation, now, writes, attempt);
      case Verdict.Wait(var retryAfter) -> finish(writes, new Answer.Wait(retryAfter));
      case Verdict.Refuse(var refusal) -> decline(refusal, device, writes, attempt, now);
      case Verdict.Accept _, Verdict.Noted _ ->
          throw new IllegalStateException("a request was answered with " + verdict);
    };
  }

  /// The same key gets the same answer (R4), unless the server has moved the window: only then is
  /// it looked up.
  private Verdict requested(Known known, Csr csr, Instant now, Writes writes, Terms terms) {
    Verdict verdict =
        writes.apply(
            rotation, new Event.Requested(known.knock(), csr.keyFingerprint(), now), terms);
    if (!(verdict instanceof Verdict.AnswerWith(var held))) {
      return verdict;
    }
    Link link = writes.lineage().link(held).orElseThrow();
    Instant from =
        windows.renewalPoint(
            known.sighting().device().id(), held, link.issuedAt(), link.notAfter());
    return now.isBefore(from)
        ? verdict
        : writes.apply(
            rotation,
            new Event.Requested(known.knock(), csr.keyFingerprint(), Optional.of(from), now),
            terms);
  }

  /// A renewal is between the device and its lineage; whoever comes in by another proof may need an
  /// operator's word first.
  private Optional<Answer> approved(
      Known known,
      Csr csr,
      Predecessor predecessor,
      int generation,
      Instant now,
      Writes writes,
      Attempt attempt)
      throws Refused {
    Sighting sighting = known.sighting();
    if (known.knock() instanceof Event.Knock.ByCredential(var shown)) {
      Link link = sighting.lineage().link(shown).orElseThrow();
      Optional<Duration> wait = windows.wait(sighting.device().id(), link, now);
      return wait.isPresent()
          ? finish(writes, new Answer.Wait(wait.get()))
          : issue(sighting, csr, predecessor, generation, now, writes, attempt);
    }
    Lateness late = Lateness.of(sighting, csr.keyFingerprint(), now);
    if (late.wantsCredential()) {
      return decline(Refusal.OLD_CREDENTIAL_WANTED, sighting.device().id(), writes, attempt, now);
    }
    if (!sighting.deviceClass().joining().approval() && !late.wantsApproval()) {
      return issue(sighting, csr, predecessor, generation, now, writes, attempt);
    }
    requireOwnKey(sighting, csr);
    DeviceId device = sighting.device().id();
    PendingEnrolment pending = approvals.request(device, csr.keyFingerprint(), now);
    return switch (pending.state()) {
      case WAITING -> finish(writes, new Answer.Wait(ASK_AGAIN));
      case REFUSED -> decline(Refusal.ENROLMENT_REFUSED, device, writes, attempt, now);
      case APPROVED -> {
        writes.add(new EnrolmentChange.EndApproval(pending.id()));
        yield issue(
            late.wantsApproval() ? late.held(writes, now) : sighting,
            csr,
            predecessor,
            generation,
            now,
            writes,
            attempt);
      }
    };
  }

  private record Known(Sighting sighting, Event.Knock knock) {}

  private Known byCertificate(Applicant applicant, Csr csr, Instant now) throws Refused {
    Fingerprint certificate = applicant.certificate().orElseThrow();
    Optional<Sighting> sighting =
        lineages
            .byCertificate(certificate, Optional.of(csr.keyFingerprint()))
            .filter(seen -> seen.presented().isPresent());
    if (sighting.isEmpty()) {
      return byBirth(applicant, certificate, csr, now);
    }
    CredentialId presented = sighting.get().presented().orElseThrow();
    return new Known(sighting.get(), new Event.Knock.ByCredential(presented));
  }

  /// None of ours: perhaps the certificate that its manufacturer gave it.
  private Known byBirth(Applicant applicant, Fingerprint certificate, Csr csr, Instant now)
      throws Refused {
    Optional<Birth> birth =
        applicant.shown().isPresent()
            ? births.identify(applicant.shown().get().chain(), applicant.deviceClass(), now)
            : Optional.empty();
    Birth its =
        birth.orElseThrow(
            () -> new Refused(Refusal.CREDENTIAL_UNKNOWN, "certificate: " + certificate));
    Sighting sighting =
        lineages
            .bySlot(SlotId.operational(its.device()), Optional.of(csr.keyFingerprint()))
            .orElseThrow(() -> new Refused(Refusal.STORE_UNAVAILABLE, "device is missing"));
    boolean recovers = sighting.deviceClass().joining().birthCertificateRecovers();
    return new Known(sighting, new Event.Knock.ByBirth(its.id(), its.standing(recovers)));
  }

  private Known byToken(Applicant.Login login, Applicant applicant, Csr csr, Instant now)
      throws Refused {
    Token token = authenticate(login);
    // A certificate shown beside the token must not belong to somebody else.
    Optional<Fingerprint> shown = applicant.certificate();
    Optional<Fingerprint> wanted = Optional.of(csr.keyFingerprint());
    Optional<Sighting> byShown =
        shown.isPresent() ? lineages.byCertificate(shown.get(), wanted) : Optional.empty();
    if (byShown.isPresent() && !byShown.get().device().id().equals(token.device())) {
      throw new Refused(
          Refusal.IDENTITY_MISMATCH, "the certificate and the token name different devices");
    }
    Optional<Sighting> sighting =
        byShown.isPresent() ? byShown : lineages.bySlot(SlotId.operational(token.device()), wanted);
    return new Known(
        sighting.orElseThrow(() -> new Refused(Refusal.TOKEN_INVALID, "device or token")),
        new Event.Knock.ByToken(token.id(), token.standingAt(now)));
  }

  /// Says the same, after the same work, for an unknown device and for a wrong secret.
  private Token authenticate(Applicant.Login login) throws Refused {
    Fingerprint presented = TokenDesk.hash(login.secret());
    Token found = null;
    for (Token token : tokens.ofDevice(deviceOf(login))) {
      if (token.opens(presented)) {
        found = token;
      }
    }
    if (found == null) {
      throw new Refused(Refusal.TOKEN_INVALID, "device or token");
    }
    return found;
  }

  private static DeviceId deviceOf(Applicant.Login login) throws Refused {
    try {
      return new DeviceId(login.device());
    } catch (IllegalArgumentException e) {
      throw new Refused(Refusal.TOKEN_INVALID, "device or token");
    }
  }

  private Optional<Answer> issue(
      Sighting sighting,
      Csr csr,
      Predecessor predecessor,
      int generation,
      Instant now,
      Writes writes,
      Attempt attempt)
      throws Refused {
    DeviceId device = sighting.device().id();
    requireOwnKey(sighting, csr);
    Optional<Duration> classBusy = limits.issue(sighting.deviceClass().name());
    if (classBusy.isPresent()) {
      refusals.note(attempt.device, Refusal.OVERLOADED, attempt.protocol, now);
      return finish(writes, new Answer.TooOften(Refusal.OVERLOADED, classBusy.get()));
    }
    Profile profile = issuing.profile(sighting.deviceClass().profileFor(sighting.device()));
    Map<String, String> fields = fields(sighting);
    List<String> hostNames = profile.admit(csr, fields);
    Issuer issuer = issuing.issuerFor(profile);
    Prepared ticket =
        issuer.prepare(
            profile,
            new IssuanceRequest(
                csr.key(),
                fields,
                hostNames,
                List.of(),
                now,
                issuing.nextShard(issuer.authority())));
    // Signed but not released: if we die before the commit below returns, nobody has seen it, and
    // the
    // retry signs anew. If we die after it, the retry finds it by its key.
    IssuedCertificate certificate = issuer.issue(ticket);
    Credential credential =
        new Credential(
            CredentialIds.next(now),
            sighting.lineage().slot(),
            CredentialState.STAGED,
            certificate.fingerprint(),
            certificate.keyFingerprint(),
            certificate.serial().value(),
            certificate.authority().value(),
            predecessor,
            generation,
            Protection.UNKNOWN,
            now,
            certificate.notBefore(),
            certificate.notAfter(),
            Optional.empty(),
            Optional.empty());
    writes.apply(rotation, new Event.Issued(link(credential), now), sighting.terms());
    byte[] der = certificate.der();
    writes.add(new RotationChange.AddCredential(credential, der, certificate.shard()));
    writes.record(
        EntryKind.CREDENTIAL_ISSUED,
        now,
        facts(credential, profile, attempt.protocol, certificate.shard()));
    if (sighting.device().state() instanceof DeviceState.Registered registered) {
      writes.add(new InventoryChange.MoveDevice(device, registered, registered.enrolled()));
      writes.record(EntryKind.DEVICE_ENROLLED, now, Map.of());
    }
    if (sighting.device().state() instanceof DeviceState.Quarantined) {
      // R11: renewal goes on, and what it yields gives no more access than what it renews.
      Quarantine.hold(writes, credential.id(), now);
    }
    return switch (commits.commit(writes.decision())) {
      case Outcome.Committed _ ->
          Optional.of(new Answer.Issued(device, credential.id(), der, false));
      // Another request of the same device came first; its row answers now.
      case Outcome.Stale _ -> Optional.empty();
      case Outcome.Taken _ ->
          throw new Refused(Refusal.KEY_OF_OTHER_DEVICE, "key: " + csr.keyFingerprint());
    };
  }

  private static void requireOwnKey(Sighting sighting, Csr csr) throws Refused {
    switch (sighting.wantedKey()) {
      case FREE, OURS -> {}
      case OTHERS -> throw new Refused(Refusal.KEY_OF_OTHER_DEVICE, "key: " + csr.keyFingerprint());
      case CONDEMNED -> throw new Refused(Refusal.KEY_COMPROMISED, "key: " + csr.keyFingerprint());
    }
  }

  /// A certificate that was found leaves no sooner than one that was made: it may be read before
  /// every node has it that could be promoted (P4), and the commit of nothing waits for them.
  private Optional<Answer> finish(Writes writes, Answer answer) {
    boolean written =
        (writes.isEmpty() && !(answer instanceof Answer.Issued))
            || commits.commit(writes.decision()) instanceof Outcome.Committed;
    return written ? Optional.of(answer) : Optional.empty();
  }

  private Optional<Answer> decline(
      Refusal refusal, DeviceId device, Writes writes, Attempt attempt, Instant now) {
    refusals.note(attempt.device, refusal, attempt.protocol, now);
    return finish(writes, new Answer.Declined(refusal, "device: " + device));
  }

  private static Map<String, String> fields(Sighting sighting) {
    Map<String, String> fields = new HashMap<>();
    fields.put(Profile.DEVICE_ID, sighting.device().id().value());
    fields.put("device.owner", sighting.device().owner());
    fields.put("device.class", sighting.device().deviceClass());
    sighting.device().serial().ifPresent(serial -> fields.put("device.serial", serial));
    sighting.device().site().ifPresent(site -> fields.put("device.site", site));
    return fields;
  }

  private static Map<String, String> facts(
      Credential issued, Profile profile, String protocol, int shard) {
    Map<String, String> facts = new HashMap<>();
    facts.put("credential", issued.id().toString());
    facts.put("slot", issued.slot().name());
    facts.put("certificate", issued.shown().hex());
    facts.put("key", issued.key().hex());
    facts.put("serial", issued.serial().toString(16));
    facts.put("authority", issued.authority());
    facts.put("profile", profile.name());
    facts.put("not-after", issued.notAfter().toString());
    facts.put("protocol", protocol);
    facts.put("shard", Integer.toString(shard));
    switch (issued.predecessor()) {
      case Predecessor.OlderCredential(var id) -> facts.put("predecessor", id.toString());
      case Predecessor.EnrolmentToken(var id) -> facts.put("token", id.toString());
      case Predecessor.BirthCertificate(var id) -> facts.put("birth", id.toString());
      case Predecessor.Act _ -> throw new IllegalStateException("a certificate under an act");
    }
    return facts;
  }

  private static Link link(Credential credential) {
    return new Link(
        credential.id(),
        credential.key(),
        credential.predecessor(),
        credential.generation(),
        credential.state(),
        credential.issuedAt(),
        credential.issuedAt(),
        credential.notAfter(),
        credential.provenAt(),
        credential.lastUsedAt());
  }
}

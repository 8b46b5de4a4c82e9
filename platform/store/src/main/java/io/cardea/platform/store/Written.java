package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.enrolment.EnrolmentChange;
import io.cardea.life.enrolment.EnrolmentChange.AskApproval;
import io.cardea.life.enrolment.EnrolmentChange.BindBirth;
import io.cardea.life.enrolment.EnrolmentChange.CreateToken;
import io.cardea.life.enrolment.EnrolmentChange.DecideApproval;
import io.cardea.life.enrolment.EnrolmentChange.EndApproval;
import io.cardea.life.enrolment.EnrolmentChange.EndTokens;
import io.cardea.life.enrolment.EnrolmentChange.PinBirth;
import io.cardea.life.enrolment.EnrolmentChange.RemoveManufacturer;
import io.cardea.life.enrolment.EnrolmentChange.ResumeIssuing;
import io.cardea.life.enrolment.EnrolmentChange.SaveManufacturer;
import io.cardea.life.enrolment.EnrolmentChange.StopIssuing;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.InventoryChange.MoveDevice;
import io.cardea.life.inventory.InventoryChange.ReassignDevice;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.InventoryChange.RemoveAudience;
import io.cardea.life.inventory.InventoryChange.SaveApiToken;
import io.cardea.life.inventory.InventoryChange.SaveAudience;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.inventory.InventoryChange.SaveSecretSlot;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.PkiChange.ChangeAuthority;
import io.cardea.life.pki.PkiChange.CloseAuthorityRequest;
import io.cardea.life.pki.PkiChange.OpenAuthorityRequest;
import io.cardea.life.pki.PkiChange.SaveAuthority;
import io.cardea.life.pki.PkiChange.SaveOwnCertificate;
import io.cardea.life.pki.PkiChange.SaveProfile;
import io.cardea.life.pki.Revocations;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.AddSecret;
import io.cardea.life.rotation.RotationChange.BeginCampaign;
import io.cardea.life.rotation.RotationChange.BeginMassRevocation;
import io.cardea.life.rotation.RotationChange.CondemnKey;
import io.cardea.life.rotation.RotationChange.DestroySecret;
import io.cardea.life.rotation.RotationChange.EndMassRevocation;
import io.cardea.life.rotation.RotationChange.ForgetSealed;
import io.cardea.life.rotation.RotationChange.HoldCredential;
import io.cardea.life.rotation.RotationChange.LiftHold;
import io.cardea.life.rotation.RotationChange.LookAgain;
import io.cardea.life.rotation.RotationChange.MoveCampaign;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.PruneCredentials;
import io.cardea.life.rotation.RotationChange.Pruned;
import io.cardea.life.rotation.RotationChange.RecordUse;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.RotationChange.RevokeUnknown;
import io.cardea.life.rotation.RotationChange.SpendBirth;
import io.cardea.life.rotation.RotationChange.SpendToken;
import io.cardea.life.rotation.RotationChange.StepSlot;
import io.cardea.life.rotation.calendar.CalendarChange;
import io.cardea.life.rotation.emergency.EmergencyChange;
import io.cardea.life.rotation.plan.PlanChange;
import io.cardea.life.sessions.SessionChange.EndSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A decision sorted by the tables that it writes. Made in the caller's thread, so that the few
/// writers have less to do.
final class Written {
  /// A ledger entry as it is stored.
  record Line(String kind, @Nullable String device, byte[] canonical) {}

  /// All that one decision does to one credential.
  record Update(
      CredentialId id,
      @Nullable CredentialState state,
      @Nullable Instant since,
      @Nullable Instant used,
      boolean first) {}

  /// What relying parties are told of one credential.
  record StatusChange(
      CredentialId id, Kind kind, int reason, Instant at, @Nullable Instant invalidSince) {
    enum Kind {
      REVOKE,
      HOLD,
      LIFT
    }
  }

  final List<RegisterDevice> registered = new ArrayList<>(0);
  final List<MoveDevice> moved = new ArrayList<>(0);
  final List<SaveClass> classes = new ArrayList<>(0);
  final List<SaveApiToken> apiTokens = new ArrayList<>(0);
  final List<SaveAudience> audiences = new ArrayList<>(0);
  final List<RemoveAudience> audiencesRemoved = new ArrayList<>(0);
  final List<SessionWrites.OfDevice> devicesOut = new ArrayList<>(0);
  final List<SessionWrites.OfCredential> credentialsOut = new ArrayList<>(0);
  final List<EndSession> sessionsEnded = new ArrayList<>(0);
  final List<LookAgain> again = new ArrayList<>(0);
  final List<PkiChange> authorities = new ArrayList<>(0);
  final List<SaveOwnCertificate> ownCertificates = new ArrayList<>(0);
  final List<SaveProfile> profiles = new ArrayList<>(0);
  final List<CreateToken> tokens = new ArrayList<>(0);
  final List<StopIssuing> stops = new ArrayList<>(0);
  final List<ResumeIssuing> resumes = new ArrayList<>(0);
  final List<SaveManufacturer> manufacturers = new ArrayList<>(0);
  final List<RemoveManufacturer> manufacturersRemoved = new ArrayList<>(0);
  final List<BindBirth> births = new ArrayList<>(0);
  final List<PinBirth> pinned = new ArrayList<>(0);
  final List<SpendBirth> birthsSpent = new ArrayList<>(0);
  final List<EndTokens> tokensEnded = new ArrayList<>(0);
  final List<AskApproval> asked = new ArrayList<>(0);
  final List<DecideApproval> decided = new ArrayList<>(0);
  final List<EndApproval> approvalsEnded = new ArrayList<>(0);
  final List<ReassignDevice> reassigned = new ArrayList<>(0);
  final List<StepSlot> steps = new ArrayList<>(1);
  final List<AddCredential> added = new ArrayList<>(1);
  final List<AddSecret> secrets = new ArrayList<>(0);
  final List<CredentialId> secretsProven = new ArrayList<>(0);
  final List<CredentialId> secretsEnded = new ArrayList<>(0);
  final List<SaveSecretSlot> slots = new ArrayList<>(0);
  final Map<CredentialId, Update> updates = new LinkedHashMap<>();
  final Map<CredentialId, StatusChange> statuses = new LinkedHashMap<>();
  final List<BeginMassRevocation> ordersBegun = new ArrayList<>(0);
  final List<EndMassRevocation> ordersEnded = new ArrayList<>(0);
  final List<BeginCampaign> campaignsBegun = new ArrayList<>(0);
  final List<EmergencyChange> emergencies = new ArrayList<>(0);
  final List<PlanChange> plans = new ArrayList<>(0);
  final List<CalendarChange> calendar = new ArrayList<>(0);
  final List<MoveCampaign> campaignsMoved = new ArrayList<>(0);
  final List<CondemnKey> condemned = new ArrayList<>(0);
  final List<RevokeUnknown> unknown = new ArrayList<>(0);
  final List<Pruned> pruned = new ArrayList<>(0);
  final List<SpendToken> spent = new ArrayList<>(0);
  final List<Line> lines;

  /// What of it no other decision of the same transaction may touch.
  final Set<Object> claims = new HashSet<>();

  private final Instant at;

  /// Set when the decision contradicts itself.
  private Optional<Outcome> verdict = Optional.empty();

  /// @throws IllegalArgumentException for a change that this store does not know
  Written(Decision decision) {
    at = decision.entries().isEmpty() ? Instant.EPOCH : decision.entries().getFirst().at();
    for (Change change : decision.changes()) {
      take(change);
    }
    lines = new ArrayList<>(decision.entries().size());
    for (Entry entry : decision.entries()) {
      lines.add(new Line(entry.kind().word(), entry.device().orElse(null), entry.canonical()));
    }
  }

  Optional<Outcome> verdict() {
    return verdict;
  }

  boolean isEmpty() {
    return claims.isEmpty() && lines.isEmpty();
  }

  private void take(Change change) {
    switch (change) {
      case InventoryChange known -> inventory(known);
      case RotationChange known -> rotation(known);
      case EnrolmentChange known -> enrolment(known);
      case EndSession end -> {
        sessionsEnded.add(end);
        claims.add(end);
      }
      case PkiChange known -> {
        switch (known) {
          case SaveAuthority saved -> authority(saved, saved.authority().id());
          case ChangeAuthority changed -> authority(changed, changed.before().id());
          case OpenAuthorityRequest(var request) -> request(known, request);
          case CloseAuthorityRequest(var request) -> request(known, request);
          case SaveOwnCertificate saved -> {
            ownCertificates.add(saved);
            claims.add(saved.serial());
          }
          case SaveProfile saved -> {
            profiles.add(saved);
            claims.add("profile " + saved.profile().name());
          }
        }
      }
      case EmergencyChange known -> {
        emergencies.add(known);
        claims.add(
            switch (known) {
              case EmergencyChange.BeginEmergency(var emergency) -> emergency.id();
              case EmergencyChange.StepEmergency(var _, var emergency) -> emergency.id();
            });
      }
      case PlanChange known -> {
        plans.add(known);
        claims.add(
            switch (known) {
              case PlanChange.SavePlan(var plan) -> plan.id();
              case PlanChange.MovePlan(var _, var plan) -> plan.id();
            });
      }
      case CalendarChange known -> {
        calendar.add(known);
        claims.add("calendar");
      }
      default -> throw new IllegalArgumentException("the store does not know " + change.getClass());
    }
  }

  private void enrolment(EnrolmentChange change) {
    switch (change) {
      case CreateToken token -> {
        tokens.add(token);
        claims.add(token.token().id());
      }
      case AskApproval ask -> {
        asked.add(ask);
        claims.add(ask.pending().id());
        claims.add("pending " + ask.pending().device() + " " + ask.pending().key());
      }
      case DecideApproval decide -> {
        decided.add(decide);
        claims.add(decide.id());
      }
      case EndApproval end -> {
        approvalsEnded.add(end);
        claims.add(end.id());
      }
      case EndTokens ended -> {
        tokensEnded.add(ended);
        claims.add("tokens of " + ended.device());
      }
      case SaveManufacturer saved -> {
        manufacturers.add(saved);
        claims.add("manufacturer " + saved.manufacturer().name());
      }
      case RemoveManufacturer removed -> {
        manufacturersRemoved.add(removed);
        claims.add("manufacturer " + removed.name());
      }
      case BindBirth bind -> {
        births.add(bind);
        claims.add("birth of " + bind.birth().device());
        claims.add(bind.birth().id());
        bind.birth().certificate().ifPresent(its -> claims.add("birth " + its));
        bind.birth()
            .serialNumber()
            .ifPresent(its -> claims.add("birth " + bind.birth().deviceClass() + "/" + its));
      }
      case PinBirth pin -> {
        pinned.add(pin);
        claims.add(pin.birth());
        claims.add("birth " + pin.certificate());
      }
      case StopIssuing stop -> {
        stops.add(stop);
        claims.add("freeze");
      }
      case ResumeIssuing resume -> {
        resumes.add(resume);
        claims.add("freeze");
      }
    }
  }

  private void authority(PkiChange change, AuthorityId id) {
    authorities.add(change);
    claims.add(id);
  }

  private void request(PkiChange change, AuthorityRequest request) {
    authorities.add(change);
    claims.add("authority request " + request.name());
    claims.add("authority request " + request.id());
  }

  private void inventory(InventoryChange change) {
    switch (change) {
      case RegisterDevice device -> {
        registered.add(device);
        claims.add(device.device().id());
      }
      case MoveDevice move -> {
        moved.add(move);
        claims.add(move.device());
        if (move.to() instanceof DeviceState.Quarantined
            || move.to() instanceof DeviceState.Scrapped) {
          devicesOut.add(new SessionWrites.OfDevice(move.device().value(), at));
        }
      }
      case ReassignDevice reassign -> {
        reassigned.add(reassign);
        claims.add(reassign.device());
      }
      case SaveClass saved -> {
        classes.add(saved);
        claims.add("class " + saved.deviceClass().name());
      }
      case SaveAudience saved -> {
        audiences.add(saved);
        claims.add("audience " + saved.audience().name());
      }
      case RemoveAudience removed -> {
        audiencesRemoved.add(removed);
        claims.add("audience " + removed.name());
      }
      case SaveSecretSlot saved -> {
        slots.add(saved);
        claims.add("slot " + saved.slot().deviceClass() + "/" + saved.slot().name());
      }
      case SaveApiToken saved -> {
        apiTokens.add(saved);
        claims.add("api token " + saved.token().name());
      }
    }
  }

  private void rotation(RotationChange change) {
    switch (change) {
      case StepSlot step -> {
        steps.add(step);
        claims.add(step.slot());
      }
      case AddCredential add -> {
        added.add(add);
        claims.add(add.credential().key());
        claims.add(add.credential().id());
      }
      case AddSecret add -> {
        secrets.add(add);
        claims.add(add.credential().key());
        claims.add(add.credential().id());
      }
      case ForgetSealed(var id) -> {
        secretsProven.add(id);
        claims.add(id);
      }
      case DestroySecret(var id) -> {
        secretsEnded.add(id);
        claims.add(id);
      }
      case MoveCredential(var id, var to, var at) -> update(new Update(id, to, at, null, false));
      case LookAgain look -> again.add(look);
      case RevokeCredential(var id, var reason, var at, var invalidSince) -> {
        credentialsOut.add(new SessionWrites.OfCredential(id.value(), at));
        update(new Update(id, CredentialState.REVOKED, at, null, false));
        statuses.put(
            id,
            new StatusChange(
                id, StatusChange.Kind.REVOKE, reason.code(), at, invalidSince.orElse(null)));
      }
      case HoldCredential(var id, var at) -> {
        credentialsOut.add(new SessionWrites.OfCredential(id.value(), at));
        statuses.put(
            id,
            new StatusChange(id, StatusChange.Kind.HOLD, Revocations.CERTIFICATE_HOLD, at, null));
        claims.add(id);
      }
      case LiftHold(var id) -> {
        statuses.put(
            id,
            new StatusChange(
                id,
                StatusChange.Kind.LIFT,
                Revocations.CERTIFICATE_HOLD,
                Instant.EPOCH, // it keeps the time of the hold
                null));
        claims.add(id);
      }
      case RevokeUnknown revoked -> {
        if (claims.add(revoked.credential())) {
          unknown.add(revoked);
        }
      }
      case PruneCredentials(var rows) -> {
        pruned.addAll(rows);
        rows.forEach(row -> claims.add(row.credential()));
      }
      case RecordUse(var id, var first, var at) -> update(new Update(id, null, null, at, first));
      case CondemnKey key -> {
        if (claims.add(new Condemned(key.key()))) {
          condemned.add(key);
        }
        claims.add(key.key());
      }
      case SpendBirth birth -> {
        if (claims.add(birth.birth())) {
          birthsSpent.add(birth);
        }
      }
      case BeginMassRevocation begin -> {
        ordersBegun.add(begin);
        claims.add(begin.order().id());
      }
      case BeginCampaign begin -> {
        campaignsBegun.add(begin);
        claims.add(begin.campaign().id());
      }
      case MoveCampaign move -> {
        campaignsMoved.add(move);
        claims.add(move.campaign());
      }
      case EndMassRevocation end -> {
        ordersEnded.add(end);
        claims.add(end.order());
      }
      case SpendToken token -> {
        if (claims.add(token.token())) {
          spent.add(token);
        }
      }
    }
  }

  private record Condemned(Fingerprint key) {}

  private void update(Update next) {
    claims.add(next.id());
    Update before = updates.get(next.id());
    if (before == null) {
      updates.put(next.id(), next);
      return;
    }
    if (before.state() == CredentialState.REVOKED) {
      verdict = Optional.of(new Outcome.Stale()); // revoked is final, within a decision too
      return;
    }
    updates.put(
        next.id(),
        new Update(
            next.id(),
            next.state() == null ? before.state() : next.state(),
            next.since() == null ? before.since() : next.since(),
            later(before.used(), next.used()),
            before.first() || next.first()));
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isAfter(other) ? one : other;
  }
}

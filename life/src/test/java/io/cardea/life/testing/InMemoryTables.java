package io.cardea.life.testing;

import static java.util.Objects.requireNonNull;

import io.cardea.life.Fingerprint;
import io.cardea.life.enrolment.Birth;
import io.cardea.life.enrolment.EnrolmentChange;
import io.cardea.life.enrolment.Freeze;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.enrolment.Token;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Revocations.Revoked;
import io.cardea.life.pki.Serial;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Secret;
import io.cardea.life.rotation.calendar.CalendarChange;
import io.cardea.life.rotation.calendar.RenewalPolicy;
import io.cardea.life.rotation.emergency.Emergency;
import io.cardea.life.rotation.emergency.EmergencyChange;
import io.cardea.life.rotation.plan.Plan;
import io.cardea.life.rotation.plan.PlanChange;
import io.cardea.life.sessions.Reporter;
import io.cardea.life.sessions.Session;
import io.cardea.life.sessions.SessionChange;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The rows of the fake store and the rules under which each change may be written. Long, as it is
/// one switch over every kind of change there is.
final class InMemoryTables {
  final TreeMap<DeviceId, Device> devices = new TreeMap<>();
  final TreeMap<String, DeviceClass> classes = new TreeMap<>();
  final TreeMap<String, ApiToken> apiTokens = new TreeMap<>();
  final Map<String, Freeze> freezes = new TreeMap<>();
  final Map<SlotId, SlotRow> slots = new LinkedHashMap<>();
  final Map<CredentialId, CredentialRow> credentials = new LinkedHashMap<>();
  final Map<CredentialId, RotationChange.RevokeUnknown> unknown = new LinkedHashMap<>();
  final Map<Fingerprint, KeyRow> keys = new LinkedHashMap<>();
  final Map<UUID, PendingEnrolment> pending = new LinkedHashMap<>();
  final Map<UUID, Birth> births = new LinkedHashMap<>();
  final TreeMap<String, Manufacturer> manufacturers = new TreeMap<>();
  final Map<UUID, Token> tokens = new LinkedHashMap<>();
  final Map<AuthorityId, Authority> authorities = new LinkedHashMap<>();
  final Map<AuthorityId, AuthorityRequest> authorityRequests = new LinkedHashMap<>();
  final TreeMap<String, Profile> profiles = new TreeMap<>();
  final Map<Serial, AuthorityId> ownCertificates = new LinkedHashMap<>();
  final Map<ShardName, ShardRow> shards = new LinkedHashMap<>();
  final Map<CredentialId, RevocationRow> revocations = new LinkedHashMap<>();

  final TreeMap<String, Audience> audiences = new TreeMap<>();
  final Map<SessionName, Session> sessions = new LinkedHashMap<>();
  final Map<CredentialId, Instant> postponed = new LinkedHashMap<>();
  final Map<CredentialId, Secret> secrets = new LinkedHashMap<>();
  final TreeMap<String, SecretSlot> classSlots = new TreeMap<>();

  final Map<UUID, MassRevocationOrder> orders = new LinkedHashMap<>();
  final Map<UUID, Campaign> campaigns = new LinkedHashMap<>();
  final Map<UUID, TreeMap<DeviceId, Campaigns.Participant>> participants = new LinkedHashMap<>();
  final Set<UUID> enlisted = new HashSet<>();
  final Map<UUID, Emergency> emergencies = new LinkedHashMap<>();
  final Map<UUID, Plan> plans = new LinkedHashMap<>();
  final TreeMap<String, RenewalPolicy> renewalPolicies = new TreeMap<>();

  /// The rate, and how often a calendar was asked for.
  final Map<String, Long> calendarNumbers = new TreeMap<>();

  long calendarMadeFor;
  byte @Nullable [] calendar;

  static MassRevocationOrder moved(
      MassRevocationOrder order,
      String after,
      Optional<Instant> endedAt,
      long devices,
      long credentials,
      long spared) {
    return new MassRevocationOrder(
        order.id(),
        order.actor(),
        order.selection(),
        order.reason(),
        order.since(),
        order.why(),
        order.extent(),
        order.begunAt(),
        endedAt,
        after,
        order.devices() + devices,
        order.credentials() + credentials,
        order.spares(),
        order.spared() + spared);
  }

  record SessionName(Reporter reporter, String id) {}

  record ShardName(AuthorityId authority, int shard) {}

  record ShardRow(long issued, long position, Optional<Listed> list) {
    static final ShardRow OPENED = new ShardRow(0, 0, Optional.empty());
  }

  record RevocationRow(ShardName shard, Revoked revoked) {
    boolean isHold() {
      return revoked.reasonCode() == Revocations.CERTIFICATE_HOLD && !revoked.released();
    }
  }

  record SlotRow(
      long version,
      List<CredentialId> uses,
      Optional<Instant> forkedAt,
      Pace pace,
      Map<String, CredentialId> seen) {}

  /// @param since when it came into its state
  record CredentialRow(Credential credential, byte[] certificate, Instant since, int shard) {
    CredentialRow in(CredentialState state, Instant at) {
      Credential c = credential;
      return new CredentialRow(
          copy(c, state, c.provenAt(), c.lastUsedAt()), certificate, at, shard);
    }

    CredentialRow usedAt(Instant at, boolean first) {
      Credential c = credential;
      return new CredentialRow(
          copy(
              c,
              c.state(),
              first ? c.provenAt().or(() -> Optional.of(at)) : c.provenAt(),
              c.lastUsedAt().filter(last -> last.isAfter(at)).or(() -> Optional.of(at))),
          certificate,
          since,
          shard);
    }

    private static Credential copy(
        Credential c, CredentialState state, Optional<Instant> proven, Optional<Instant> used) {
      return new Credential(
          c.id(),
          c.slot(),
          c.kind(),
          state,
          c.shown(),
          c.key(),
          c.predecessor(),
          c.generation(),
          c.protection(),
          c.issuedAt(),
          c.notBefore(),
          c.notAfter(),
          proven,
          used);
    }
  }

  record KeyRow(Optional<DeviceId> device, Optional<Instant> condemnedSince) {}

  /// Writes one change, or says why it does not fit.
  Outcome write(Change change, Instant at, UndoLog undo) {
    return switch (change) {
      case InventoryChange known -> inventory(known, at, undo);
      case RotationChange known -> rotation(known, undo);
      case EnrolmentChange known -> enrolment(known, undo);
      case PkiChange known -> pki(known, undo);
      case SessionChange.EndSession(var reporter, var id) -> {
        if (!sessions.containsKey(new SessionName(reporter, id))) {
          yield new Outcome.Stale();
        }
        Session ended = requireNonNull(sessions.get(new SessionName(reporter, id)));
        undo.remove(postponed, ended.credential());
        undo.remove(sessions, new SessionName(reporter, id));
        yield new Outcome.Committed();
      }
      case CalendarChange known -> calendar(known, undo);
      case EmergencyChange.BeginEmergency(var emergency) -> {
        undo.put(emergencies, emergency.id(), emergency);
        yield new Outcome.Committed();
      }
      case EmergencyChange.StepEmergency(var seen, var to) -> {
        Emergency emergency = emergencies.get(to.id());
        if (emergency == null
            || emergency.state() == Emergency.State.SAFE
            || !emergency.order().equals(seen)) {
          yield new Outcome.Stale();
        }
        undo.put(emergencies, to.id(), to);
        yield new Outcome.Committed();
      }
      case PlanChange.SavePlan(var plan) -> {
        undo.put(plans, plan.id(), plan);
        yield new Outcome.Committed();
      }
      case PlanChange.MovePlan(var from, var to) -> {
        Plan plan = plans.get(to.id());
        if (plan == null || plan.state() != from) {
          yield new Outcome.Stale();
        }
        undo.put(plans, to.id(), to);
        yield new Outcome.Committed();
      }
      default -> throw new IllegalStateException("the store does not know " + change.getClass());
    };
  }

  private Outcome calendar(CalendarChange change, UndoLog undo) {
    askForCalendar(undo);
    switch (change) {
      case CalendarChange.SavePolicy(var policy) ->
          undo.put(renewalPolicies, policy.name(), policy);
      case CalendarChange.RemovePolicy(var name) -> {
        if (!renewalPolicies.containsKey(name)) {
          return new Outcome.Stale();
        }
        undo.remove(renewalPolicies, name);
      }
      case CalendarChange.SetRate(var perMinute) ->
          undo.put(calendarNumbers, "per-minute", (long) perMinute);
    }
    return new Outcome.Committed();
  }

  private void askForCalendar(UndoLog undo) {
    undo.put(calendarNumbers, "asked", calendarNumbers.getOrDefault("asked", 0L) + 1);
  }

  private Outcome enrolment(EnrolmentChange change, UndoLog undo) {
    switch (change) {
      case EnrolmentChange.CreateToken(var token) -> {
        if (!devices.containsKey(token.device())) {
          return new Outcome.Stale();
        }
        if (tokens.containsKey(token.id())) {
          return new Outcome.Taken(change);
        }
        undo.put(tokens, token.id(), token);
      }
      case EnrolmentChange.AskApproval(var wanted) -> {
        List.copyOf(pending.values()).stream()
            .filter(each -> !each.expiresAt().isAfter(wanted.requestedAt()))
            .forEach(each -> undo.remove(pending, each.id()));
        if (!devices.containsKey(wanted.device())
            || pending.values().stream()
                .anyMatch(each ->
                    each.device().equals(wanted.device()) && each.key().equals(wanted.key()))) {
          return new Outcome.Taken(change);
        }
        undo.put(pending, wanted.id(), wanted);
      }
      case EnrolmentChange.DecideApproval(var id, var to) -> {
        PendingEnrolment its = pending.get(id);
        if (its == null || its.state() != PendingEnrolment.State.WAITING) {
          return new Outcome.Stale();
        }
        undo.put(pending, id, its.in(to));
      }
      case EnrolmentChange.EndApproval(var id) -> undo.remove(pending, id);
      case EnrolmentChange.EndTokens(var device, var at) ->
          List.copyOf(tokens.values()).stream()
              .filter(token -> token.device().equals(device) && token.spentAt().isEmpty())
              .filter(token -> token.expiresAt().isAfter(at))
              .forEach(token ->
                  undo.put(
                      tokens,
                      token.id(),
                      new Token(
                          token.id(),
                          device,
                          token.secretHash(),
                          token.createdAt(),
                          at,
                          token.spentAt())));
      case EnrolmentChange.SaveManufacturer(var manufacturer) ->
          undo.put(manufacturers, manufacturer.name(), manufacturer);
      case EnrolmentChange.RemoveManufacturer(var name) -> {
        if (!manufacturers.containsKey(name)) {
          return new Outcome.Stale();
        }
        undo.remove(manufacturers, name);
      }
      case EnrolmentChange.BindBirth(var birth) -> {
        if (!devices.containsKey(birth.device())
            || births.values().stream().anyMatch(each -> clashes(each, birth))) {
          return new Outcome.Taken(change);
        }
        undo.put(births, birth.id(), birth);
      }
      case EnrolmentChange.PinBirth(var id, var certificate) -> {
        Birth birth = births.get(id);
        if (birth == null || !birth.certificate().orElse(certificate).equals(certificate)) {
          return new Outcome.Stale();
        }
        undo.put(
            births,
            id,
            new Birth(
                id,
                birth.device(),
                birth.deviceClass(),
                Optional.of(certificate),
                birth.serialNumber(),
                birth.boundAt(),
                birth.spentAt()));
      }
      case EnrolmentChange.StopIssuing(var freeze) -> {
        if (!freezes.isEmpty()) {
          return new Outcome.Taken(change);
        }
        undo.put(freezes, "issuing", freeze);
      }
      case EnrolmentChange.ResumeIssuing() -> {
        if (freezes.isEmpty()) {
          return new Outcome.Stale();
        }
        undo.remove(freezes, "issuing");
      }
    }
    return new Outcome.Committed();
  }

  private static boolean clashes(Birth one, Birth other) {
    return one.device().equals(other.device())
        || (one.certificate().isPresent() && one.certificate().equals(other.certificate()))
        || (one.serialNumber().isPresent()
            && one.serialNumber().equals(other.serialNumber())
            && one.deviceClass().equals(other.deviceClass()));
  }

  private Outcome inventory(InventoryChange change, Instant at, UndoLog undo) {
    switch (change) {
      case InventoryChange.RegisterDevice(var device) -> {
        if (devices.containsKey(device.id())) {
          return new Outcome.Taken(change);
        }
        if (!classes.containsKey(device.deviceClass())) {
          return new Outcome.Stale();
        }
        undo.put(devices, device.id(), device);
      }
      case InventoryChange.MoveDevice(var id, var from, var to) -> {
        Device device = devices.get(id);
        if (device == null || !device.state().equals(from)) {
          return new Outcome.Stale();
        }
        undo.put(devices, id, device.in(to));
        if (to instanceof DeviceState.Quarantined || to instanceof DeviceState.Scrapped) {
          mustEnd(session -> session.slot().device().equals(id), at, undo);
        }
      }
      case InventoryChange.ReassignDevice(
              var id,
              var fromOwner,
              var fromEnvironment,
              var owner,
              var environment) -> {
        Device device = devices.get(id);
        if (device == null
            || !device.owner().equals(fromOwner)
            || device.environment() != fromEnvironment) {
          return new Outcome.Stale();
        }
        undo.put(devices, id, device.of(owner, environment));
      }
      case InventoryChange.SaveClass(var deviceClass) ->
          undo.put(classes, deviceClass.name(), deviceClass);
      case InventoryChange.SaveAudience(var audience) ->
          undo.put(audiences, audience.name(), audience);
      case InventoryChange.RemoveAudience(var name) -> {
        if (!audiences.containsKey(name)) {
          return new Outcome.Stale();
        }
        undo.remove(audiences, name);
      }
      case InventoryChange.SaveSecretSlot(var slot) ->
          undo.put(classSlots, slot.deviceClass() + "/" + slot.name(), slot);
      case InventoryChange.SaveApiToken(var token) -> undo.put(apiTokens, token.name(), token);
    }
    return new Outcome.Committed();
  }

  private Outcome pki(PkiChange change, UndoLog undo) {
    switch (change) {
      case PkiChange.SaveAuthority(var authority) -> {
        if (authorities.containsKey(authority.id())) {
          return new Outcome.Taken(change);
        }
        undo.put(authorities, authority.id(), authority);
      }
      case PkiChange.ChangeAuthority(var before, var after) -> {
        if (!before.equals(authorities.get(before.id()))) {
          return new Outcome.Stale();
        }
        undo.put(authorities, after.id(), after);
      }
      case PkiChange.OpenAuthorityRequest(var request) -> {
        if (authorityRequests.containsKey(request.id())
            || authorityRequests.values().stream()
                .anyMatch(other -> other.name().equals(request.name()))) {
          return new Outcome.Taken(change);
        }
        undo.put(authorityRequests, request.id(), request);
      }
      case PkiChange.CloseAuthorityRequest(var request) -> {
        if (!authorityRequests.containsKey(request.id())) {
          return new Outcome.Stale();
        }
        undo.remove(authorityRequests, request.id());
      }
      case PkiChange.SaveOwnCertificate own ->
          undo.put(ownCertificates, own.serial(), own.authority());
      case PkiChange.SaveProfile(var profile, var seen) -> {
        if (seen.isPresent() && !seen.get().equals(profiles.get(profile.name()))) {
          return new Outcome.Stale();
        }
        undo.put(profiles, profile.name(), profile);
      }
    }
    return new Outcome.Committed();
  }

  private Outcome rotation(RotationChange change, UndoLog undo) {
    return switch (change) {
      case RotationChange.StepSlot step -> step(step, undo);
      case RotationChange.AddCredential add ->
          add(add, add.credential(), add.certificate(), add.shard(), undo);
      case RotationChange.AddSecret add -> {
        Outcome outcome = add(add, add.credential(), new byte[0], 0, undo);
        if (outcome instanceof Outcome.Committed) {
          undo.put(secrets, add.credential().id(), add.secret());
        }
        yield outcome;
      }
      case RotationChange.ForgetSealed(var id) ->
          keep(
              id,
              undo,
              its -> new Secret(its.request(), Optional.empty(), its.kept(), its.publicKey()));
      case RotationChange.DestroySecret(var id) ->
          keep(
              id,
              undo,
              its ->
                  new Secret(its.request(), Optional.empty(), Optional.empty(), its.publicKey()));
      case RotationChange.MoveCredential(var id, var to, var at) ->
          update(id, undo, row -> row.in(to, at));
      case RotationChange.LookAgain(var id) -> {
        undo.remove(postponed, id);
        yield new Outcome.Committed();
      }
      case RotationChange.RevokeCredential revoke -> revoke(revoke, undo);
      case RotationChange.HoldCredential(var id, var at) -> hold(id, at, undo);
      case RotationChange.BeginMassRevocation(var order) -> {
        undo.put(orders, order.id(), order);
        yield new Outcome.Committed();
      }
      case RotationChange.EndMassRevocation(var id, var at) -> {
        MassRevocationOrder order = orders.get(id);
        if (order == null || order.endedAt().isPresent()) {
          yield new Outcome.Stale();
        }
        undo.put(orders, id, moved(order, order.after(), Optional.of(at), 0, 0, 0));
        yield new Outcome.Committed();
      }
      case RotationChange.BeginCampaign(var campaign) -> {
        askForCalendar(undo);
        undo.put(campaigns, campaign.id(), campaign);
        yield new Outcome.Committed();
      }
      case RotationChange.MoveCampaign move -> {
        Campaign campaign = campaigns.get(move.campaign());
        if (campaign == null || campaign.state() != move.from()) {
          yield new Outcome.Stale();
        }
        askForCalendar(undo);
        undo.put(
            campaigns,
            campaign.id(),
            InMemoryCampaigns.moved(
                campaign,
                move.to(),
                campaign.wave(),
                move.halt(),
                move.forgiven(),
                move.endedAt()));
        yield new Outcome.Committed();
      }
      case RotationChange.LiftHold(var id) -> {
        RevocationRow row = revocations.get(id);
        if (row != null && row.isHold()) {
          place(id, row.revoked().at(), Revocations.CERTIFICATE_HOLD, Optional.empty(), true, undo);
        }
        yield new Outcome.Committed();
      }
      case RotationChange.RevokeUnknown unheld -> {
        if (!isRevoked(unheld.credential())) {
          undo.put(unknown, unheld.credential(), unheld);
        }
        yield new Outcome.Committed();
      }
      case RotationChange.PruneCredentials(var pruned) -> prune(pruned, undo);
      case RotationChange.RecordUse(var id, var first, var at) ->
          update(id, undo, row -> row.usedAt(at, first));
      case RotationChange.CondemnKey(var key, var since) -> {
        KeyRow row = keys.getOrDefault(key, new KeyRow(Optional.empty(), Optional.empty()));
        Optional<Instant> earlier = row.condemnedSince().filter(at -> at.isBefore(since));
        undo.put(keys, key, new KeyRow(row.device(), earlier.or(() -> Optional.of(since))));
        yield new Outcome.Committed();
      }
      case RotationChange.SpendBirth(var id, var at) -> {
        Birth birth = births.get(id);
        if (birth == null) {
          yield new Outcome.Committed();
        }
        undo.put(
            births,
            id,
            new Birth(
                id,
                birth.device(),
                birth.deviceClass(),
                birth.certificate(),
                birth.serialNumber(),
                birth.boundAt(),
                birth.spentAt().or(() -> Optional.of(at))));
        yield new Outcome.Committed();
      }
      case RotationChange.SpendToken(var id, var at) -> {
        Token token = tokens.get(id);
        if (token == null) {
          yield new Outcome.Committed();
        }
        undo.put(
            tokens,
            id,
            new Token(
                id,
                token.device(),
                token.secretHash(),
                token.createdAt(),
                token.expiresAt(),
                token.spentAt().or(() -> Optional.of(at))));
        yield new Outcome.Committed();
      }
    };
  }

  boolean isRevoked(CredentialId id) {
    CredentialRow row = credentials.get(id);
    return unknown.containsKey(id)
        || (row != null && row.credential().state() == CredentialState.REVOKED);
  }

  private Outcome step(RotationChange.StepSlot step, UndoLog undo) {
    SlotRow row = slots.get(step.slot());
    long version = row == null ? 0 : row.version();
    if (version != step.expectedVersion() || !devices.containsKey(step.slot().device())) {
      return new Outcome.Stale();
    }
    undo.put(
        slots,
        step.slot(),
        new SlotRow(
            version + 1, List.copyOf(step.uses()), step.forkedAt(), step.pace(), step.seen()));
    return new Outcome.Committed();
  }

  private Outcome keep(
      CredentialId id, UndoLog undo, java.util.function.UnaryOperator<Secret> next) {
    Secret its = secrets.get(id);
    if (its != null) {
      undo.put(secrets, id, next.apply(its));
    }
    return new Outcome.Committed();
  }

  private Outcome add(Change add, Credential fresh, byte[] certificate, int shard, UndoLog undo) {
    KeyRow key = keys.get(fresh.key());
    if (key != null
        && (key.condemnedSince().isPresent()
            || !key.device().equals(Optional.of(fresh.slot().device())))) {
      return new Outcome.Taken(add);
    }
    for (CredentialRow row : credentials.values()) {
      Credential old = row.credential();
      if (old.slot().equals(fresh.slot())
          && old.predecessor().equals(fresh.predecessor())
          && old.key().equals(fresh.key())) {
        return new Outcome.Stale();
      }
      if (old.id().equals(fresh.id())
          || old.shown().equals(fresh.shown())
          || (old.kind() instanceof CredentialKind.X509 && old.kind().equals(fresh.kind()))) {
        throw new IllegalStateException("an id, certificate or serial number is there twice");
      }
    }
    undo.put(keys, fresh.key(), new KeyRow(Optional.of(fresh.slot().device()), Optional.empty()));
    undo.put(
        credentials,
        fresh.id(),
        new CredentialRow(fresh, certificate.clone(), fresh.issuedAt(), shard));
    return new Outcome.Committed();
  }

  private Outcome prune(List<RotationChange.Pruned> pruned, UndoLog undo) {
    for (RotationChange.Pruned each : pruned) {
      CredentialRow row = credentials.get(each.credential());
      if (row == null || row.credential().state() != each.state()) {
        return new Outcome.Stale();
      }
      undo.remove(credentials, each.credential());
      if (secrets.containsKey(each.credential())) {
        undo.remove(secrets, each.credential());
      }
      RevocationRow listed = revocations.get(each.credential());
      if (listed != null && each.position().equals(OptionalLong.of(listed.revoked().position()))) {
        undo.remove(revocations, each.credential());
      }
    }
    return new Outcome.Committed();
  }

  private Outcome revoke(RotationChange.RevokeCredential revoke, UndoLog undo) {
    Outcome outcome =
        update(revoke.credential(), undo, row -> row.in(CredentialState.REVOKED, revoke.at()));
    if (outcome instanceof Outcome.Committed) {
      place(
          revoke.credential(),
          revoke.at(),
          revoke.reason().code(),
          revoke.invalidSince(),
          false,
          undo);
      mustEnd(session -> session.credential().equals(revoke.credential()), revoke.at(), undo);
    }
    return outcome;
  }

  private void mustEnd(Predicate<Session> which, Instant at, UndoLog undo) {
    for (Session each : List.copyOf(sessions.values())) {
      if (which.test(each) && each.endingSince().isEmpty()) {
        undo.put(
            sessions,
            new SessionName(each.reporter(), each.id()),
            new Session(
                each.reporter(),
                each.id(),
                each.slot(),
                each.credential(),
                each.openedAt(),
                Optional.of(at)));
      }
    }
  }

  /// What is revoked or on hold stays as it is.
  private Outcome hold(CredentialId id, Instant at, UndoLog undo) {
    if (!credentials.containsKey(id)) {
      return new Outcome.Stale();
    }
    RevocationRow known = revocations.get(id);
    if (known == null || known.revoked().released()) {
      place(id, at, Revocations.CERTIFICATE_HOLD, Optional.empty(), false, undo);
      mustEnd(session -> session.credential().equals(id), at, undo);
    }
    return new Outcome.Committed();
  }

  /// Takes the next position of its shard.
  private void place(
      CredentialId id,
      Instant at,
      int reason,
      Optional<Instant> invalidSince,
      boolean released,
      UndoLog undo) {
    CredentialRow row = requireNonNull(credentials.get(id));
    if (!(row.credential().kind() instanceof CredentialKind.X509)) {
      return; // in no list
    }
    ShardName name = new ShardName(new AuthorityId(row.credential().authority()), row.shard());
    ShardRow shard = shards.getOrDefault(name, ShardRow.OPENED);
    long position = shard.position() + 1;
    undo.put(shards, name, new ShardRow(shard.issued(), position, shard.list()));
    Revoked revoked =
        new Revoked(
            position,
            row.credential().serial(),
            at,
            reason,
            invalidSince,
            row.credential().notAfter(),
            revocations.containsKey(id),
            released);
    undo.put(revocations, id, new RevocationRow(name, revoked));
  }

  /// A revoked credential is final, and one that is not there cannot change.
  private Outcome update(
      CredentialId id, UndoLog undo, java.util.function.UnaryOperator<CredentialRow> next) {
    CredentialRow row = credentials.get(id);
    if (row == null || row.credential().state() == CredentialState.REVOKED) {
      return new Outcome.Stale();
    }
    undo.put(credentials, id, next.apply(row));
    return new Outcome.Committed();
  }
}

package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.enrolment.EnrolmentChange.AskApproval;
import io.cardea.life.enrolment.EnrolmentChange.BindBirth;
import io.cardea.life.enrolment.EnrolmentChange.CreateToken;
import io.cardea.life.enrolment.EnrolmentChange.RemoveManufacturer;
import io.cardea.life.enrolment.EnrolmentChange.ResumeIssuing;
import io.cardea.life.enrolment.EnrolmentChange.StopIssuing;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.InventoryChange.RemoveAudience;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.PkiChange.SaveProfile;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.AddSecret;
import io.cardea.life.rotation.RotationChange.Pruned;
import io.cardea.life.rotation.RotationChange.SpendToken;
import io.cardea.life.rotation.RotationChange.StepSlot;
import io.cardea.life.sessions.SessionChange.EndSession;
import io.cardea.platform.store.Written.StatusChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes a group of decisions that touch no common row, one statement for each table.
///
/// It assumes that all of them fit, which is nearly always so. Each statement tells which of its
/// rows it wrote; the decisions of those that it did not are returned, and then the whole
/// transaction has to be rolled back and written without them.
///
/// Long, because the order of its statements is the order of their locks, to be read in one place.
final class GroupTransaction {
  private static final Outcome STALE = new Outcome.Stale();

  private final Connection connection;
  private final List<Written> decisions;
  private final Map<Integer, Outcome> losers = new HashMap<>();

  GroupTransaction(Connection connection, List<Written> decisions) {
    this.connection = connection;
    this.decisions = decisions;
  }

  /// A change with the place of its decision in the group.
  private record Row<C>(int decision, C change) {}

  @FunctionalInterface
  private interface Statement {
    void run() throws SQLException;
  }

  /// Returns what became of those that do not fit, by their place in the group.
  Map<Integer, Outcome> write() throws SQLException {
    DefinitionWrites definitions = new DefinitionWrites(connection);
    Statement[] statements = {
      () -> definitions.classes(all(w -> w.classes)),
      this::profiles,
      this::audiences,
      () -> new SecretWrites(connection).slots(all(w -> w.slots)),
      () -> definitions.apiTokens(all(w -> w.apiTokens)),
      this::authorities,
      () -> definitions.ownCertificates(all(w -> w.ownCertificates)),
      this::register,
      this::moveDevices,
      this::births,
      this::approvals,
      this::createTokens,
      this::freeze,
      this::stepSlots,
      this::openSlots,
      () -> claimKeys(rows(w -> w.added), AddCredential::credential),
      this::addCredentials,
      this::addSecrets,
      this::updateCredentials,
      () -> new RetirementWrites(connection).lookAgain(all(w -> w.again)),
      this::sessions,
      this::endSecrets,
      this::orders,
      this::spendTokens,
      () -> new BirthWrites(connection).spend(all(w -> w.birthsSpent)),
      this::condemnKeys,
      this::prune,
      this::remember,
      // Last: the row of a shard is locked until the commit, and other groups want it too.
      this::changeStatuses,
      () -> new RetirementWrites(connection).revokeUnknown(all(w -> w.unknown))
    };
    for (Statement statement : statements) {
      statement.run();
      if (!losers.isEmpty()) {
        return losers;
      }
    }
    return losers;
  }

  private void audiences() throws SQLException {
    DefinitionWrites definitions = new DefinitionWrites(connection);
    definitions.audiences(all(w -> w.audiences));
    for (Row<RemoveAudience> row : rows(w -> w.audiencesRemoved)) {
      if (!definitions.removeAudience(row.change().name())) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  /// After the slots were stepped: who opened a session before that is seen from here.
  private void sessions() throws SQLException {
    SessionWrites sessions = new SessionWrites(connection);
    sessions.endThoseOfDevices(all(w -> w.devicesOut));
    sessions.endThoseOfCredentials(all(w -> w.credentialsOut));
    List<Row<EndSession>> ended = rows(w -> w.sessionsEnded);
    if (!ended.isEmpty()) {
      Set<EndSession> gone = sessions.end(ended.stream().map(Row::change).toList());
      for (Row<EndSession> row : ended) {
        if (!gone.contains(row.change())) {
          losers.put(row.decision(), STALE);
        }
      }
    }
  }

  private void authorities() throws SQLException {
    AuthorityWrites writes = new AuthorityWrites(connection);
    for (Row<PkiChange> row : rows(w -> w.authorities)) {
      writes.write(row.change()).ifPresent(outcome -> losers.putIfAbsent(row.decision(), outcome));
    }
  }

  private void register() throws SQLException {
    var rows = rows(w -> w.registered);
    if (rows.isEmpty()) {
      return;
    }
    DefinitionWrites definitions = new DefinitionWrites(connection);
    Set<DeviceId> written =
        definitions.register(rows.stream().map(row -> row.change().device()).toList());
    for (var row : rows) {
      var device = row.change().device();
      if (!written.contains(device.id()) && !losers.containsKey(row.decision())) {
        losers.put(
            row.decision(),
            definitions.hasClass(device.deviceClass()) ? new Outcome.Taken(row.change()) : STALE);
      }
    }
  }

  private void profiles() throws SQLException {
    DefinitionWrites definitions = new DefinitionWrites(connection);
    for (Row<SaveProfile> row : rows(w -> w.profiles)) {
      if (!definitions.profile(row.change())) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  private void freeze() throws SQLException {
    DefinitionWrites definitions = new DefinitionWrites(connection);
    for (Row<StopIssuing> row : rows(w -> w.stops)) {
      if (!definitions.stopIssuing(row.change().freeze())) {
        losers.put(row.decision(), new Outcome.Taken(row.change()));
      }
    }
    for (Row<ResumeIssuing> row : rows(w -> w.resumes)) {
      if (!definitions.resumeIssuing()) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  private void moveDevices() throws SQLException {
    staleUnless(
        rows(w -> w.moved),
        change -> change.device().value(),
        """
        update device d set state = u.next
        from unnest(?, ?, ?) as u(id, before, next)
        where d.id = u.id and d.state = u.before
        returning d.id
        """,
        statement ->
            statement
                .text(row -> row.change().device().value())
                .text(row -> row.change().from().word())
                .text(row -> row.change().to().word())
                .returning(result -> result.getString(1)));
  }

  private void births() throws SQLException {
    BirthWrites births = new BirthWrites(connection);
    births.save(all(w -> w.manufacturers));
    for (Row<RemoveManufacturer> row : rows(w -> w.manufacturersRemoved)) {
      if (!births.remove(row.change().name())) {
        losers.put(row.decision(), STALE);
      }
    }
    births.endTokens(all(w -> w.tokensEnded));
    List<Row<BindBirth>> bound = rows(w -> w.births);
    Set<UUID> written = births.bind(bound.stream().map(row -> row.change().birth()).toList());
    for (Row<BindBirth> row : bound) {
      if (!written.contains(row.change().birth().id())) {
        losers.put(row.decision(), new Outcome.Taken(row.change()));
      }
    }
    staleUnless(
        rows(w -> w.pinned),
        change -> change.birth(),
        """
        update birth b set certificate = u.certificate from unnest(?, ?) as u(id, certificate)
        where b.id = u.id and (b.certificate is null or b.certificate = u.certificate)
        returning b.id
        """,
        statement ->
            statement
                .uuid(row -> row.change().birth())
                .fingerprint(row -> row.change().certificate())
                .returning(result -> result.getObject(1, UUID.class)));
    staleUnless(
        rows(w -> w.reassigned),
        change -> change.device().value(),
        """
        update device d set owner = u.owner, environment = u.environment
        from unnest(?, ?, ?, ?, ?) as u(id, from_owner, from_environment, owner, environment)
        where d.id = u.id and d.owner = u.from_owner and d.environment = u.from_environment
        returning d.id
        """,
        statement ->
            statement
                .text(row -> row.change().device().value())
                .text(row -> row.change().fromOwner())
                .text(row -> row.change().fromEnvironment().word())
                .text(row -> row.change().owner())
                .text(row -> row.change().environment().word())
                .returning(result -> result.getString(1)));
  }

  private void approvals() throws SQLException {
    BirthWrites births = new BirthWrites(connection);
    List<Row<AskApproval>> asked = rows(w -> w.asked);
    Set<UUID> written = births.ask(asked.stream().map(row -> row.change().pending()).toList());
    for (Row<AskApproval> row : asked) {
      if (!written.contains(row.change().pending().id())) {
        losers.put(row.decision(), new Outcome.Taken(row.change()));
      }
    }
    staleUnless(
        rows(w -> w.decided),
        change -> change.id(),
        """
        update pending_enrolment p set state = u.next from unnest(?, ?) as u(id, next)
        where p.id = u.id and p.state = 'waiting'
        returning p.id
        """,
        statement ->
            statement
                .uuid(row -> row.change().id())
                .text(row -> row.change().to().word())
                .returning(result -> result.getObject(1, UUID.class)));
    births.endApprovals(all(w -> w.approvalsEnded));
  }

  private void createTokens() throws SQLException {
    List<Row<CreateToken>> rows = rows(w -> w.tokens);
    staleUnless(
        rows,
        change -> change.token().id(),
        """
        insert into enrolment_token (id, device, secret_hash, created_at, expires_at, spent_at)
        select u.id, d.id, u.secret_hash, %s, %s, %s
        from unnest(?, ?, ?, ?, ?, ?) as u(id, device, secret_hash, created, expires, spent)
        join device d on d.id = u.device
        on conflict (id) do nothing
        returning id
        """
            .formatted(Unnest.time("u.created"), Unnest.time("u.expires"), Unnest.time("u.spent")),
        statement ->
            statement
                .uuid(row -> row.change().token().id())
                .text(row -> row.change().token().device().value())
                .fingerprint(row -> row.change().token().secretHash())
                .time(row -> row.change().token().createdAt())
                .time(row -> row.change().token().expiresAt())
                .time(row -> row.change().token().spentAt().orElse(null))
                .returning(result -> result.getObject(1, UUID.class)));
    DefinitionWrites definitions = new DefinitionWrites(connection);
    for (Row<CreateToken> row : rows) {
      if (losers.containsKey(row.decision()) && definitions.hasToken(row.change().token().id())) {
        losers.put(row.decision(), new Outcome.Taken(row.change()));
      }
    }
  }

  /// Locks the slots, in one order in every transaction, and steps those that are where their
  /// decision saw them (R9).
  private void stepSlots() throws SQLException {
    slots(
        rows(w -> w.steps).stream().filter(row -> row.change().expectedVersion() > 0).toList(),
        """
        update slot s set version = s.version + 1, used_1 = u.used_1, used_2 = u.used_2,
          used_3 = u.used_3, forked_at = %s, pace_since = %s, pace_staged = u.pace_staged,
          seen = string_to_array(u.seen, E'\\x01')
        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          as u(device, name, version, used_1, used_2, used_3, forked, pace_since, pace_staged, seen)
        where s.device = u.device and s.name = u.name and s.version = u.version
        returning s.device, s.name
        """
            .formatted(Unnest.time("u.forked"), Unnest.time("u.pace_since")));
  }

  /// Makes the row of a slot at its first step; another writer may have been quicker.
  private void openSlots() throws SQLException {
    slots(
        rows(w -> w.steps).stream().filter(row -> row.change().expectedVersion() == 0).toList(),
        """
        insert into slot
          (device, name, version, used_1, used_2, used_3, forked_at, pace_since, pace_staged, seen)
        select d.id, u.name, u.version + 1, u.used_1, u.used_2, u.used_3, %s, %s, u.pace_staged,
          string_to_array(u.seen, E'\\x01')
        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          as u(device, name, version, used_1, used_2, used_3, forked, pace_since, pace_staged, seen)
        join device d on d.id = u.device
        on conflict (device, name) do nothing
        returning device, name
        """
            .formatted(Unnest.time("u.forked"), Unnest.time("u.pace_since")));
  }

  private void slots(List<Row<StepSlot>> unordered, String sql) throws SQLException {
    List<Row<StepSlot>> rows = new ArrayList<>(unordered);
    rows.sort(
        Comparator.comparing((Row<StepSlot> row) -> row.change().slot().device())
            .thenComparing(row -> row.change().slot().name()));
    staleUnless(
        rows,
        StepSlot::slot,
        sql,
        statement ->
            statement
                .text(row -> row.change().slot().device().value())
                .text(row -> row.change().slot().name())
                .number(row -> row.change().expectedVersion())
                .uuid(row -> use(row.change(), 0))
                .uuid(row -> use(row.change(), 1))
                .uuid(row -> use(row.change(), 2))
                .time(row -> row.change().forkedAt().orElse(null))
                .time(row -> since(row.change().pace()))
                .number(row -> row.change().pace().staged())
                .text(row -> seen(row.change()))
                .returning(
                    result -> new SlotId(new DeviceId(result.getString(1)), result.getString(2))));
  }

  private static @Nullable UUID use(StepSlot step, int place) {
    return place < step.uses().size() ? step.uses().get(place).value() : null;
  }

  private static String seen(StepSlot step) {
    return step.seen().entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining("\u0001"));
  }

  private static Instant since(Pace pace) {
    return pace.since();
  }

  /// Binds each new key to its device; an update that changes nothing says that it was bound
  /// already.
  private <C extends Change> void claimKeys(
      List<Row<C>> unordered, Function<C, Credential> credential) throws SQLException {
    if (unordered.isEmpty()) {
      return;
    }
    List<Row<C>> rows = new ArrayList<>(unordered);
    rows.sort(Comparator.comparing(row -> credential.apply(row.change()).key()));
    Set<Fingerprint> ours;
    try (Unnest<Row<C>> statement =
        new Unnest<>(
            connection,
            """
            insert into device_key (fingerprint, device)
            select distinct u.fingerprint, u.device from unnest(?, ?) as u(fingerprint, device)
            order by u.fingerprint
            on conflict (fingerprint) do update set device = excluded.device
            where device_key.device = excluded.device and device_key.condemned_since is null
            returning fingerprint
            """,
            rows)) {
      ours =
          statement
              .fingerprint(row -> credential.apply(row.change()).key())
              .text(row -> credential.apply(row.change()).slot().device().value())
              .returning(result -> Fingerprint.ofDigest(result.getBytes(1)));
    }
    for (Row<C> row : rows) {
      if (!ours.contains(credential.apply(row.change()).key())) {
        losers.put(row.decision(), new Outcome.Taken(row.change()));
      }
    }
  }

  private void addSecrets() throws SQLException {
    List<Row<AddSecret>> rows = rows(w -> w.secrets);
    if (rows.isEmpty()) {
      return;
    }
    claimKeys(rows, AddSecret::credential);
    if (losers.isEmpty()) {
      Set<UUID> written = new SecretWrites(connection).add(rows.stream().map(Row::change).toList());
      for (Row<AddSecret> row : rows) {
        if (!written.contains(row.change().credential().id().value())) {
          losers.put(row.decision(), STALE);
        }
      }
    }
  }

  private void endSecrets() throws SQLException {
    SecretWrites secrets = new SecretWrites(connection);
    secrets.forgetSealed(all(w -> w.secretsProven));
    secrets.destroy(all(w -> w.secretsEnded));
  }

  private void addCredentials() throws SQLException {
    List<Row<AddCredential>> rows = rows(w -> w.added);
    staleUnless(
        rows,
        change -> change.credential().id().value(),
        """
        insert into credential (id, device, slot, state, since, certificate, key, serial, authority,
          predecessor, by_token, by_birth, generation, protection, issued_at, not_before, not_after,
          proven_at, last_used_at, shard)
        select u.id, u.device, u.slot, u.state, %1$s, u.certificate, u.key, u.serial, u.authority,
          u.predecessor, u.by_token, u.by_birth, u.generation, u.protection, %1$s, %2$s, %3$s,
          %4$s, %5$s, u.shard
        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          as u(id, device, slot, state, certificate, key, serial, authority, predecessor, by_token,
            by_birth, generation, protection, issued, not_before, not_after, proven, last_used,
            shard)
        on conflict (key, device, slot, predecessor) do nothing
        returning id
        """
            .formatted(
                Unnest.time("u.issued"),
                Unnest.time("u.not_before"),
                Unnest.time("u.not_after"),
                Unnest.time("u.proven"),
                Unnest.time("u.last_used")),
        statement ->
            statement
                .uuid(row -> credential(row).id().value())
                .text(row -> credential(row).slot().device().value())
                .text(row -> credential(row).slot().name())
                .text(row -> credential(row).state().word())
                .fingerprint(row -> credential(row).shown())
                .fingerprint(row -> credential(row).key())
                .bytes(row -> credential(row).serial().toByteArray())
                .text(row -> credential(row).authority())
                .uuid(row -> predecessor(credential(row)))
                .flag(
                    row -> !(credential(row).predecessor() instanceof Predecessor.OlderCredential))
                .flag(row -> credential(row).predecessor() instanceof Predecessor.BirthCertificate)
                .number(row -> credential(row).generation())
                .text(row -> credential(row).protection().word())
                .time(row -> credential(row).issuedAt())
                .time(row -> credential(row).notBefore())
                .time(row -> credential(row).notAfter())
                .time(row -> credential(row).provenAt().orElse(null))
                .time(row -> credential(row).lastUsedAt().orElse(null))
                .number(row -> row.change().shard())
                .returning(result -> result.getObject(1, UUID.class)));
    List<Row<AddCredential>> withCertificate =
        rows.stream().filter(row -> row.change().certificate().length > 0).toList();
    if (!withCertificate.isEmpty() && losers.isEmpty()) {
      try (Unnest<Row<AddCredential>> statement =
          new Unnest<>(
              connection,
              "insert into certificate (credential, der) select * from unnest(?, ?)",
              withCertificate)) {
        statement
            .uuid(row -> credential(row).id().value())
            .bytes(row -> row.change().certificate())
            .run();
      }
    }
  }

  private static Credential credential(Row<AddCredential> row) {
    return row.change().credential();
  }

  static UUID predecessor(Credential credential) {
    return switch (credential.predecessor()) {
      case Predecessor.OlderCredential(var id) -> id.value();
      case Predecessor.EnrolmentToken(var id) -> id;
      case Predecessor.BirthCertificate(var id) -> id;
      case Predecessor.Act(var id) -> id;
    };
  }

  private void updateCredentials() throws SQLException {
    List<Row<Written.Update>> rows = rows(w -> List.copyOf(w.updates.values()));
    staleUnless(
        rows,
        Written.Update::id,
        """
        update credential c set
          state = coalesce(u.state, c.state),
          since = coalesce(%1$s, c.since),
          proven_at = case when u.first then coalesce(c.proven_at, %2$s) else c.proven_at end,
          last_used_at = greatest(c.last_used_at, %2$s)
        from unnest(?, ?, ?, ?, ?) as u(id, state, since, used, first)
        where c.id = u.id and c.state <> 'revoked'
        returning c.id
        """
            .formatted(Unnest.time("u.since"), Unnest.time("u.used")),
        statement ->
            statement
                .uuid(row -> row.change().id().value())
                .text(row -> word(row.change().state()))
                .time(row -> row.change().since())
                .time(row -> row.change().used())
                .flag(row -> row.change().first())
                .returning(result -> new CredentialId(result.getObject(1, UUID.class))));
    if (!rows.isEmpty() && losers.isEmpty()) {
      List<Written.Update> updates = rows.stream().map(Row::change).toList();
      new RetirementWrites(connection).follow(updates);
      new CampaignWrites(connection).follow(updates);
    }
  }

  private void orders() throws SQLException {
    MassRevocationWrites writes = new MassRevocationWrites(connection);
    for (var row : rows(w -> w.ordersBegun)) {
      writes.begin(row.change().order());
    }
    for (var row : rows(w -> w.ordersEnded)) {
      if (!writes.end(row.change())) {
        losers.put(row.decision(), STALE);
      }
    }
    CampaignWrites campaigns = new CampaignWrites(connection);
    for (var row : rows(w -> w.campaignsBegun)) {
      campaigns.begin(row.change().campaign());
    }
    EmergencyWrites emergencies = new EmergencyWrites(connection);
    for (var row : rows(w -> w.emergencies)) {
      if (!emergencies.write(row.change())) {
        losers.put(row.decision(), STALE);
      }
    }
    PlanWrites plans = new PlanWrites(connection);
    for (var row : rows(w -> w.plans)) {
      if (!plans.write(row.change())) {
        losers.put(row.decision(), STALE);
      }
    }
    CalendarWrites calendar = new CalendarWrites(connection);
    for (var row : rows(w -> w.calendar)) {
      if (!calendar.write(row.change())) {
        losers.put(row.decision(), STALE);
      }
    }
    for (var row : rows(w -> w.campaignsMoved)) {
      if (!campaigns.move(row.change())) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  /// A hold of what is not there is stale.
  private void changeStatuses() throws SQLException {
    List<Row<StatusChange>> rows = rows(w -> List.copyOf(w.statuses.values()));
    if (rows.isEmpty()) {
      return;
    }
    Set<UUID> there = new StatusWrites(connection).write(rows.stream().map(Row::change).toList());
    for (Row<StatusChange> row : rows) {
      if (!there.contains(row.change().id().value())) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  private void prune() throws SQLException {
    List<Row<Pruned>> rows = rows(w -> w.pruned);
    if (rows.isEmpty()) {
      return;
    }
    Set<UUID> gone = new PruneWrites(connection).prune(rows.stream().map(Row::change).toList());
    for (Row<Pruned> row : rows) {
      if (!gone.contains(row.change().credential().value())) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  private static @Nullable String word(@Nullable CredentialState state) {
    return state == null ? null : state.word();
  }

  private void spendTokens() throws SQLException {
    List<Row<SpendToken>> rows = rows(w -> w.spent);
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<Row<SpendToken>> statement =
        new Unnest<>(
            connection,
            """
            update enrolment_token t set spent_at = coalesce(t.spent_at, %s)
            from unnest(?, ?) as u(id, spent) where t.id = u.id
            """
                .formatted(Unnest.time("u.spent")),
            rows)) {
      statement.uuid(row -> row.change().token()).time(row -> row.change().at()).run();
    }
  }

  private void condemnKeys() throws SQLException {
    var rows = rows(w -> w.condemned);
    if (rows.isEmpty()) {
      return;
    }
    try (var statement =
        new Unnest<>(
            connection,
            """
            insert into device_key (fingerprint, condemned_since)
            select u.fingerprint, %s from unnest(?, ?) as u(fingerprint, since)
            on conflict (fingerprint) do update
            set condemned_since = least(device_key.condemned_since, excluded.condemned_since)
            """
                .formatted(Unnest.time("u.since")),
            rows)) {
      statement.fingerprint(row -> row.change().key()).time(row -> row.change().since()).run();
    }
  }

  private void remember() throws SQLException {
    List<Written.Line> lines = all(w -> w.lines);
    if (lines.isEmpty()) {
      return;
    }
    try (Unnest<Written.Line> statement =
        new Unnest<>(
            connection,
            """
            insert into ledger_entry (kind, device, canonical)
            select u.kind, u.device, u.canonical
            from unnest(?, ?, ?) with ordinality as u(kind, device, canonical, place)
            order by u.place
            """,
            lines)) {
      statement
          .text(Written.Line::kind)
          .text(Written.Line::device)
          .bytes(Written.Line::canonical)
          .run();
    }
  }

  @FunctionalInterface
  private interface Filled<C, K> {
    Set<K> run(Unnest<Row<C>> statement) throws SQLException;
  }

  /// Runs a statement that returns the names of the rows that it wrote; the decisions of the others
  /// are stale.
  private <C, K> void staleUnless(
      List<Row<C>> rows, Function<C, K> name, String sql, Filled<C, K> filled) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    Set<K> written;
    try (Unnest<Row<C>> statement = new Unnest<>(connection, sql, rows)) {
      written = filled.run(statement);
    }
    for (Row<C> row : rows) {
      if (!written.contains(name.apply(row.change()))) {
        losers.put(row.decision(), STALE);
      }
    }
  }

  private <C> List<Row<C>> rows(Function<Written, List<C>> kind) {
    List<Row<C>> rows = new ArrayList<>();
    for (int i = 0; i < decisions.size(); i++) {
      for (C change : kind.apply(decisions.get(i))) {
        rows.add(new Row<>(i, change));
      }
    }
    return rows;
  }

  private <C> List<C> all(Function<Written, List<C>> kind) {
    List<C> all = new ArrayList<>();
    for (Written decision : decisions) {
      all.addAll(kind.apply(decision));
    }
    return all;
  }
}

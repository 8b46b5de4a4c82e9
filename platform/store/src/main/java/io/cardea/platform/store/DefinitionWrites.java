package io.cardea.platform.store;

import io.cardea.life.enrolment.Freeze;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.InventoryChange.SaveApiToken;
import io.cardea.life.inventory.InventoryChange.SaveAudience;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.inventory.Scope;
import io.cardea.life.pki.PkiChange.SaveOwnCertificate;
import io.cardea.life.pki.PkiChange.SaveProfile;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.Template;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Writes what people define: devices, classes, profiles and bearer tokens.
final class DefinitionWrites {
  private static final String UNIQUE_VIOLATION = "23505";

  /// From so many on a savepoint is worth its two round trips.
  private static final int MANY = 64;

  private final Connection connection;

  DefinitionWrites(Connection connection) {
    this.connection = connection;
  }

  /// Returns the ids that were free and whose class there is.
  Set<DeviceId> register(List<Device> devices) throws SQLException {
    return devices.size() < MANY ? registerFew(devices) : registerMany(devices);
  }

  /// Many are nearly always new, all of them, and to insert them as if they were costs a quarter
  /// less than to ask for each. If one is not, all are asked for.
  private Set<DeviceId> registerMany(List<Device> devices) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      Set<DeviceId> written = insert(devices, "");
      connection.releaseSavepoint(before);
      return written;
    } catch (SQLException e) {
      if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      return registerFew(devices);
    }
  }

  private Set<DeviceId> registerFew(List<Device> devices) throws SQLException {
    return insert(devices, "on conflict (id) do nothing");
  }

  /// No class, no row: the join stands for a foreign key, whose check would cost a sixth. No class
  /// is ever removed.
  private Set<DeviceId> insert(List<Device> devices, String conflict) throws SQLException {
    try (Unnest<Device> statement =
        new Unnest<>(
            connection,
            """
            insert into device
              (id, serial, class, owner, environment, site, labels, state, registered_at)
            select u.id, u.serial, c.name, u.owner, u.environment, u.site,
              string_to_array(u.labels, E'\\x01'), u.state, %s
            from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
              as u(id, serial, class, owner, environment, site, labels, state, registered)
            join device_class c on c.name = u.class
            %s
            returning id
            """
                .formatted(Unnest.time("u.registered"), conflict),
            devices)) {
      return statement
          .text(device -> device.id().value())
          .text(device -> device.serial().orElse(null))
          .text(Device::deviceClass)
          .text(Device::owner)
          .text(device -> device.environment().word())
          .text(device -> device.site().orElse(null))
          .text(device -> String.join("\u0001", Labels.toColumn(device.labels())))
          .text(device -> device.state().word())
          .time(Device::registeredAt)
          .returning(result -> new DeviceId(result.getString(1)));
    }
  }

  boolean hasToken(UUID id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select 1 from enrolment_token where id = ?")) {
      statement.setObject(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  boolean hasClass(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select 1 from device_class where name = ?")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  void classes(List<SaveClass> saved) throws SQLException {
    for (SaveClass each : saved) {
      DeviceClass its = each.deviceClass();
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              insert into device_class (name, profile, longest_silence_ms, grace_ms, settling_ms,
                candidates_per_tenth, on_fork, keeps_recovery_token, approval,
                birth_certificate_recovers, factory_profile, quarantine_profile,
                late_wants_credential, late_approval_ms)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              on conflict (name) do update set profile = excluded.profile,
                longest_silence_ms = excluded.longest_silence_ms, grace_ms = excluded.grace_ms,
                settling_ms = excluded.settling_ms, on_fork = excluded.on_fork,
                candidates_per_tenth = excluded.candidates_per_tenth,
                keeps_recovery_token = excluded.keeps_recovery_token,
                approval = excluded.approval,
                birth_certificate_recovers = excluded.birth_certificate_recovers,
                factory_profile = excluded.factory_profile,
                quarantine_profile = excluded.quarantine_profile,
                late_wants_credential = excluded.late_wants_credential,
                late_approval_ms = excluded.late_approval_ms
              """)) {
        statement.setString(1, its.name());
        statement.setString(2, its.profile());
        statement.setLong(3, its.longestSilence().toMillis());
        statement.setLong(4, its.grace().toMillis());
        statement.setLong(5, its.settling().toMillis());
        statement.setInt(6, its.candidatesPerTenth());
        statement.setString(7, its.onFork().name());
        statement.setBoolean(8, its.keepsRecoveryToken());
        statement.setBoolean(9, its.joining().approval());
        statement.setBoolean(10, its.joining().birthCertificateRecovers());
        statement.setString(11, its.joining().factoryProfile().orElse(null));
        statement.setString(12, its.joining().quarantineProfile().orElse(null));
        statement.setBoolean(13, its.joining().lateness().wantsCredential());
        statement.setObject(
            14,
            its.joining().lateness().approvalAfter().map(Duration::toMillis).orElse(null),
            java.sql.Types.BIGINT);
        statement.executeUpdate();
      }
    }
  }

  void audiences(List<SaveAudience> saved) throws SQLException {
    for (SaveAudience each : saved) {
      Audience audience = each.audience();
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              insert into audience (name, kind, reports, may_prove, classes, points)
              values (?, ?, ?, ?, ?, ?)
              on conflict (name) do update set kind = excluded.kind,
                reports = excluded.reports, may_prove = excluded.may_prove,
                classes = excluded.classes, points = excluded.points
              """)) {
        statement.setString(1, audience.name());
        statement.setString(2, audience.kind().name());
        statement.setBoolean(3, audience.reports());
        statement.setBoolean(4, audience.mayProve());
        statement.setArray(5, texts(List.copyOf(audience.classes()), text -> text));
        statement.setArray(6, texts(List.copyOf(audience.points()), DeviceId::value));
        statement.executeUpdate();
      }
    }
  }

  /// Returns false when it is not there.
  boolean removeAudience(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from audience where name = ?")) {
      statement.setString(1, name);
      return statement.executeUpdate() == 1;
    }
  }

  void apiTokens(List<SaveApiToken> saved) throws SQLException {
    for (SaveApiToken each : saved) {
      ApiToken token = each.token();
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              insert into api_token (name, role, secret_hash, created_at, classes, environments,
                owners, expires_at)
              values (?, ?, ?, ?, ?, ?, ?, ?)
              on conflict (name) do update set role = excluded.role,
                secret_hash = excluded.secret_hash, created_at = excluded.created_at,
                classes = excluded.classes, environments = excluded.environments,
                owners = excluded.owners, expires_at = excluded.expires_at
              """)) {
        statement.setString(1, token.name());
        statement.setString(2, token.role().name());
        statement.setBytes(3, token.secretHash().bytes());
        statement.setObject(4, token.createdAt().atOffset(ZoneOffset.UTC));
        Scope scope = token.scope();
        statement.setArray(5, texts(scope.classes().stream().sorted().toList(), text -> text));
        statement.setArray(
            6, texts(scope.environments().stream().sorted().toList(), Environment::word));
        statement.setArray(7, texts(scope.owners().stream().sorted().toList(), text -> text));
        statement.setObject(
            8, token.expiresAt().map(end -> end.atOffset(ZoneOffset.UTC)).orElse(null));
        statement.executeUpdate();
      }
    }
  }

  /// Returns false when it is no longer as it was seen.
  boolean profile(SaveProfile saved) throws SQLException {
    Profile profile = saved.profile();
    if (saved.seen().isPresent() && !saved.seen().equals(locked(profile.name()))) {
      return false;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into profile (name, subject_attributes, subject_templates, identity, key_use,
              extended_key_use, life_ms, backdate_ms, keys, requested_host_names, authority)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (name) do update set subject_attributes = excluded.subject_attributes,
              subject_templates = excluded.subject_templates, identity = excluded.identity,
              key_use = excluded.key_use, extended_key_use = excluded.extended_key_use,
              life_ms = excluded.life_ms, backdate_ms = excluded.backdate_ms,
              keys = excluded.keys, requested_host_names = excluded.requested_host_names,
              authority = excluded.authority
            """)) {
      statement.setString(1, profile.name());
      statement.setArray(2, texts(profile.subject(), part -> part.attribute().name()));
      statement.setArray(3, texts(profile.subject(), part -> part.value().text()));
      statement.setString(4, profile.identity().map(Template::text).orElse(null));
      statement.setArray(5, texts(profile.keyUse().stream().sorted().toList(), Enum::name));
      statement.setArray(6, texts(profile.extendedKeyUse(), Enum::name));
      statement.setLong(7, profile.life().toMillis());
      statement.setLong(8, profile.backdate().toMillis());
      statement.setArray(9, texts(profile.keys().stream().sorted().toList(), Enum::name));
      statement.setBoolean(10, profile.requestedHostNames());
      statement.setString(11, profile.authority().orElse(null));
      statement.executeUpdate();
    }
    return true;
  }

  private Optional<Profile> locked(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select * from profile where name = ? for update")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(Mappers.profile(row)) : Optional.empty();
      }
    }
  }

  /// Returns false when it is stopped already.
  boolean stopIssuing(Freeze freeze) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into issuance_freeze (since, actor, why) values (?, ?, ?)
            on conflict (only_one) do nothing
            """)) {
      statement.setObject(1, freeze.since().atOffset(ZoneOffset.UTC));
      statement.setString(2, freeze.actor());
      statement.setString(3, freeze.why());
      return statement.executeUpdate() == 1;
    }
  }

  /// Returns false when it is not stopped.
  boolean resumeIssuing() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("delete from issuance_freeze")) {
      return statement.executeUpdate() == 1;
    }
  }

  private <T> java.sql.Array texts(List<T> values, java.util.function.Function<T, String> text)
      throws SQLException {
    return connection.createArrayOf("text", values.stream().map(text).toArray(String[]::new));
  }

  void ownCertificates(List<SaveOwnCertificate> certificates) throws SQLException {
    if (certificates.isEmpty()) {
      return;
    }
    try (Unnest<SaveOwnCertificate> statement =
        new Unnest<>(
            connection,
            """
            insert into own_certificate (serial, authority, purpose, not_after)
            select u.serial, u.authority, u.purpose, %s
            from unnest(?, ?, ?, ?) as u(serial, authority, purpose, not_after)
            """
                .formatted(Unnest.time("u.not_after")),
            certificates)) {
      statement
          .bytes(row -> row.serial().octets())
          .text(row -> row.authority().value())
          .text(SaveOwnCertificate::purpose)
          .time(SaveOwnCertificate::notAfter)
          .run();
    }
  }
}

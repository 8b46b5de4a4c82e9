package io.cardea.platform.store;

import io.cardea.life.enrolment.Birth;
import io.cardea.life.enrolment.EnrolmentChange.EndApproval;
import io.cardea.life.enrolment.EnrolmentChange.EndTokens;
import io.cardea.life.enrolment.EnrolmentChange.SaveManufacturer;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.pki.Certificate;
import io.cardea.life.rotation.RotationChange.SpendBirth;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Writes what devices were born with, and who is trusted to say so.
final class BirthWrites {
  private final Connection connection;

  BirthWrites(Connection connection) {
    this.connection = connection;
  }

  void save(List<SaveManufacturer> saved) throws SQLException {
    for (SaveManufacturer each : saved) {
      Manufacturer its = each.manufacturer();
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              insert into manufacturer (name, class, environment, anchor, intermediates,
                revocation_lists, device_id, registers, owner, imported_at)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              on conflict (name) do update set class = excluded.class,
                environment = excluded.environment, anchor = excluded.anchor,
                intermediates = excluded.intermediates,
                revocation_lists = excluded.revocation_lists, device_id = excluded.device_id,
                registers = excluded.registers, owner = excluded.owner,
                imported_at = excluded.imported_at
              """)) {
        statement.setString(1, its.name());
        statement.setString(2, its.deviceClass());
        statement.setString(3, its.environment().word());
        statement.setBytes(4, its.anchor().der());
        statement.setArray(5, octets(its.intermediates().stream().map(Certificate::der).toList()));
        statement.setArray(6, octets(its.revocationLists()));
        statement.setString(7, its.rule().deviceId().orElse(null));
        statement.setBoolean(8, its.rule().registers());
        statement.setString(9, its.rule().owner());
        statement.setObject(10, its.importedAt().atOffset(ZoneOffset.UTC));
        statement.executeUpdate();
      }
    }
  }

  /// Returns false when there is none of that name.
  boolean remove(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from manufacturer where name = ?")) {
      statement.setString(1, name);
      return statement.executeUpdate() == 1;
    }
  }

  void endTokens(List<EndTokens> ended) throws SQLException {
    if (ended.isEmpty()) {
      return;
    }
    try (Unnest<EndTokens> statement =
        new Unnest<>(
            connection,
            """
            update enrolment_token t set expires_at = least(t.expires_at, %s)
            from unnest(?, ?) as u(device, ended)
            where t.device = u.device and t.spent_at is null
            """
                .formatted(Unnest.time("u.ended")),
            ended)) {
      statement.text(row -> row.device().value()).time(EndTokens::at).run();
    }
  }

  /// Returns those that could be bound.
  Set<UUID> bind(List<Birth> births) throws SQLException {
    if (births.isEmpty()) {
      return Set.of();
    }
    try (Unnest<Birth> statement =
        new Unnest<>(
            connection,
            """
            insert into birth (id, device, class, certificate, serial_number, bound_at, spent_at)
            select u.id, d.id, u.class, u.certificate, u.serial_number, %s, %s
            from unnest(?, ?, ?, ?, ?, ?, ?)
              as u(id, device, class, certificate, serial_number, bound, spent)
            join device d on d.id = u.device
            on conflict do nothing
            returning id
            """
                .formatted(Unnest.time("u.bound"), Unnest.time("u.spent")),
            births)) {
      return statement
          .uuid(Birth::id)
          .text(birth -> birth.device().value())
          .text(Birth::deviceClass)
          .fingerprint(birth -> birth.certificate().orElse(null))
          .text(birth -> birth.serialNumber().orElse(null))
          .time(Birth::boundAt)
          .time(birth -> birth.spentAt().orElse(null))
          .returning(result -> result.getObject(1, UUID.class));
    }
  }

  /// Those that are not there are spent as they are.
  void spend(List<SpendBirth> spent) throws SQLException {
    if (spent.isEmpty()) {
      return;
    }
    try (Unnest<SpendBirth> statement =
        new Unnest<>(
            connection,
            """
            update birth b set spent_at = coalesce(b.spent_at, %s)
            from unnest(?, ?) as u(id, spent) where b.id = u.id
            """
                .formatted(Unnest.time("u.spent")),
            spent)) {
      statement.uuid(SpendBirth::birth).time(SpendBirth::at).run();
    }
  }

  /// Returns those that could be written; what has expired makes room before.
  Set<UUID> ask(List<PendingEnrolment> pending) throws SQLException {
    if (pending.isEmpty()) {
      return Set.of();
    }
    try (Unnest<PendingEnrolment> statement =
        new Unnest<>(
            connection,
            """
            delete from pending_enrolment p using unnest(?) as u(requested)
            where p.expires_at <= %s
            """
                .formatted(Unnest.time("u.requested")),
            pending.subList(0, 1))) {
      statement.time(PendingEnrolment::requestedAt).run();
    }
    try (Unnest<PendingEnrolment> statement =
        new Unnest<>(
            connection,
            """
            insert into pending_enrolment (id, device, key, requested_at, expires_at, state)
            select u.id, d.id, u.key, %s, %s, u.state
            from unnest(?, ?, ?, ?, ?, ?) as u(id, device, key, requested, expires, state)
            join device d on d.id = u.device
            on conflict do nothing
            returning id
            """
                .formatted(Unnest.time("u.requested"), Unnest.time("u.expires")),
            pending)) {
      return statement
          .uuid(PendingEnrolment::id)
          .text(each -> each.device().value())
          .fingerprint(PendingEnrolment::key)
          .time(PendingEnrolment::requestedAt)
          .time(PendingEnrolment::expiresAt)
          .text(each -> each.state().word())
          .returning(result -> result.getObject(1, UUID.class));
    }
  }

  void endApprovals(List<EndApproval> ended) throws SQLException {
    if (ended.isEmpty()) {
      return;
    }
    try (Unnest<EndApproval> statement =
        new Unnest<>(
            connection,
            "delete from pending_enrolment p using unnest(?) as u(id) where p.id = u.id",
            ended)) {
      statement.uuid(EndApproval::id).run();
    }
  }

  private java.sql.Array octets(List<byte[]> values) throws SQLException {
    return connection.createArrayOf("bytea", values.toArray(byte[][]::new));
  }
}

package io.cardea.platform.store;

import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.InventoryChange.SaveSecretSlot;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.rotation.RotationChange.AddSecret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Writes credentials that are no certificates, and what is stored of them.
final class SecretWrites {
  private final Connection connection;

  SecretWrites(Connection connection) {
    this.connection = connection;
  }

  /// @return those whose place in their lineage was free
  Set<UUID> add(List<AddSecret> rows) throws SQLException {
    Set<UUID> written;
    try (Unnest<AddSecret> statement =
        new Unnest<>(
            connection,
            """
            insert into credential (id, device, slot, kind, state, since, certificate, key, serial,
              authority, predecessor, by_token, by_birth, generation, protection, issued_at,
              not_before, not_after, proven_at, last_used_at)
            select u.id, u.device, u.slot, u.kind, u.state, %1$s, u.shown, u.key, uuid_send(u.id),
              '', u.predecessor, u.by_token, u.by_birth, u.generation, u.protection, %1$s, %2$s,
              %3$s, %4$s, %5$s
            from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              as u(id, device, slot, kind, state, shown, key, predecessor, by_token, by_birth,
                generation, protection, issued, not_before, not_after, proven, last_used)
            on conflict (key, device, slot, predecessor) do nothing
            returning id
            """
                .formatted(
                    Unnest.time("u.issued"),
                    Unnest.time("u.not_before"),
                    Unnest.time("u.not_after"),
                    Unnest.time("u.proven"),
                    Unnest.time("u.last_used")),
            rows)) {
      written =
          statement
              .uuid(row -> row.credential().id().value())
              .text(row -> row.credential().slot().device().value())
              .text(row -> row.credential().slot().name())
              .text(row -> row.credential().kind().word())
              .text(row -> row.credential().state().word())
              .fingerprint(row -> row.credential().shown())
              .fingerprint(row -> row.credential().key())
              .uuid(row -> GroupTransaction.predecessor(row.credential()))
              .flag(row -> byToken(row.credential().predecessor()))
              .flag(row -> byBirth(row.credential().predecessor()))
              .number(row -> row.credential().generation())
              .text(row -> row.credential().protection().word())
              .time(row -> row.credential().issuedAt())
              .time(row -> row.credential().notBefore())
              .time(row -> row.credential().notAfter())
              .time(row -> row.credential().provenAt().orElse(null))
              .time(row -> row.credential().lastUsedAt().orElse(null))
              .returning(result -> result.getObject(1, UUID.class));
    }
    try (Unnest<AddSecret> statement =
        new Unnest<>(
            connection,
            """
            insert into secret (credential, request, sealed, kept, public_key)
            select * from unnest(?, ?, ?, ?, ?)
            """,
            rows.stream().filter(row -> written.contains(id(row.credential()))).toList())) {
      statement
          .uuid(row -> id(row.credential()))
          .fingerprint(row -> row.secret().request().orElse(null))
          .bytes(row -> row.secret().sealed().orElse(null))
          .bytes(row -> row.secret().kept().orElse(null))
          .bytes(row -> row.secret().publicKey().orElse(null))
          .run();
    }
    return written;
  }

  void forgetSealed(List<CredentialId> proven) throws SQLException {
    update(
        "update secret s set sealed = null from unnest(?) as u(id) where s.credential = u.id",
        proven);
  }

  void destroy(List<CredentialId> ended) throws SQLException {
    update(
        """
        update secret s set sealed = null, kept = null from unnest(?) as u(id)
        where s.credential = u.id
        """,
        ended);
  }

  void slots(List<SaveSecretSlot> saved) throws SQLException {
    for (SaveSecretSlot each : saved) {
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              insert into class_slot (class, name, kind, life_ms) values (?, ?, ?, ?)
              on conflict (class, name) do update set life_ms = excluded.life_ms
              """)) {
        statement.setString(1, each.slot().deviceClass());
        statement.setString(2, each.slot().name());
        statement.setString(3, each.slot().kind().word());
        statement.setLong(4, each.slot().life().toMillis());
        statement.executeUpdate();
      }
    }
  }

  private void update(String sql, List<CredentialId> ids) throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (Unnest<CredentialId> statement = new Unnest<>(connection, sql, ids)) {
      statement.uuid(CredentialId::value).run();
    }
  }

  private static UUID id(Credential credential) {
    return credential.id().value();
  }

  private static boolean byToken(Predecessor predecessor) {
    return switch (predecessor) {
      case Predecessor.EnrolmentToken _, Predecessor.BirthCertificate _ -> true;
      case Predecessor.OlderCredential _, Predecessor.Act _ -> false;
    };
  }

  private static boolean byBirth(Predecessor predecessor) {
    return switch (predecessor) {
      case Predecessor.BirthCertificate _, Predecessor.Act _ -> true;
      case Predecessor.OlderCredential _, Predecessor.EnrolmentToken _ -> false;
    };
  }
}

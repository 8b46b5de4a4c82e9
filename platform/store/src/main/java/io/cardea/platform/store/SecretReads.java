package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.secrets.Secrets.CredentialKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;

/// Reads of what is stored of secrets, and of where they may be. Each is served by an index.
final class SecretReads {
  private final Jdbi jdbi;

  SecretReads(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @FunctionalInterface
  private interface Row<T> {
    T map(ResultSet row) throws SQLException;
  }

  List<SecretSlot> slots(String deviceClass) {
    return list(
        "select * from class_slot where class = :class order by name",
        Map.of("class", deviceClass),
        row ->
            new SecretSlot(
                row.getString("class"),
                row.getString("name"),
                CredentialKind.Secret.ofWord(row.getString("kind")),
                Duration.ofMillis(row.getLong("life_ms"))));
  }

  List<SlotId> slots(DeviceId device) {
    return list(
        "select name from slot where device = :device order by name",
        Map.of("device", device.value()),
        row -> new SlotId(device, row.getString("name")));
  }

  Optional<CredentialId> waiting(SlotId slot, Fingerprint request) {
    return list(
            """
            select c.id from credential c join secret s on s.credential = c.id
            where c.device = :device and c.slot = :slot and c.state = 'staged'
              and s.request = :request and s.sealed is not null
            order by c.issued_at desc, c.id desc limit 1
            """,
            Map.of(
                "device", slot.device().value(), "slot", slot.name(), "request", request.bytes()),
            row -> new CredentialId(Mappers.uuid(row, "id")))
        .stream()
        .findFirst();
  }

  Optional<byte[]> sealed(CredentialId credential) {
    return bytes("select sealed from secret where credential = :id", credential);
  }

  Optional<byte[]> kept(CredentialId credential) {
    return bytes("select kept from secret where credential = :id", credential);
  }

  List<CredentialKey> publicKeys(SlotId slot) {
    return list(
        """
        select c.id, s.public_key from credential c join secret s on s.credential = c.id
        where c.device = :device and c.slot = :slot
          and c.state in ('staged', 'current', 'retiring') and s.public_key is not null
        order by c.issued_at desc, c.id desc limit 16
        """,
        Map.of("device", slot.device().value(), "slot", slot.name()),
        row ->
            new CredentialKey(
                new CredentialId(Mappers.uuid(row, "id")), row.getBytes("public_key")));
  }

  private Optional<byte[]> bytes(String sql, CredentialId credential) {
    return list(sql, Map.of("id", credential.value()), row -> Optional.ofNullable(row.getBytes(1)))
        .stream()
        .findFirst()
        .flatMap(its -> its);
  }

  private <T> List<T> list(String sql, Map<String, ?> values, Row<T> mapper) {
    try {
      return jdbi.withHandle(handle -> {
        try (Query query = handle.createQuery(sql)) {
          return query.bindMap(values).map((row, context) -> mapper.map(row)).list();
        }
      });
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }
}

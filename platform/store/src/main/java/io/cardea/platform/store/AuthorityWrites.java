package io.cardea.platform.store;

import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.PkiChange;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/// Writes authorities, what belongs to them, and requests that are out. A handful in the life of a
/// fleet: each is a statement of its own.
final class AuthorityWrites {
  private static final Optional<Outcome> WRITTEN = Optional.empty();

  private final Connection connection;

  AuthorityWrites(Connection connection) {
    this.connection = connection;
  }

  /// Returns what became of it if it does not fit.
  Optional<Outcome> write(PkiChange change) throws SQLException {
    return switch (change) {
      case PkiChange.SaveAuthority(var authority) ->
          insert(authority) ? WRITTEN : Optional.of(new Outcome.Taken(change));
      case PkiChange.ChangeAuthority(var before, var after) ->
          update(before, after) ? WRITTEN : Optional.of(new Outcome.Stale());
      case PkiChange.OpenAuthorityRequest(var request) ->
          open(request) ? WRITTEN : Optional.of(new Outcome.Taken(change));
      case PkiChange.CloseAuthorityRequest(var request) ->
          close(request) ? WRITTEN : Optional.of(new Outcome.Stale());
      case PkiChange.SaveProfile _, PkiChange.SaveOwnCertificate _ ->
          throw new IllegalArgumentException("not about an authority: " + change);
    };
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private boolean insert(Authority authority) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into authority (id, kind, name, certificate, issuer, key_id, wrapped_key, created,
              state, crl_floor)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing
            """)) {
      statement.setString(1, authority.id().value());
      statement.setString(2, authority.kind().name());
      statement.setString(3, authority.name());
      statement.setBytes(4, authority.certificate().der());
      statement.setString(5, authority.issuer().map(AuthorityId::value).orElse(null));
      statement.setString(6, authority.key().id());
      statement.setBytes(7, authority.key().bytes());
      statement.setObject(8, authority.created().atOffset(ZoneOffset.UTC));
      statement.setString(9, word(authority.state()));
      statement.setBigDecimal(10, new BigDecimal(authority.crlFloor()));
      if (statement.executeUpdate() != 1) {
        return false;
      }
    }
    others(authority);
    return true;
  }

  /// The row is locked by its update, so that two changes of one authority follow on each other.
  private boolean update(Authority before, Authority after) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update authority set state = ?, certificate = ?, issuer = ?
            where id = ? and state = ? and certificate = ?
            """)) {
      statement.setString(1, word(after.state()));
      statement.setBytes(2, after.certificate().der());
      statement.setString(3, after.issuer().map(AuthorityId::value).orElse(null));
      statement.setString(4, before.id().value());
      statement.setString(5, word(before.state()));
      statement.setBytes(6, before.certificate().der());
      if (statement.executeUpdate() != 1) {
        return false;
      }
    }
    try (PreparedStatement statement =
        connection.prepareStatement("delete from authority_certificate where authority = ?")) {
      statement.setString(1, after.id().value());
      statement.executeUpdate();
    }
    others(after);
    return true;
  }

  private void others(Authority authority) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into authority_certificate (authority, place, purpose, der) values (?, ?, ?, ?)
            """)) {
      int place = 0;
      for (Authority.Other other : authority.others()) {
        statement.setString(1, authority.id().value());
        statement.setInt(2, place++);
        statement.setString(3, word(other.purpose()));
        statement.setBytes(4, other.certificate().der());
        statement.executeUpdate();
      }
    }
  }

  private boolean open(AuthorityRequest request) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into authority_request (id, name, key_id, public_key, wrapped_key, pem, created)
            values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing
            """)) {
      statement.setString(1, request.id().value());
      statement.setString(2, request.name());
      statement.setString(3, request.key().id());
      statement.setBytes(4, request.key().publicKey().der());
      statement.setBytes(5, request.key().bytes());
      statement.setString(6, request.pem());
      statement.setObject(7, request.created().atOffset(ZoneOffset.UTC));
      return statement.executeUpdate() == 1;
    }
  }

  private boolean close(AuthorityRequest request) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from authority_request where id = ? and name = ?")) {
      statement.setString(1, request.id().value());
      statement.setString(2, request.name());
      return statement.executeUpdate() == 1;
    }
  }
}

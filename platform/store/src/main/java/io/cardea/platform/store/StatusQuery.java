package io.cardea.platform.store;

import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.Serial;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What became of many certificates, in one query.
final class StatusQuery {
  private static final CertificateStatus GOOD = new CertificateStatus.Good();
  private static final CertificateStatus UNKNOWN = new CertificateStatus.Unknown();

  private static final String SQL =
      """
      select u.place, c.state, c.since, r.revoked_at, r.reason, o.purpose
      from unnest(?, ?) with ordinality as u(serial, authority, place)
      left join credential c on c.serial = u.serial and c.authority = u.authority
      left join revocation r on r.credential = c.id and not r.released
      left join own_certificate o on o.serial = u.serial and o.authority = u.authority
      """;

  private StatusQuery() {}

  record Ask(AuthorityId authority, Serial serial) {}

  static List<CertificateStatus> run(Connection connection, List<Ask> asks) throws SQLException {
    List<CertificateStatus> answers = new ArrayList<>(Collections.nCopies(asks.size(), UNKNOWN));
    try (Unnest<Ask> statement = new Unnest<>(connection, SQL, asks)) {
      statement.bytes(ask -> ask.serial().octets()).text(ask -> ask.authority().value());
      try (ResultSet row = statement.query()) {
        while (row.next()) {
          answers.set(row.getInt("place") - 1, status(row));
        }
      }
    }
    return answers;
  }

  /// A row that contradicts itself is never good.
  private static CertificateStatus status(ResultSet row) throws SQLException {
    if (row.getObject("revoked_at") != null) {
      return new CertificateStatus.Revoked(Mappers.time(row, "revoked_at"), row.getInt("reason"));
    }
    String state = row.getString("state");
    if (state == null) {
      return row.getString("purpose") == null ? UNKNOWN : GOOD;
    }
    return state.equals("revoked")
        ? new CertificateStatus.Revoked(Mappers.time(row, "since"), 0)
        : GOOD;
  }
}

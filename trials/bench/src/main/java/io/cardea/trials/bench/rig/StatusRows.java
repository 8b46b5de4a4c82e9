package io.cardea.trials.bench.rig;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;

/// Serial numbers that the server's database knows, a million of them in a minute: rows of
/// credentials and revocations, without the devices and certificates behind them, which nobody asks
/// for by these numbers.
public final class StatusRows {
  private static final int SHARD = 16_384;

  private StatusRows() {}

  /// The serial number of a row.
  public static BigInteger serial(int number) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("serial " + number).getBytes(StandardCharsets.US_ASCII));
      byte[] octets = new byte[16];
      System.arraycopy(hash, 0, octets, 0, 16);
      octets[0] = (byte) ((octets[0] & 0x3f) | 0x40);
      return new BigInteger(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Good credentials, numbered from 0.
  public static void good(DatabaseView database, String authority, int count)
      throws IOException, SQLException {
    database.run(credentials(authority, 0, count, "current", "0"));
    database.run("vacuum analyze credential");
  }

  /// Revoked ones, the first of them in the shard that is open, the others in full shards.
  public static void revoked(DatabaseView database, String authority, int from, int count)
      throws IOException, SQLException {
    String shard = "((n + " + SHARD + ") / " + SHARD + ") - 1";
    database.run(credentials(authority, from, count, "revoked", shard));
    database.run(
        """
        insert into revocation
          (credential, authority, shard, serial, reason, revoked_at, not_after, position)
        select c.id, c.authority, c.shard, c.serial, 4, c.issued_at, c.not_after,
          coalesce(s.position, 0)
            + row_number() over (partition by c.authority, c.shard order by c.serial)
        from credential c
        left join crl_shard s on s.authority = c.authority and s.shard = c.shard
        where c.device = 'nobody' and c.state = 'revoked'
          and not exists (select 1 from revocation r where r.credential = c.id)
        """);
    database.run(
        """
        insert into crl_shard (authority, shard, issued, opened_at, position)
        select authority, shard, count(*), min(revoked_at), max(position)
        from revocation group by authority, shard
        on conflict (authority, shard) do update
          set position = excluded.position, changed_in = pg_current_xact_id()
        """);
    database.run("vacuum analyze credential, revocation, crl_shard");
  }

  private static String credentials(
      String authority, int from, int count, String state, String shard) {
    return """
    insert into credential (id, device, slot, state, since, certificate, key, serial,
      authority, predecessor, by_token, generation, protection, issued_at, not_before,
      not_after, shard)
    select gen_random_uuid(), 'nobody', 'operational', '%s', r.at, sha256(h || 'c'),
      sha256(h || 'k'),
      set_byte(substring(h for 16), 0, (get_byte(h, 0) & 63) | 64), '%s',
      gen_random_uuid(), true, 0, 'unknown', r.at, r.at, r.at + interval '90 days', %s
    from generate_series(%d, %d) as n
    cross join lateral (select sha256(convert_to('serial ' || n, 'UTF8'))) as x(h)
    cross join (select max(registered_at) from device) as r(at)
    """
        .formatted(state, authority, shard, from, from + count - 1);
  }
}

package io.cardea.platform.store;

import io.cardea.life.ledger.Commits.StoreFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which of several servers on one database does what one alone should do: sweeps, for instance.
///
/// A claim ends by itself, by the one clock (R10), so a server that dies holds nobody up for longer
/// than its lease. It saves work, and is no lock: a server that was stopped in the middle wakes up
/// believing in a claim that is over. What it writes then must fail by itself, as every step of a
/// slot does by the slot's version.
public final class Claims implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

  private final Jdbi jdbi;
  private final String holder;

  /// @param holder names this server; no two have the same
  public Claims(Database database, String holder) {
    this.jdbi = database.jdbi();
    this.holder = holder;
  }

  /// Takes a claim that is free, or extends one's own.
  ///
  /// @return the fence, which grows with each change of hands; empty while another server holds it
  public OptionalLong take(String name, Instant now, Duration lease) {
    try {
      return taken(name, now, lease);
    } catch (JdbiException e) {
      throw new StoreFailure("the database does not say who has the claim " + name, e);
    }
  }

  private OptionalLong taken(String name, Instant now, Duration lease) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                """
                insert into claim as c (name, holder, fence, until)
                values (:name, :holder, 1, :until)
                on conflict (name) do update
                  set holder = excluded.holder, until = excluded.until,
                      fence = c.fence + (c.holder <> excluded.holder)::int
                  where c.holder = excluded.holder or c.until <= :now
                returning fence
                """)
            .bind("name", name)
            .bind("holder", holder)
            .bind("now", now)
            .bind("until", now.plus(lease))
            .mapTo(Long.class)
            .findOne()
            .map(OptionalLong::of)
            .orElseGet(OptionalLong::empty));
  }

  /// Lets go of everything, so that the next server need not wait for the end of a lease.
  @Override
  public void close() {
    try {
      jdbi.useHandle(handle ->
          handle
              .createUpdate("update claim set until = '-infinity' where holder = :holder")
              .bind("holder", holder)
              .execute());
    } catch (JdbiException e) {
      LOG.info("the claims end by themselves: {}", e.getMessage());
    }
  }
}

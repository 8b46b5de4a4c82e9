package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/// Copies everything for an administrator, and remembers who has it.
///
/// That a copy was begun is durable before its first byte leaves: what left cannot be called back.
public final class Backups {
  private final Copier copier;
  private final Commits commits;
  private final TrustedTime time;
  private final Semaphore places = new Semaphore(1);

  /// Whoever can copy everything.
  @FunctionalInterface
  public interface Copier {
    /// Writes a copy as of now; the stream stays open.
    ///
    /// @throws Refused when it is not to be had in this form
    Copied copyTo(OutputStream out, Form form) throws Refused, IOException;
  }

  /// How the copy is to be protected.
  ///
  /// @param recipient the certificate (PEM) of the one who can read it; without one, anybody can
  /// @param withWrappingKey whether it holds the key that opens the authorities' keys in it too
  public record Form(Optional<String> recipient, boolean withWrappingKey) {
    public static final Form CLEAR = new Form(Optional.empty(), false);
  }

  /// A copy.
  ///
  /// @param digest of all its bytes, SHA-256 in hexadecimal
  /// @param ledger the number of the last entry that is in it
  public record Copied(Instant at, long rows, long bytes, String digest, long ledger) {}

  public Backups(Copier copier, Commits commits, TrustedTime time) {
    this.copier = copier;
    this.commits = commits;
    this.time = time;
  }

  /// Says whether a copy would be made, before anything is sent.
  public void check(Form form, Actor actor) throws Refused {
    actor.must(Permission.ADMINISTER);
    if (form.withWrappingKey() && form.recipient().isEmpty()) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "the wrapping key leaves for a recipient alone: with it, a copy in the clear would be"
              + " every authority, for whoever finds it");
    }
  }

  /// Writes a copy; one at a time.
  public Copied make(OutputStream out, Form form, Actor actor) throws Refused, IOException {
    check(form, actor);
    if (!places.tryAcquire()) {
      throw new Refused(Refusal.CONFLICT, "another backup is being made by this server");
    }
    try {
      record(
          EntryKind.BACKUP_BEGUN,
          actor,
          Map.of(
              "sealed", Boolean.toString(form.recipient().isPresent()),
              "wrapping-key", Boolean.toString(form.withWrappingKey())));
      Copied copied = copier.copyTo(out, form);
      Map<String, String> facts = new TreeMap<>();
      facts.put("digest", copied.digest());
      facts.put("rows", Long.toString(copied.rows()));
      facts.put("bytes", Long.toString(copied.bytes()));
      facts.put("ledger", Long.toString(copied.ledger()));
      record(EntryKind.BACKUP_MADE, actor, facts);
      return copied;
    } finally {
      places.release();
    }
  }

  private void record(EntryKind kind, Actor actor, Map<String, String> facts) {
    commits.commit(
        new Decision(
            List.of(),
            List.of(new Entry(kind, time.instant(), actor.name(), Optional.empty(), facts))));
  }
}

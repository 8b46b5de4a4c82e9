package io.cardea.apps.server;

import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.Replay;
import io.cardea.life.ledger.Chain;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.Certificate;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.backup.Restore;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What else tells of the time after a backup: the ledger's export, and revocation lists that were
/// published (R12).
///
/// @param ledger what `cardea ledger export FILE` wrote
/// @param lists CRLs of our authorities, DER or PEM
public record PastRecords(Optional<Path> ledger, List<Path> lists) {
  public static final PastRecords NONE = new PastRecords(Optional.empty(), List.of());
  private static final int BATCH = 5_000;
  private static final int LANES = 32;
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final int INTEGER_AT = 4;

  public PastRecords {
    lists = List.copyOf(lists);
  }

  /// What was brought.
  ///
  /// @param entries of the ledger that are younger than the backup
  /// @param replayed how many of them changed something
  /// @param missing what entries say was made, and do not hold, by kind
  /// @param revoked certificates that a list names and the backup did not
  public record Brought(long entries, long replayed, Map<String, Long> missing, long revoked) {}

  /// Reads all of it, before anything is written.
  void check(LongWork work) throws IOException, GeneralSecurityException {
    if (ledger.isPresent()) {
      long[] count = {0};
      LedgerFile.read(ledger.get(), _ -> work.at("checking the ledger", ++count[0], 0));
    }
    for (Path list : lists) {
      read(list);
    }
  }

  /// Brings the entries that are younger than the backup.
  ///
  /// @param head of the backup's ledger
  /// @throws IOException when the export is that of another ledger
  void importLedger(Restore restore, Chain head) throws IOException {
    if (ledger.isPresent()) {
      List<Ledger.Recorded> batch = new ArrayList<>();
      boolean[] met = {head.number() == 0};
      LedgerFile.read(
          ledger.get(),
          line -> {
            if (line.chain().number() == head.number()) {
              met[0] = true;
              if (!line.chain().equals(head)) {
                throw new IOException(
                    ledger.get()
                        + " is of another ledger: at entry "
                        + head.number()
                        + " it is not the one of the backup");
              }
            }
            if (line.chain().number() > head.number()) {
              if (!met[0]) {
                throw new IOException(
                    ledger.get() + " is of another ledger: it has no entry " + head.number());
              }
              batch.add(line.recorded());
              if (batch.size() == BATCH) {
                restore.importLedger(batch.iterator());
                batch.clear();
              }
            }
          });
      restore.importLedger(batch.iterator());
    }
  }

  /// Lets the numbers of our revocation lists go on above those that the given ones have.
  void raiseNumbers(PostgresStore store, Restore restore)
      throws IOException, GeneralSecurityException {
    for (Path file : lists) {
      X509CRL list = read(file);
      byte[] number = list.getExtensionValue(CRL_NUMBER);
      if (number != null && number.length > INTEGER_AT) {
        // An octet string around an integer, both of short length: at most twenty octets.
        restore.raiseListNumbers(
            issuer(store.authorities(), file, list).id().value(),
            new BigInteger(Arrays.copyOfRange(number, INTEGER_AT, number.length)));
      }
    }
  }

  /// Brings what those entries and the lists did.
  Brought replay(PostgresStore store, TrustedTime time, Chain head, LongWork work)
      throws IOException, Refused, GeneralSecurityException {
    Replay replay = new Replay(store, store, store, store, new ProvenRotation(), time);
    long entries = 0;
    long replayed = 0;
    Map<String, Long> missing = Map.of();
    if (ledger.isPresent()) {
      try (ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor()) {
        Lanes run = new Lanes(replay, lanes, work);
        LedgerFile.read(
            ledger.get(),
            line -> {
              if (line.chain().number() > head.number()) {
                run.take(line);
              }
            });
        run.flush();
        entries = run.entries;
        replayed = run.replayed;
        missing = run.missing;
      }
    }
    return new Brought(entries, replayed, missing, revoke(store, replay));
  }

  /// Each device's entries one after the other, many devices at once; what is about no device comes
  /// before, since devices rest on it.
  private static final class Lanes {
    private final Replay replay;
    private final ExecutorService threads;
    private final LongWork work;
    private final List<LedgerFile.Line> batch = new ArrayList<>();
    private final Map<String, Long> missing = new TreeMap<>();
    private long entries;
    private long replayed;

    Lanes(Replay replay, ExecutorService threads, LongWork work) {
      this.replay = replay;
      this.threads = threads;
      this.work = work;
    }

    void take(LedgerFile.Line line) throws IOException {
      batch.add(line);
      if (batch.size() == BATCH) {
        flush();
      }
    }

    void flush() throws IOException {
      List<List<LedgerFile.Line>> lanes = new ArrayList<>();
      for (int i = 0; i <= LANES; i++) {
        lanes.add(new ArrayList<>());
      }
      for (LedgerFile.Line line : batch) {
        lanes
            .get(line.entry().device().map(id -> 1 + Math.floorMod(id.hashCode(), LANES)).orElse(0))
            .add(line);
      }
      batch.clear();
      run(lanes.subList(0, 1));
      run(lanes.subList(1, lanes.size()));
      work.at("replaying", entries, 0);
    }

    private void run(List<List<LedgerFile.Line>> lanes) throws IOException {
      List<Future<List<Replay.Effect>>> running =
          lanes.stream().map(lane -> threads.submit(() -> all(lane))).toList();
      for (int i = 0; i < lanes.size(); i++) {
        try {
          List<Replay.Effect> effects = running.get(i).get();
          for (int j = 0; j < effects.size(); j++) {
            count(lanes.get(i).get(j), effects.get(j));
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
          throw new IOException("an entry cannot be replayed: " + e.getCause(), e);
        }
      }
    }

    private List<Replay.Effect> all(List<LedgerFile.Line> lane) throws Refused {
      List<Replay.Effect> effects = new ArrayList<>();
      for (LedgerFile.Line line : lane) {
        effects.add(replay.bring(line.entry()));
      }
      return effects;
    }

    private void count(LedgerFile.Line line, Replay.Effect effect) {
      entries++;
      switch (effect) {
        case REPLAYED -> replayed++;
        case NOT_IN_THE_LEDGER -> missing.merge(line.entry().kind().word(), 1L, Long::sum);
        case NOTHING -> {}
      }
    }
  }

  private long revoke(PostgresStore store, Replay replay)
      throws IOException, GeneralSecurityException, Refused {
    long revoked = 0;
    for (Path file : lists) {
      X509CRL list = read(file);
      Authority authority = issuer(store.authorities(), file, list);
      if (list.getRevokedCertificates() == null) {
        continue;
      }
      for (X509CRLEntry entry : list.getRevokedCertificates()) {
        Optional<RevocationReason> reason = reason(entry);
        if (reason.isPresent()
            && replay.revoke(
                authority,
                entry.getSerialNumber(),
                reason.get(),
                entry.getRevocationDate().toInstant())) {
          revoked++;
        }
      }
    }
    return revoked;
  }

  /// Nothing for a hold, which is no revocation: who put the device into quarantine does so again.
  private static Optional<RevocationReason> reason(X509CRLEntry entry) {
    if (entry.getRevocationReason() == null) {
      return Optional.of(RevocationReason.UNSPECIFIED);
    }
    return switch (entry.getRevocationReason()) {
      case KEY_COMPROMISE, CA_COMPROMISE, AA_COMPROMISE ->
          Optional.of(RevocationReason.KEY_COMPROMISE);
      case AFFILIATION_CHANGED -> Optional.of(RevocationReason.AFFILIATION_CHANGED);
      case SUPERSEDED -> Optional.of(RevocationReason.SUPERSEDED);
      case CESSATION_OF_OPERATION -> Optional.of(RevocationReason.CESSATION_OF_OPERATION);
      case PRIVILEGE_WITHDRAWN -> Optional.of(RevocationReason.PRIVILEGE_WITHDRAWN);
      case CERTIFICATE_HOLD, REMOVE_FROM_CRL -> Optional.empty();
      case UNSPECIFIED, UNUSED -> Optional.of(RevocationReason.UNSPECIFIED);
    };
  }

  private static Authority issuer(List<Authority> authorities, Path file, X509CRL list)
      throws IOException {
    for (Authority authority : authorities) {
      Certificate its = authority.certificate();
      try {
        list.verify(its.toX509().getPublicKey());
        return authority;
      } catch (GeneralSecurityException e) {
        // Another authority's, or nobody's: said below.
      }
    }
    throw new IOException(file + " was signed by none of the authorities of the backup");
  }

  private static X509CRL read(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
    }
  }
}

package io.cardea.apps.server.revocation;

import io.cardea.life.TrustedTime;
import io.cardea.life.pki.OcspResponder;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.RevocationLists;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Signatories;
import io.cardea.life.pki.StatusListener;
import io.cardea.protocols.edge.Routes;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// All that one replica answers about certificates that were issued, put together.
public final class RevocationData {
  private final Freshness freshness;
  private final CrlDoor crl;
  private final OcspDoor ocsp;

  private RevocationData(Freshness freshness, CrlDoor crl, OcspDoor ocsp) {
    this.freshness = freshness;
    this.crl = crl;
    this.ocsp = ocsp;
  }

  /// @param listMemory how many octets of lists are remembered
  /// @param answerMemory how many octets of answers are remembered
  /// @param answerLife how long an answer may be believed
  /// @param nonces whether a question's nonce is repeated
  public record Settings(long listMemory, long answerMemory, Duration answerLife, boolean nonces) {}

  /// Is told what happens.
  public interface Observer extends RevocationLists.Observer, OcspEvents {
    /// How much is remembered can be asked for from now on.
    default void remembers(RevocationMemory memory) {}
  }

  /// How much is remembered.
  public interface RevocationMemory {
    int answers();

    long octets();
  }

  /// Nothing is told from memory until [#listener] is told what changes.
  public static RevocationData of(
      Revocations store,
      Signatories signatories,
      OcspResponder.Signers signers,
      PublicUrls urls,
      TrustedTime time,
      Observer observer,
      Settings settings) {
    OcspMemory memory = new OcspMemory(settings.answerMemory());
    Freshness freshness = new Freshness(memory);
    RevocationLists lists = new RevocationLists(store, signatories, urls, time, observer);
    CrlDoor crl = new CrlDoor(lists, freshness, time, settings.listMemory());
    OcspResponder responder =
        new OcspResponder(store, signers, time, settings.answerLife(), settings.nonces());
    OcspDoor ocsp = new OcspDoor(responder, memory, freshness, signatories, time, observer);
    observer.remembers(
        new RevocationMemory() {
          @Override
          public int answers() {
            return memory.answers();
          }

          @Override
          public long octets() {
            return memory.octets();
          }
        });
    return new RevocationData(freshness, crl, ocsp);
  }

  public Routes.Builder routes() {
    return Routes.builder().include(crl.routes()).include(ocsp.routes());
  }

  /// Has those lists made anew that are due, and returns those that cannot be: what each is, and
  /// until when the last one holds.
  public List<String> overdueLists() {
    return freshness.shards().stream()
        .sorted(Comparator.comparing(shard -> shard.authority() + "/" + shard.number()))
        .flatMap(shard -> crl.overdue(shard).stream())
        .toList();
  }

  /// Who is to be told of every change of status.
  public StatusListener listener() {
    return freshness;
  }
}

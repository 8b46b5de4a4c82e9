package io.cardea.trials.bench.rig;

import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.Registry;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.platform.keys.SoftwareAuthorityKeys;
import io.cardea.platform.keys.WrappingKey;
import io.cardea.platform.store.PostgresStore;
import io.cardea.trials.bench.load.Identity;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// A fleet that has been here for a while: devices, each with a key of its own, a certificate that
/// the server's authority really issued, and its history in the ledger, written through the
/// product's own commit port. Nothing is a placeholder: the server can open all of it.
public final class Population {
  /// Above what any run asks of one device: R5 is not what is measured here.
  public static final int CANDIDATES_PER_TENTH = 1_000_000;

  public static final String DEVICE_CLASS = "bench";
  private static final int DEVICES_IN_A_COMMIT = 32;
  private static final int COMMITS_AT_ONCE = 16;

  private Population() {}

  /// Makes server, authorities and fleet in the place, and leaves nothing running.
  ///
  /// @param kept how many identities the caller wants to play
  /// @return the identities of the first devices
  public static List<Identity> settle(Place place, int devices, int kept)
      throws IOException, ConfigException, StartFailure, Refused {
    List<Identity> identities;
    try (Server server = Server.start(Config.of(place.config()))) {
      identities = settle(place, server.store(), devices, kept);
    }
    return identities;
  }

  private static List<Identity> settle(Place place, PostgresStore store, int devices, int kept)
      throws IOException, Refused {
    InstantSource time = InstantSource.system();
    CryptoBackend crypto = CryptoBackends.fastest();
    DeviceClass bench = benchClass();
    new Registry(store, store, time).saveClass(bench, Actor.SERVER);
    Issuer issuer = issuer(place, store, crypto);
    Profile profile =
        store.profiles().stream()
            .filter(known -> known.name().equals(bench.profile()))
            .findFirst()
            .orElseThrow();
    Newcomers newcomers = new Newcomers(issuer, profile, bench, crypto);
    BareMain.writeMaterial(place, issuer, store, crypto, time.instant());
    List<Identity> identities = new ArrayList<>();
    List<CompletableFuture<List<Identity>>> commits = new ArrayList<>();
    Semaphore room = new Semaphore(COMMITS_AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int from = 0; from < devices; from += DEVICES_IN_A_COMMIT) {
        int first = from;
        int count = Math.min(DEVICES_IN_A_COMMIT, devices - from);
        room.acquireUninterruptibly();
        commits.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    Newcomers.Arrived arrived =
                        newcomers.arrive(first, count, kept, time.instant());
                    commit(store, arrived.decision());
                    return arrived.identities();
                  } finally {
                    room.release();
                  }
                },
                threads));
      }
    }
    try {
      commits.forEach(commit -> identities.addAll(commit.join()));
    } catch (CompletionException e) {
      throw new IOException("the fleet was not settled: " + e.getCause(), e);
    }
    return identities;
  }

  private static DeviceClass benchClass() {
    DeviceClass usual = DeviceClass.of(DEVICE_CLASS, "device");
    return new DeviceClass(
        usual.name(),
        usual.profile(),
        usual.longestSilence(),
        usual.grace(),
        usual.settling(),
        CANDIDATES_PER_TENTH,
        usual.onFork(),
        usual.keepsRecoveryToken());
  }

  private static Issuer issuer(Place place, PostgresStore store, CryptoBackend crypto)
      throws IOException, Refused {
    Authority authority =
        store.authorities().stream()
            .filter(known -> known.kind() == Authority.Kind.ISSUING)
            .findFirst()
            .orElseThrow();
    WrappingKey wrapping = WrappingKey.find(Map.of(), place.server().resolve("wrapping.key"));
    return new Issuer(
        authority,
        new SoftwareAuthorityKeys(crypto, wrapping).open(authority.key()),
        crypto,
        new PublicUrls(URI.create("http://localhost:" + place.ports().http())));
  }

  private static void commit(Commits store, Decision decision) {
    if (!(store.commit(decision) instanceof Outcome.Committed)) {
      throw new IllegalStateException("a new device did not fit into an empty fleet");
    }
  }
}

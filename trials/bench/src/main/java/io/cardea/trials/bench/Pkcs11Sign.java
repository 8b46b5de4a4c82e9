package io.cardea.trials.bench;

import io.cardea.life.Refused;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.AuthorityMaker;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Csr;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.platform.keys.Keyring;
import io.cardea.platform.keys.PinFile;
import io.cardea.platform.keys.Pkcs11Keys;
import io.cardea.platform.keys.Pkcs11Token;
import io.cardea.platform.keys.SoftwareAuthorityKeys;
import io.cardea.platform.keys.WrappingKey;
import io.cardea.trials.bench.load.CsrMaker;
import io.cardea.trials.bench.rig.Place;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Issuing with the authority's key in a PKCS#11 token, SoftHSM, beside the same with the key in
/// software: request parsed, its proof checked, certificate built, linted and signed; no network
/// and no database, which would hide the difference.
@SuppressWarnings("restricted") // Native access, for one call of setenv.
final class Pkcs11Sign implements Scenario {
  private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final String PIN = "cardea-bench";
  private static final int IN_FLIGHT = 64;
  private static final int SESSIONS = 4;
  private static final int REQUESTS = 4_096;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    if (!Files.exists(MODULE)) {
      throw new BenchFailure(
          "p11-sign", new IOException(MODULE + " is not there: apt-get install softhsm2"));
    }
    try (Place place = Place.make(plan.parent());
        Pkcs11Token token = token(place)) {
      Conditions conditions =
          Conditions.of(plan, place)
              .with("in_flight", IN_FLIGHT)
              .with("sessions", SESSIONS)
              .with("authority_key", CertKey.EC_P256)
              .with("token", "SoftHSM 2 in this process");
      CryptoBackend crypto = CryptoBackends.fastest();
      Keyring keys =
          new Keyring(
              new SoftwareAuthorityKeys(
                  crypto, WrappingKey.readOrCreate(place.root().resolve("wrapping.key"))),
              Optional.of(new Pkcs11Keys(token, crypto)));
      Work work = new Work(crypto, plan);
      Issuer software = issuer(keys, crypto, KeyHome.SOFTWARE);
      Issuer hardware = issuer(keys, crypto, KeyHome.PKCS11);
      plan.say("p11-sign: warming up");
      work.slice(software, plan.warmUp().dividedBy(2));
      work.slice(hardware, plan.warmUp().dividedBy(2));
      double inSoftware = 0;
      double inToken = 0;
      for (int i = 0; i < plan.slices(); i++) {
        inToken += work.slice(hardware, plan.slice());
        inSoftware += work.slice(software, plan.slice());
      }
      inSoftware /= plan.slices();
      inToken /= plan.slices();
      return List.of(
          new Figure(
              "p11-sign",
              inToken,
              "certificates/s",
              null,
              null,
              null,
              new Figure.Reference("key in software", inSoftware, null),
              inToken / inSoftware,
              conditions.with("failures", "none").all()));
    } catch (IOException | Refused e) {
      throw new BenchFailure("p11-sign", e);
    }
  }

  private static Issuer issuer(AuthorityKeys keys, CryptoBackend crypto, KeyHome home)
      throws Refused {
    PublicUrls urls = PublicUrls.of("http://pki.example.com");
    AuthorityMaker maker = new AuthorityMaker(keys, crypto, urls);
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    Authority root = maker.root("Bench Root", home, now);
    Authority issuing = maker.issuing("Bench CA", root, keys.open(root.key()), home, now);
    return new Issuer(issuing, keys.open(issuing.key()), crypto, urls);
  }

  /// Closed loop: so many at once, each with the next of some thousand different requests.
  private static final class Work {
    private final CryptoBackend crypto;
    private final List<io.cardea.trials.bench.load.Csr> requests;
    private final Profile profile = Profile.device("fleet.example.com", Duration.ofDays(90));

    Work(CryptoBackend crypto, Plan plan) {
      this.crypto = crypto;
      plan.say("p11-sign: making " + REQUESTS + " requests");
      this.requests = new CsrMaker(crypto).make(REQUESTS);
    }

    /// Returns how many a second.
    double slice(Issuer issuer, Duration length) throws Refused {
      AtomicLong issued = new AtomicLong();
      AtomicReference<Optional<Refused>> refused = new AtomicReference<>(Optional.empty());
      long begun = System.nanoTime();
      long end = begun + length.toNanos();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < IN_FLIGHT; i++) {
          int first = i * (REQUESTS / IN_FLIGHT);
          threads.execute(() -> {
            int next = first;
            try {
              while (System.nanoTime() < end && refused.get().isEmpty()) {
                issue(issuer, next++ % REQUESTS);
                issued.incrementAndGet();
              }
            } catch (Refused e) {
              refused.set(Optional.of(e));
            }
          });
        }
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      if (refused.get().isPresent()) {
        throw refused.get().get();
      }
      return issued.get() / seconds;
    }

    private void issue(Issuer issuer, int number) throws Refused {
      Csr csr = Csr.parse(requests.get(number).der()).verified(crypto);
      var _ =
          issuer.issue(
              issuer.prepare(
                  profile,
                  IssuanceRequest.forDevice(
                      "pump-" + number, csr.key(), Instant.parse("2026-11-21T12:00:00Z"))));
    }
  }

  private static Pkcs11Token token(Place place) throws IOException {
    Path folder = Files.createDirectory(place.root().resolve("token"));
    Path tokens = Files.createDirectory(folder.resolve("tokens"));
    Path conf =
        Files.writeString(
            folder.resolve("softhsm2.conf"), "directories.tokendir = " + tokens + "\n");
    Path pin = Files.writeString(folder.resolve("pin"), PIN);
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    setEnvironment("SOFTHSM2_CONF", conf.toString());
    ProcessBuilder builder =
        new ProcessBuilder(
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                "bench",
                "--so-pin",
                PIN,
                "--pin",
                PIN)
            .redirectErrorStream(true)
            .redirectOutput(place.log("token").toFile());
    builder.environment().put("SOFTHSM2_CONF", conf.toString());
    try {
      if (builder.start().waitFor() != 0) {
        throw new IOException(Files.readString(place.log("token")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped while the token was made", e);
    }
    return new Pkcs11Token(
        new Pkcs11Token.Settings(
            MODULE, "bench", new PinFile(pin), Duration.ofSeconds(30), SESSIONS, 256));
  }

  /// The module reads where its tokens are from this process's environment, which Java cannot set.
  private static void setEnvironment(String name, String value) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().find("setenv").orElseThrow(),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_INT))
                  .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
      if (failed != 0) {
        throw new IllegalStateException("setenv failed");
      }
    } catch (Throwable e) {
      throw new IllegalStateException("the environment could not be set", e);
    }
  }
}

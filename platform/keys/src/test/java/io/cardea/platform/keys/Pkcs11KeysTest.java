package io.cardea.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeyContract;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.WrappedKey;
import io.cardea.life.testing.NeedsTool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real thing in software: SoftHSM behind its PKCS#11 module.
@NeedsTool({"softhsm2-util", "pkcs11-tool", "p11-kit"})
class Pkcs11KeysTest extends AuthorityKeyContract {
  private static final byte[] DATA = "a pump in hall 3".getBytes(StandardCharsets.UTF_8);
  private static final SoftHsm HSM = SoftHsm.shared();
  private static Pkcs11Token token;
  private static Pkcs11Token otherToken;

  @TempDir private Path folder;

  @BeforeAll
  static void makeTokens() throws Exception {
    HSM.token("cardea-test");
    HSM.token("cardea-other");
    HSM.token("cardea-remote");
    HSM.token("cardea-pin");
    token = HSM.open("cardea-test");
    otherToken = HSM.open("cardea-other");
  }

  @AfterAll
  static void close() {
    token.close();
    otherToken.close();
  }

  @Override
  protected AuthorityKeys keys() {
    return new Pkcs11Keys(token, CryptoBackends.fastest());
  }

  @Override
  protected AuthorityKeys otherKeys() {
    return new Pkcs11Keys(otherToken, CryptoBackends.fastest());
  }

  @Override
  protected KeyHome home() {
    return KeyHome.PKCS11;
  }

  @Override
  protected Set<CertKey> kinds() {
    Set<CertKey> kinds = EnumSet.copyOf(CertKey.USUAL);
    kinds.add(CertKey.ED25519);
    return kinds;
  }

  @Test
  void keyMadeByAnotherTool_isFoundByLabelAndById() throws Exception {
    HSM.run(
        "pkcs11-tool",
        "--module",
        "/usr/lib/softhsm/libsofthsm2.so",
        "--token-label",
        "cardea-test",
        "--pin",
        SoftHsm.PIN,
        "--keypairgen",
        "--key-type",
        "EC:prime256v1",
        "--label",
        "old-ca",
        "--id",
        "a1b2");
    Path der = folder.resolve("key.der");
    HSM.run(
        "pkcs11-tool",
        "--module",
        "/usr/lib/softhsm/libsofthsm2.so",
        "--token-label",
        "cardea-test",
        "--read-object",
        "--type",
        "pubkey",
        "--label",
        "old-ca",
        "--output-file",
        der.toString());
    SubjectPublicKey publicKey = SubjectPublicKey.of(Files.readAllBytes(der));

    // What another process made is seen by a module that begins anew.
    try (Pkcs11Token fresh = HSM.open("cardea-test")) {
      AuthorityKeys keys = new Pkcs11Keys(fresh, CryptoBackends.fastest());
      for (String name : List.of("old-ca", "A1b2")) {
        AuthorityKey key = keys.open(keys.inToken(publicKey, name));
        assertThat(CryptoBackends.pureJava().verify(key.scheme(), publicKey, DATA, key.sign(DATA)))
            .isTrue();
      }
      assertRefused(Refusal.NOT_FOUND, () -> keys.inToken(publicKey, "nobody"));
    }
  }

  @Test
  void privateKey_neverLeavesTheToken() throws Exception {
    keys().create(CertKey.EC_P256, KeyHome.PKCS11);

    String objects =
        HSM.run(
            "pkcs11-tool",
            "--module",
            "/usr/lib/softhsm/libsofthsm2.so",
            "--token-label",
            "cardea-test",
            "--pin",
            SoftHsm.PIN,
            "--list-objects",
            "--type",
            "privkey");

    assertThat(objects).contains("cardea ").contains("sensitive").contains("never extractable");
    assertRefused(
        Refusal.NOT_OFFERED,
        () -> keys().adopt(keys().create(CertKey.EC_P256, KeyHome.PKCS11).publicKey(), DATA));
  }

  @Test
  void tokenThatIsGoneAndBack_goesOnWithTheKeysThatWereOpen() throws Exception {
    try (RemoteHsm remote = new RemoteHsm(HSM, "cardea-remote");
        Pkcs11Token token = remote.open(Duration.ofSeconds(20), 2, 16)) {
      AuthorityKeys keys = new Pkcs11Keys(token, CryptoBackends.fastest());
      WrappedKey wrapped = keys.create(CertKey.EC_P256, KeyHome.PKCS11);
      AuthorityKey key = keys.open(wrapped);

      remote.pull();

      assertRefused(Refusal.AUTHORITY_UNAVAILABLE, () -> key.sign(DATA));
      await(() -> !token.isThere());
      long begun = System.nanoTime();
      assertRefused(Refusal.AUTHORITY_UNAVAILABLE, () -> keys.open(wrapped));
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .as("nobody waits for a token that is known to be gone")
          .isLessThan(Duration.ofSeconds(10));
      remote.putBack();
      await(token::isThere);
      assertThat(
              CryptoBackends.pureJava().verify(key.scheme(), key.publicKey(), DATA, key.sign(DATA)))
          .isTrue();
      assertThat(keys.open(wrapped).sign(DATA)).isNotEmpty();
    }
  }

  /// The process behind the token is stopped in the middle, and goes on later.
  @Test
  void tokenThatHangs_isNotWaitedForLongerThanItsTime() throws Exception {
    try (RemoteHsm remote = new RemoteHsm(HSM, "cardea-remote");
        Pkcs11Token token = remote.open(Duration.ofSeconds(2), 1, 2)) {
      AuthorityKeys keys = new Pkcs11Keys(token, CryptoBackends.fastest());
      AuthorityKey key = keys.open(keys.create(CertKey.EC_P256, KeyHome.PKCS11));
      remote.hang();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Boolean>> signed = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          signed.add(threads.submit(() -> signs(key)));
        }
        for (Future<Boolean> each : signed) {
          assertThat(each.get()).isFalse();
        }
      }
      assertThat(token.waiting()).isLessThanOrEqualTo(2);

      remote.goOn();

      // Whoever gave up is not served after all; the next one is.
      await(() -> signs(key));
    }
  }

  @Test
  void wrongPin_isTriedOnce() throws Exception {
    Path pin = Files.writeString(folder.resolve("pin"), "wrong-pin");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    try (Pkcs11Token refused =
        HSM.open("cardea-pin", new PinFile(pin), Duration.ofSeconds(5), 1, 2)) {
      assertThatThrownBy(() -> refused.call((module, session, handles) -> 1))
          .hasMessageContaining("PIN refused")
          .hasMessageNotContaining("wrong-pin");
    }
  }

  @Test
  void pinFileOpenToOthers_isNotRead() throws Exception {
    Path pin = Files.writeString(folder.resolve("pin"), SoftHsm.PIN);
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> new PinFile(pin).read())
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining(SoftHsm.PIN);
  }

  @Test
  void keyring_findsTheHomeByTheId() throws Exception {
    AuthorityKeys software =
        new SoftwareAuthorityKeys(
            CryptoBackends.fastest(), WrappingKey.readOrCreate(folder.resolve("wrapping.key")));
    Keyring both = new Keyring(software, Optional.of(keys()));
    for (KeyHome each : KeyHome.values()) {
      WrappedKey wrapped = both.create(CertKey.EC_P256, each);
      assertThat(wrapped.home()).isEqualTo(each);
      assertThat(both.open(wrapped).sign(DATA)).isNotEmpty();
    }
    assertRefused(
        Refusal.AUTHORITY_UNAVAILABLE,
        () -> new Keyring(software, Optional.empty()).create(CertKey.EC_P256, KeyHome.PKCS11));
  }

  private static boolean signs(AuthorityKey key) {
    try {
      return key.sign(DATA).length > 0;
    } catch (Refused gone) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a minute").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private interface Act {
    Object run() throws Exception;
  }

  private static void assertRefused(Refusal refusal, Act act) {
    assertThatThrownBy(act::run)
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(refusal);
  }
}

package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.Serial;
import io.cardea.platform.store.PostgresStore;
import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.Declined;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// EST clients that were written for other servers: they know nothing of proofs and windows, and
/// keep one credential. All of them live through the same short life of a certificate.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StockClientTest {
  private static final Duration LIFE = Duration.ofSeconds(20);
  private static final Duration NEAR_THE_END = Duration.ofSeconds(5);
  private static final String CLASS = "stock";
  private static final InstantSource TIME = InstantSource.system();

  @Test
  void stockClients_areAcceptedUntilTheirCertificatesExpire() throws Exception {
    try (Home home = Home.create();
        TrialServer server =
            TrialServer.start(home.resolve("server"), Map.of("credentials.keep-expired", "1s"))) {
      server.api().saveProfile(CLASS, LIFE, Duration.ofSeconds(1));
      // The hardest class: whatever is old is retired as soon as it may be.
      TrialServer.createClass(
          server.api(),
          CLASS,
          CLASS,
          Map.of(
              "longest_silence_seconds", 1,
              "settling_seconds", 1,
              "grace_seconds", 0,
              "keeps_recovery_token", true));
      PlainDevice overwriting = server.device("overwriting", CLASS);
      PlainDevice forgetful = server.device("forgetful", CLASS);
      PlainDevice silent = server.device("silent", CLASS);
      PlainDevice proving = server.device("proving", CLASS);
      PlainDevice wasteful = server.device("wasteful", CLASS);

      // Overwrites its key at once, and is then silent until it needs the new one.
      ClientIdentity overwritten = used(overwriting);
      ClientIdentity unproven = overwriting.renewed(overwritten);
      // Throws the new one away, and goes on with the old one.
      ClientIdentity kept = used(forgetful);
      forgetful.renewed(kept);
      // The same, and says nothing for the whole life.
      ClientIdentity silently = used(silent);
      silent.renewed(silently);
      // The control: what a proof does to the older one, nothing else may do.
      ClientIdentity older = used(proving);
      ClientIdentity newer = proving.renewed(older);
      assertThat(proving.isAdmitted(newer)).isTrue();
      // Two, and uses neither.
      ClientIdentity wasted = wasteful.enrolled();
      ClientIdentity youngest = wasteful.enrolled();

      Eventually.until(
          "the proven renewal's predecessor is retired, the others' are not",
          () -> {
            assertThat(forgetful.isAdmitted(kept)).isTrue();
            return stateOf(server, older) == CredentialState.RETIRED; // a use would prolong it
          });
      assertThat(declined(proving.use(older), Refusal.CREDENTIAL_RETIRED)).isTrue();
      Eventually.until(
          "the life is nearly over", () -> leftOf(silently).compareTo(NEAR_THE_END) < 0);
      assertThat(silent.use(silently)).isInstanceOf(Admitted.class);
      assertThat(forgetful.use(kept)).isInstanceOf(Admitted.class);
      assertThat(overwriting.use(unproven)).isInstanceOf(Admitted.class);
      ClientIdentity next = forgetful.renewed(kept);
      assertThat(forgetful.isAdmitted(next)).isTrue();
      assertThat(overwriting.isAdmitted(overwriting.renewed(unproven))).isTrue();
      assertThat(server.ledger().holds()).isEqualTo(12);
      Eventually.until(
          "the certificate ends when it says so",
          () -> declined(silent.use(silently), Refusal.CREDENTIAL_EXPIRED));
      assertThat(leftOf(silently)).isLessThanOrEqualTo(Duration.ZERO);
      removed(server, wasteful, wasted, youngest);
    }
  }

  /// What expired beyond its grace leaves by itself, and is refused by its name all the same.
  private static void removed(
      TrialServer server, PlainDevice device, ClientIdentity gone, ClientIdentity youngest)
      throws Exception {
    PostgresStore store = server.server().store();
    Fingerprint certificate = PlainDevice.fingerprint(gone);
    Eventually.until(
        "the expired certificate is removed",
        () -> store.credentialByCertificate(certificate).isEmpty());
    assertThat(declined(device.use(gone), Refusal.CREDENTIAL_EXPIRED)).isTrue();
    assertThat(device.renew(gone, PlainDevice.key()))
        .isInstanceOfSatisfying(
            Declined.class,
            answer -> assertThat(answer.code()).isEqualTo(Refusal.CREDENTIAL_EXPIRED.code()));
    assertThat(store.credentialByCertificate(certificate)).as("it stays removed").isEmpty();
    assertThat(store.credentialByCertificate(PlainDevice.fingerprint(youngest))).isPresent();
    Serial serial = new Serial(gone.certificate().getSerialNumber());
    assertThat(store.authorities())
        .allSatisfy(authority ->
            assertThat(store.status(authority.id(), serial))
                .isEqualTo(new CertificateStatus.Unknown()));
    assertThat(server.ledger().entries())
        .extracting(Entry::kind)
        .contains(EntryKind.CREDENTIAL_PRUNED);
  }

  private static ClientIdentity used(PlainDevice device) throws Exception {
    ClientIdentity identity = device.enrolled();
    assertThat(device.isAdmitted(identity)).isTrue();
    return identity;
  }

  private static CredentialState stateOf(TrialServer server, ClientIdentity identity) {
    return server
        .server()
        .store()
        .credentialByCertificate(PlainDevice.fingerprint(identity))
        .orElseThrow()
        .state();
  }

  private static Duration leftOf(ClientIdentity identity) {
    Instant end = identity.certificate().getNotAfter().toInstant();
    return Duration.between(TIME.instant(), end);
  }

  private static boolean declined(Admission admission, Refusal refusal) {
    return admission instanceof Declined declined && declined.code().equals(refusal.code());
  }
}

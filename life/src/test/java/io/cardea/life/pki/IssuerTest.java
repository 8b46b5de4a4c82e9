package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IssuerTest {
  private static final Profile DEVICE = Profile.device("fleet.internal", Duration.ofDays(90));
  private static final Instant AT = Ceremony.AT;

  private Ceremony ceremony;
  private SubjectPublicKey key;

  @BeforeEach
  void ceremony() throws Refused {
    ceremony = new Ceremony();
    key = ceremony.newKey(CertKey.EC_P256);
  }

  @Test
  void issued_carriesTheIdentityTheKeyAndTheDates() throws Refused {
    IssuedCertificate issued = issue(DEVICE, "pump-17", AT);
    Certificate certificate = issued.certificate();
    assertThat(certificate.subject()).isEqualTo("CN=pump-17");
    assertThat(certificate.alternativeNames().uris())
        .containsExactly("spiffe://fleet.internal/device/pump-17");
    assertThat(certificate.publicKey()).isEqualTo(key);
    assertThat(certificate.isSignedBy(ceremony.issuing.certificate(), ceremony.backend)).isTrue();
    assertThat(certificate.isSignedBy(ceremony.root.certificate(), ceremony.backend)).isFalse();
    assertThat(certificate.isAuthority()).isFalse();
    assertThat(issued.notBefore())
        .isEqualTo(certificate.notBefore())
        .isEqualTo(AT.minus(Duration.ofHours(1)));
    assertThat(issued.notAfter())
        .isEqualTo(certificate.notAfter())
        .isEqualTo(AT.plus(Duration.ofDays(90)));
    assertThat(issued.serial()).isEqualTo(certificate.serial());
    assertThat(issued.fingerprint()).isEqualTo(Fingerprint.of(issued.der()));
    assertThat(issued.keyFingerprint()).isEqualTo(key.fingerprint());
    assertThat(issued.authority()).isEqualTo(ceremony.issuing.id());
    assertThat(Optional.of(issued.certId())).isEqualTo(CertId.of(certificate));
  }

  @Test
  void ticket_isRedeemedOnce() throws Refused {
    Prepared ticket = ceremony.issuer.prepare(DEVICE, request("pump-17", AT));
    assertThat(ceremony.issuer.issue(ticket)).isNotNull();
    assertThatThrownBy(() -> ceremony.issuer.issue(ticket))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ticket_isRedeemedOnceByManyThreadsToo() throws Exception {
    Prepared ticket = ceremony.issuer.prepare(DEVICE, request("pump-17", AT));
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Boolean>> answers = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        answers.add(
            threads.submit(() -> {
              start.await();
              try {
                return ceremony.issuer.issue(ticket) != null;
              } catch (IllegalStateException e) {
                return false;
              }
            }));
      }
      start.countDown();
      int redeemed = 0;
      for (Future<Boolean> answer : answers) {
        redeemed += answer.get() ? 1 : 0;
      }
      assertThat(redeemed).isEqualTo(1);
    }
  }

  @Test
  void ticketOfAnotherIssuer_isNotRedeemedAndNotSpent() throws Refused {
    Prepared ticket = ceremony.issuer.prepare(DEVICE, request("pump-17", AT));
    Issuer other = new Ceremony().issuer;
    assertThatThrownBy(() -> other.issue(ticket)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ceremony.issuer.issue(ticket)).isNotNull();
  }

  @Test
  void keyOutOfReach_isAuthorityUnavailable() throws Refused {
    Prepared ticket = ceremony.issuer.prepare(DEVICE, request("pump-17", AT));
    ceremony.keys.outOfReach(true);
    assertRefused(Refusal.AUTHORITY_UNAVAILABLE, () -> ceremony.issuer.issue(ticket));
  }

  @Test
  void foreignKey_makesNoIssuer() throws Refused {
    assertRefused(
        Refusal.AUTHORITY_UNAVAILABLE,
        () -> new Issuer(ceremony.issuing, ceremony.rootKey, ceremony.backend, Ceremony.URLS));
  }

  @Test
  void serials_areRandomAndPositive() throws Refused {
    Set<Serial> serials = new HashSet<>();
    int bits = 0;
    for (int i = 0; i < 200; i++) {
      Serial serial = ceremony.issuer.prepare(DEVICE, request("pump-17", AT)).serial();
      assertThat(serial.octets().length).isBetween(9, 17);
      serials.add(serial);
      bits = Math.max(bits, serial.value().bitLength());
    }
    assertThat(serials).hasSize(200);
    assertThat(bits).isEqualTo(128);
  }

  @Test
  void lifeThatOutlastsTheAuthority_isCutShort() throws Refused {
    Instant late = ceremony.issuing.certificate().notAfter().minus(Duration.ofDays(10));
    assertThat(issue(DEVICE, "pump-17", late).notAfter())
        .isEqualTo(ceremony.issuing.certificate().notAfter());
    Instant tooLate = ceremony.issuing.certificate().notAfter();
    assertRefused(Refusal.AUTHORITY_UNAVAILABLE, () -> issue(DEVICE, "pump-17", tooLate));
    Instant tooEarly = AT.minus(Duration.ofDays(2));
    assertRefused(Refusal.AUTHORITY_UNAVAILABLE, () -> issue(DEVICE, "pump-17", tooEarly));
  }

  @Test
  void backdate_stopsAtTheAuthority() throws Refused {
    Profile longAgo = DEVICE.withBackdate(Duration.ofDays(30));
    assertThat(issue(longAgo, "pump-17", AT).notBefore())
        .isEqualTo(ceremony.issuing.certificate().notBefore());
  }

  @Test
  void keyOutsideOfTheProfile_isNotAllowed() throws Refused {
    Profile ecOnly =
        new Profile(
            "ec-only",
            DEVICE.subject(),
            DEVICE.identity(),
            DEVICE.keyUse(),
            DEVICE.extendedKeyUse(),
            DEVICE.life(),
            DEVICE.backdate(),
            Set.of(CertKey.EC_P384),
            false);
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> issue(ecOnly, "pump-17", AT));
  }

  @Test
  void whatAFieldCannotBe_isAProfileViolation() {
    for (String id : List.of("a".repeat(65), "line\nbreak", " ")) {
      assertRefused(Refusal.PROFILE_VIOLATION, () -> issue(DEVICE, id, AT));
    }
    assertRefused(
        Refusal.PROFILE_VIOLATION,
        () ->
            ceremony.issuer.prepare(
                DEVICE, new IssuanceRequest(key, Map.of(), List.of(), List.of(), AT, 0)));
  }

  @Test
  void unusualIds_arePercentEncodedInTheUri() throws Refused {
    assertThat(DEVICE.identityUri(Map.of(Profile.DEVICE_ID, "pump 17/ü")))
        .hasValue("spiffe://fleet.internal/device/pump%2017%2F%C3%BC");
    assertThat(DEVICE.identityUri(Map.of(Profile.DEVICE_ID, "..")))
        .hasValue("spiffe://fleet.internal/device/%2E%2E");
    assertThat(issue(DEVICE, "urn:x:1", AT).certificate().alternativeNames().uris())
        .containsExactly("spiffe://fleet.internal/device/urn:x:1");
  }

  @Test
  void serverCertificate_namesItsHostsAndAddresses() throws Refused {
    Certificate certificate =
        ceremony
            .issuer
            .issue(
                ceremony.issuer.prepare(
                    Profile.server(Duration.ofDays(30)),
                    IssuanceRequest.forServer(
                        List.of("localhost", "edge.example.com", "127.0.0.1", "::1"), key, AT)))
            .certificate();
    assertThat(certificate.subject()).isEqualTo("CN=localhost");
    assertThat(certificate.alternativeNames().dns())
        .containsExactly("localhost", "edge.example.com");
    assertThat(certificate.alternativeNames().ipAddresses())
        .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
  }

  @Test
  void unsoundHostName_failsTheLint() {
    assertThatThrownBy(() ->
            ceremony.issuer.prepare(
                Profile.server(Duration.ofDays(30)),
                IssuanceRequest.forServer(List.of("*.example.com"), key, AT)))
        .asInstanceOf(type(Refused.class))
        .satisfies(refused -> {
          assertThat(refused.refusal()).isEqualTo(Refusal.LINT_FAILED);
          assertThat(refused.detail()).startsWith("host-names-sound: ");
        });
  }

  @Test
  void hostNamesOutsideOfTheProfile_areAProfileViolation() {
    IssuanceRequest asking =
        new IssuanceRequest(
            key, Map.of(Profile.DEVICE_ID, "pump-17"), List.of("pump.example"), List.of(), AT, 0);
    assertRefused(Refusal.PROFILE_VIOLATION, () -> ceremony.issuer.prepare(DEVICE, asking));
  }

  private IssuedCertificate issue(Profile profile, String id, Instant at) throws Refused {
    return ceremony.issuer.issue(ceremony.issuer.prepare(profile, request(id, at)));
  }

  private IssuanceRequest request(String id, Instant at) {
    return IssuanceRequest.forDevice(id, key, at);
  }

  private static void assertRefused(Refusal refusal, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(refusal);
  }
}

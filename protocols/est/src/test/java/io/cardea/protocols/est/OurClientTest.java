package io.cardea.protocols.est;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.enrolment.Answer;
import io.cardea.protocols.est.client.CaCertificates;
import io.cardea.protocols.est.client.CertificateRequests;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.EstClient;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.KeyKind;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.Login;
import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The device's side of this module against the server's.
class OurClientTest {

  private TestFleet fleet;
  private ConnectionSettings settings;

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet();
    settings =
        new ConnectionSettings(
            URI.create("https://localhost:" + fleet.server.port()),
            Set.of(fleet.root.certificate()));
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private EnrolAnswer enrol(KeyPair key, String token) throws Exception {
    try (DeviceConnection connection = DeviceConnection.anonymous(settings)) {
      return new EstClient(connection)
          .enrol(
              CertificateRequests.der(key, TestFleet.DEVICE), new Login(TestFleet.DEVICE, token));
    }
  }

  @ParameterizedTest
  @EnumSource
  void device_enrolsAndRenews(KeyKind kind) throws Exception {
    KeyPair first = kind.generate();
    EnrolAnswer enrolled = enrol(first, TestFleet.TOKEN);
    assertThat(enrolled).isInstanceOf(Issued.class);
    if (!(enrolled instanceof Issued(var certificate))) {
      throw new AssertionError(enrolled);
    }
    assertThat(certificate.getPublicKey()).isEqualTo(first.getPublic());
    KeyPair second = kind.generate();
    ClientIdentity identity = new ClientIdentity(first.getPrivate(), List.of(certificate));
    try (DeviceConnection connection = DeviceConnection.as(settings, identity)) {
      assertThat(new EstClient(connection).reenrol(CertificateRequests.der(second)))
          .isInstanceOf(Issued.class);
    }
  }

  @Test
  void authorities_areFetched() throws Exception {
    try (DeviceConnection connection = DeviceConnection.anonymous(settings)) {
      assertThat(new EstClient(connection).cacerts())
          .isEqualTo(
              new CaCertificates(List.of(fleet.issuing.certificate(), fleet.root.certificate())));
    }
  }

  @Test
  void refusal_keepsItsCode() throws Exception {
    assertThat(enrol(TestFleet.ec(), "wrong")).isEqualTo(new Declined(401, "token-invalid", ""));
  }

  @Test
  void waits_areUnderstood() throws Exception {
    fleet.scripted.add(new Answer.Wait(Duration.ofSeconds(7)));
    fleet.scripted.add(new Answer.Declined(Refusal.OVERLOADED, ""));
    assertThat(enrol(TestFleet.ec(), TestFleet.TOKEN))
        .isEqualTo(new Later(Duration.ofSeconds(7), ""));
    assertThat(enrol(TestFleet.ec(), TestFleet.TOKEN))
        .isEqualTo(new Later(Duration.ofSeconds(5), "overloaded"));
  }
}

package io.cardea.apps.agent;

import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.CaAnswer;
import io.cardea.protocols.est.client.CardeaClient;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.EstClient;
import io.cardea.protocols.est.client.Login;
import io.cardea.protocols.est.client.RenewalAnswer;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// The real door: EST over TLS.
record TlsDoor(ConnectionSettings settings) implements Door {
  @Override
  public Visit visit(
      Optional<ClientIdentity> identity, Set<X509Certificate> anchors, Instant passed) {
    ConnectionSettings here = settings.withAnchors(anchors).withNotBefore(passed);
    DeviceConnection connection =
        identity
            .map(shown -> DeviceConnection.as(here, shown))
            .orElseGet(() -> DeviceConnection.anonymous(here));
    EstClient est = new EstClient(connection);
    CardeaClient cardea = new CardeaClient(connection);
    return new Visit() {
      @Override
      public EnrolAnswer enrol(byte[] csr, Login login) throws IOException {
        return est.enrol(csr, login);
      }

      @Override
      public EnrolAnswer reenrol(byte[] csr) throws IOException {
        return est.reenrol(csr);
      }

      @Override
      public Admission self() throws IOException {
        return cardea.self();
      }

      @Override
      public CaAnswer authorities() throws IOException {
        return est.cacerts();
      }

      @Override
      public RenewalAnswer renewalInfo(X509Certificate certificate) throws IOException {
        return cardea.renewalInfo(certificate);
      }

      @Override
      public void close() {
        connection.close();
      }
    };
  }
}

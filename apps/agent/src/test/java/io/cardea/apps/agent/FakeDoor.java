package io.cardea.apps.agent;

import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.CaAnswer;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Login;
import io.cardea.protocols.est.client.RenewalAnswer;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Leads to the [FakeServer] without a network, and loses what it is told to lose.
record FakeDoor(FakeServer server) implements Door {
  private interface Exchange<T> {
    T go();
  }

  @Override
  public Visit visit(
      Optional<ClientIdentity> identity, Set<X509Certificate> anchors, Instant passed) {
    return new Visit() {
      @Override
      public EnrolAnswer enrol(byte[] csr, Login login) throws IOException {
        return through(() -> server.enrol(login.deviceId(), login.token(), csr));
      }

      @Override
      public EnrolAnswer reenrol(byte[] csr) throws IOException {
        return through(() -> server.reenrol(identity.orElseThrow().certificate(), csr));
      }

      @Override
      public Admission self() throws IOException {
        return through(() -> server.self(identity.orElseThrow().certificate()));
      }

      @Override
      public CaAnswer authorities() throws IOException {
        if (server.down) {
          throw new IOException("down");
        }
        return server.authorities();
      }

      @Override
      public RenewalAnswer renewalInfo(X509Certificate certificate) throws IOException {
        if (server.down) {
          throw new IOException("down");
        }
        return server.renewalInfo(certificate);
      }

      @Override
      public void close() {}
    };
  }

  private <T> T through(Exchange<T> exchange) throws IOException {
    FakeServer.Mishap mishap =
        server.down
            ? FakeServer.Mishap.REQUEST_LOST
            : server.mishaps.isEmpty() ? FakeServer.Mishap.NONE : server.mishaps.removeFirst();
    return switch (mishap) {
      case NONE -> exchange.go();
      case REQUEST_LOST -> throw new IOException("request lost");
      case ANSWER_LOST -> {
        exchange.go();
        throw new IOException("answer lost");
      }
    };
  }
}

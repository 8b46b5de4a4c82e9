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

/// Where a device knocks. An IOException of any of these means that nobody knows what the server
/// did.
interface Door {
  /// @param anchors whom to believe
  /// @param passed a moment that has certainly passed
  Visit visit(Optional<ClientIdentity> identity, Set<X509Certificate> anchors, Instant passed);

  /// One connection; the first request on it is a full handshake.
  interface Visit extends AutoCloseable {
    EnrolAnswer enrol(byte[] csr, Login login) throws IOException;

    EnrolAnswer reenrol(byte[] csr) throws IOException;

    Admission self() throws IOException;

    CaAnswer authorities() throws IOException;

    RenewalAnswer renewalInfo(X509Certificate certificate) throws IOException;

    /// Ends a request that is under way in another thread, too.
    @Override
    void close();
  }
}

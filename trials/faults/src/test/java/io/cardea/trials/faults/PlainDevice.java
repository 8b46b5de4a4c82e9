package io.cardea.trials.faults;

import io.cardea.life.Fingerprint;
import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.CardeaClient;
import io.cardea.protocols.est.client.CertificateRequests;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.EstClient;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.KeyKind;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.Login;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/// A device that does what the trial says and decides nothing: each contact is a connection of its
/// own, so that each is a full handshake.
record PlainDevice(String id, String token, ConnectionSettings door) {

  static KeyPair key() {
    return KeyKind.EC_P256.generate();
  }

  /// The same device, at another door.
  PlainDevice at(ConnectionSettings other) {
    return new PlainDevice(id, token, other);
  }

  EnrolAnswer enrol(KeyPair wanted) throws IOException {
    try (DeviceConnection connection = DeviceConnection.anonymous(door)) {
      return new EstClient(connection).enrol(CertificateRequests.der(wanted), new Login(id, token));
    }
  }

  EnrolAnswer renew(ClientIdentity shown, KeyPair wanted) throws IOException {
    try (DeviceConnection connection = DeviceConnection.as(door, shown)) {
      return new EstClient(connection).reenrol(CertificateRequests.der(wanted));
    }
  }

  Admission use(ClientIdentity shown) throws IOException {
    try (DeviceConnection connection = DeviceConnection.as(door, shown)) {
      return new CardeaClient(connection).self();
    }
  }

  boolean isAdmitted(ClientIdentity shown) throws IOException {
    return use(shown) instanceof Admitted admitted && admitted.device().equals(id);
  }

  /// Asks the same again while the answer is "later", as any client would, but sooner.
  static EnrolAnswer insist(Callable<EnrolAnswer> question) throws Exception {
    AtomicReference<EnrolAnswer> last = new AtomicReference<>(new Later(Duration.ZERO, ""));
    Eventually.until(
        "something else than later",
        () -> {
          last.set(question.call());
          return !(last.get() instanceof Later);
        });
    return last.get();
  }

  /// Enrols, where nothing is in the way.
  ClientIdentity enrolled() throws IOException {
    KeyPair wanted = key();
    return identity(wanted, enrol(wanted));
  }

  /// Renews with a fresh key, where nothing is in the way.
  ClientIdentity renewed(ClientIdentity shown) throws IOException {
    KeyPair wanted = key();
    return identity(wanted, renew(shown, wanted));
  }

  /// What the device holds after this answer, which must be a certificate of its own.
  ClientIdentity identity(KeyPair key, EnrolAnswer answer) {
    if (answer instanceof Issued(var certificate)) {
      String named = LedgerCheck.registeredId(certificate);
      if (!named.equals(id)) {
        throw new AssertionError(id + " was given the identity of " + named);
      }
      return new ClientIdentity(key.getPrivate(), List.of(certificate));
    }
    throw new AssertionError("expected a certificate, got " + answer);
  }

  static Fingerprint fingerprint(ClientIdentity identity) {
    return fingerprint(identity.certificate());
  }

  static Fingerprint fingerprint(X509Certificate certificate) {
    try {
      return Fingerprint.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate that was read cannot be written", e);
    }
  }

  static Fingerprint keyOf(ClientIdentity identity) {
    return Fingerprint.of(identity.certificate().getPublicKey().getEncoded());
  }

  /// Never the token.
  @Override
  public String toString() {
    return "PlainDevice[" + id + "]";
  }
}

package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import java.util.List;
import java.util.Optional;

/// Who knocks, as far as the protocol saw.
///
/// @param certificate the fingerprint of the client certificate of a full handshake, whose key the
///   client proved to hold; whether it is worth anything is judged here
/// @param freshHandshake whether no request of this connection was judged before: a handshake is
///   one use (R2), however many requests follow
/// @param shown the whole chain of the handshake, as far as the protocol knows it
/// @param deviceClass the class that the client says it is of, where the protocol has a place for
///   that; it chooses nothing, and one of another class is refused
/// @param login what HTTP Basic or its like carried
public record Applicant(
    Optional<Fingerprint> certificate,
    boolean freshHandshake,
    Optional<Login> login,
    Optional<Shown> shown,
    Optional<String> deviceClass) {

  public Applicant(
      Optional<Fingerprint> certificate, boolean freshHandshake, Optional<Login> login) {
    this(certificate, freshHandshake, login, Optional.empty(), Optional.empty());
  }

  /// What the client showed in the handshake, DER, its own certificate first. Read only where the
  /// certificate is none of ours.
  @FunctionalInterface
  public interface Shown {
    List<byte[]> chain();
  }

  public static Applicant withCertificate(Fingerprint certificate, boolean freshHandshake) {
    return new Applicant(Optional.of(certificate), freshHandshake, Optional.empty());
  }

  public static Applicant withToken(String device, String secret) {
    return new Applicant(Optional.empty(), false, Optional.of(new Login(device, secret, "")));
  }

  /// A device's registered id and the secret of its enrolment token, as claimed.
  ///
  /// @param source whence they came, as far as the protocol knows it
  public record Login(String device, String secret, String source) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Login[" + device + "]";
    }
  }
}

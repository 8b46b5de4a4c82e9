package io.cardea.apps.agent;

import io.cardea.life.Fingerprint;
import io.cardea.protocols.est.client.ClientIdentity;
import java.security.cert.X509Certificate;
import java.time.Duration;

/// One key with its certificate, as it stands on the disk.
///
/// @param number the higher, the newer
/// @param refusedFor the code with which the server refused it, or empty
public record Generation(int number, ClientIdentity identity, String refusedFor) {
  public X509Certificate certificate() {
    return identity.certificate();
  }

  public boolean refused() {
    return !refusedFor.isEmpty();
  }

  /// Names the key in events and in the server's ledger.
  public Fingerprint key() {
    return Fingerprint.of(certificate().getPublicKey().getEncoded());
  }

  /// From the certificate's first to its last second; says nothing about now.
  public Duration life() {
    return Duration.between(
        certificate().getNotBefore().toInstant(), certificate().getNotAfter().toInstant());
  }

  Generation refused(String code) {
    return new Generation(number, identity, code);
  }

  String directory() {
    return "gen-%04d".formatted(number);
  }
}

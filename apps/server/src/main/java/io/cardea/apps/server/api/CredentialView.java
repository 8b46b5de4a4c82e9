package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.pki.Pem;
import io.cardea.life.rotation.RenewalWindow;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A credential on the wire.
///
/// @param renewFrom the window of an accepted credential; null for one that is not
/// @param certificatePem left out of lists
record CredentialView(
    String id,
    String device,
    String slot,
    String kind,
    String state,
    PredecessorView predecessor,
    int generation,
    @Nullable String serialNumber,
    @Nullable String authority,
    @Nullable String certificateFingerprint,
    String keyFingerprint,
    String protection,
    Instant issuedAt,
    Instant notBefore,
    Instant notAfter,
    @Nullable Instant provenAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant renewFrom,
    @Nullable Instant renewUntil,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String certificatePem) {

  /// What a credential was issued under, on the wire.
  record PredecessorView(String kind, UUID id) {
    static PredecessorView of(Predecessor predecessor) {
      return switch (predecessor) {
        case Predecessor.OlderCredential(var id) -> new PredecessorView("credential", id.value());
        case Predecessor.EnrolmentToken(var id) -> new PredecessorView("token", id);
        case Predecessor.BirthCertificate(var id) -> new PredecessorView("birth", id);
        case Predecessor.Act(var id) -> new PredecessorView("act", id);
      };
    }
  }

  static CredentialView of(Credential credential) {
    return of(credential, Optional.empty());
  }

  static CredentialView of(Credential credential, Optional<byte[]> certificate) {
    Optional<RenewalWindow> window =
        credential.state().accepted()
            ? Optional.of(
                RenewalWindow.of(credential.id(), credential.issuedAt(), credential.notAfter()))
            : Optional.empty();
    boolean isCertificate = credential.kind() instanceof CredentialKind.X509;
    return new CredentialView(
        credential.id().toString(),
        credential.slot().device().value(),
        credential.slot().name(),
        credential.kind().word(),
        credential.state().word(),
        PredecessorView.of(credential.predecessor()),
        credential.generation(),
        isCertificate ? credential.serial().toString(16) : null,
        isCertificate ? credential.authority() : null,
        isCertificate ? credential.shown().hex() : null,
        credential.key().hex(),
        credential.protection().word(),
        credential.issuedAt(),
        credential.notBefore(),
        credential.notAfter(),
        credential.provenAt().orElse(null),
        credential.lastUsedAt().orElse(null),
        window.map(RenewalWindow::start).orElse(null),
        window.map(RenewalWindow::end).orElse(null),
        certificate.map(der -> Pem.encode(Pem.CERTIFICATE, der)).orElse(null));
  }
}

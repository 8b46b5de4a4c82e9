package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityOutcome;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Pem;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An authority, or one that waits for its certificate: then the request is there instead of it.
record AuthorityView(
    String id,
    String name,
    @Nullable String kind,
    String state,
    @Nullable String issuerId,
    @Nullable String subject,
    @Nullable String issuer,
    @Nullable String serialNumber,
    String key,
    String keyHome,
    @Nullable Instant notBefore,
    @Nullable Instant notAfter,
    @Nullable String certificateFingerprint,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String certificatePem,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String chainPem,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rollOverPem,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String requestPem) {

  static AuthorityView of(AuthorityOutcome outcome) {
    return switch (outcome) {
      case AuthorityOutcome.There(var authority) -> of(authority, true);
      case AuthorityOutcome.Waits(var request) -> of(request, true);
    };
  }

  /// @param whole with what is too long for a list
  static AuthorityView of(Authority authority, boolean whole) {
    Certificate certificate = authority.certificate();
    List<Certificate> rollOver =
        List.of(Authority.Purpose.OLD_WITH_NEW, Authority.Purpose.NEW_WITH_OLD).stream()
            .flatMap(purpose -> authority.others(purpose).stream())
            .toList();
    return new AuthorityView(
        authority.id().value(),
        authority.name(),
        Words.of(authority.kind()),
        Words.of(authority.state()),
        authority.issuer().map(AuthorityId::value).orElse(null),
        certificate.subject(),
        certificate.issuer(),
        certificate.serial().value().toString(16),
        Words.of(authority.key().kind()),
        Words.of(authority.key().home()),
        certificate.notBefore(),
        certificate.notAfter(),
        certificate.fingerprint().hex(),
        whole ? Pem.encode(certificate) : null,
        whole ? pem(authority.others(Authority.Purpose.CHAIN)) : null,
        whole ? pem(rollOver) : null,
        null);
  }

  static AuthorityView of(AuthorityRequest request, boolean whole) {
    return new AuthorityView(
        request.id().value(),
        request.name(),
        null,
        "pending",
        null,
        null,
        null,
        null,
        Words.of(request.key().kind()),
        Words.of(request.key().home()),
        null,
        null,
        null,
        null,
        null,
        null,
        whole ? request.pem() : null);
  }

  /// A renewal that is out has the id of its authority.
  String cursor() {
    return state.equals("pending") ? id + ".pending" : id;
  }

  private static @Nullable String pem(List<Certificate> certificates) {
    return certificates.isEmpty()
        ? null
        : certificates.stream().map(Pem::encode).collect(Collectors.joining());
  }
}

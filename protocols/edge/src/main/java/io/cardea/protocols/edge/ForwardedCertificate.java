package io.cardea.protocols.edge;

import java.util.Base64;
import java.util.List;

/// The certificate that a pinned proxy says its client showed: `Client-Cert` (RFC 9440 §2.1), a
/// byte sequence of RFC 8941.
sealed interface ForwardedCertificate {
  String FIELD = "Client-Cert";

  record None() implements ForwardedCertificate {}

  record Of(ClientCertificate certificate) implements ForwardedCertificate {}

  /// Not to be guessed at.
  record Malformed() implements ForwardedCertificate {}

  static ForwardedCertificate read(List<String> fields) {
    if (fields.isEmpty()) {
      return new None();
    }
    String field = fields.getFirst().strip();
    if (fields.size() > 1 || field.length() < 3 || !field.startsWith(":") || !field.endsWith(":")) {
      return new Malformed();
    }
    try {
      byte[] der = Base64.getDecoder().decode(field.substring(1, field.length() - 1));
      return new Of(new ClientCertificate(der));
    } catch (IllegalArgumentException e) {
      return new Malformed();
    }
  }
}

package io.cardea.protocols.est;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Applicant;
import io.cardea.protocols.edge.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Reads HTTP Basic (RFC 7617): the device's registered id and its enrolment token.
///
/// The *last* colon divides them, against RFC 7617: an id may have colons, a token never has.
final class BasicLogin {

  private static final String SCHEME = "basic ";

  private BasicLogin() {}

  /// Empty without an Authorization field, or with one of another scheme: the client is then asked
  /// for this one.
  static Optional<Applicant.Login> of(Headers headers, String source) throws Refused {
    List<String> fields = headers.all("Authorization");
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    if (fields.size() > 1) {
      throw malformed();
    }
    String field = fields.getFirst();
    if (!field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String text = decode(field.substring(SCHEME.length()).strip());
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw malformed();
    }
    return Optional.of(
        new Applicant.Login(text.substring(0, colon), text.substring(colon + 1), source));
  }

  private static String decode(String base64) throws Refused {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
          .toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw malformed();
    }
  }

  private static Refused malformed() {
    return new Refused(Refusal.REQUEST_MALFORMED, "the Authorization field is not HTTP Basic");
  }
}

package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.rotation.RevocationReason;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why something is revoked.
record RevocationBody(@Nullable String reason, @Nullable String since, @Nullable String comment) {

  RevocationReason toReason() throws Refused {
    return Words.read("reason", Call.required("reason", reason), RevocationReason.class);
  }

  Optional<Instant> toSince() throws Refused {
    if (since == null) {
      return Optional.empty();
    }
    if (!toReason().cascades()) {
      throw Call.malformed("since: " + since + " (expected: only with key-compromise)");
    }
    try {
      return Optional.of(Instant.parse(since));
    } catch (DateTimeParseException e) {
      throw Call.malformed("since: " + since + " (expected: a time as of RFC 3339, in UTC)");
    }
  }
}

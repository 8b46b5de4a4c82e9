package io.cardea.apps.server.revocation;

import io.cardea.protocols.edge.EdgeResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What caches on the way are told: the answer is anybody's, and old after a second.
final class Caching {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  static final String CONTROL =
      "max-age=" + Freshness.BOUND.toSeconds() + ", public, no-transform, must-revalidate";

  /// Many answers are made in the same second.
  private static final Map<Long, String> DATES = new ConcurrentHashMap<>();

  private static final int MAX_DATES = 4_096;

  private Caching() {}

  private static String date(Instant made) {
    if (DATES.size() > MAX_DATES) {
      DATES.clear();
    }
    return DATES.computeIfAbsent(
        made.getEpochSecond(), second -> HTTP_DATE.format(Instant.ofEpochSecond(second)));
  }

  static EdgeResponse dated(EdgeResponse response, Instant made, String tag) {
    return response
        .withHeader("Last-Modified", date(made))
        .withHeader("ETag", tag)
        .withHeader("Cache-Control", CONTROL);
  }
}

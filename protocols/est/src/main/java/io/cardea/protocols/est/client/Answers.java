package io.cardea.protocols.est.client;

import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What all answers have in common: the code, and how long to wait.
final class Answers {
  private static final Pattern CODE = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final Duration UNSAID = Duration.ofSeconds(60);

  private Answers() {}

  static String code(HttpResponse<byte[]> answer) {
    return answer
        .headers()
        .firstValue("Cardea-Code")
        .map(String::strip)
        .filter(code -> CODE.matcher(code).matches())
        .orElse("");
  }

  static Declined declined(HttpResponse<byte[]> answer) {
    return new Declined(answer.statusCode(), code(answer), AnswerText.oneLine(answer.body()));
  }

  /// The wait, when this answer is one that says "later".
  static Optional<Later> later(HttpResponse<byte[]> answer) {
    Optional<Duration> wait = retryAfter(answer);
    return switch (answer.statusCode()) {
      case 202, 429 -> Optional.of(new Later(wait.orElse(UNSAID), code(answer)));
      case 503 -> wait.map(after -> new Later(after, code(answer)));
      default -> Optional.empty();
    };
  }

  /// `Retry-After` in seconds, or as a date: then counted from the answer's own `Date`, because the
  /// device's clock is nobody's.
  static Optional<Duration> retryAfter(HttpResponse<byte[]> answer) {
    Optional<String> field = answer.headers().firstValue("Retry-After").map(String::strip);
    if (field.isEmpty()) {
      return Optional.empty();
    }
    if (SECONDS.matcher(field.get()).matches()) {
      return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(field.get()))));
    }
    Optional<Instant> then = date(field.get());
    Optional<Instant> now = sentAt(answer);
    return then.isPresent() && now.isPresent()
        ? Optional.of(bounded(Duration.between(now.get(), then.get())))
        : Optional.empty();
  }

  static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }

  /// The server's own time, from `Date`.
  static Optional<Instant> sentAt(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("Date").flatMap(Answers::date);
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.US))
              .toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

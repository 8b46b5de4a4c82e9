package io.cardea.protocols.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes an [EdgeResponse] as HTTP/1.1, head and body in one buffer.
final class ResponseBytes {

  private record Date(long second, String text) {}

  /// RFC 9110 §5.6.7: always two digits for the day.
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private volatile Date date = new Date(Long.MIN_VALUE, "");

  ResponseBytes(InstantSource clock) {
    this.clock = clock;
  }

  ByteBuf write(
      ByteBufAllocator allocator, EdgeResponse response, boolean head, Connection connection) {
    StringBuilder text = new StringBuilder(256);
    text.append("HTTP/1.1 ").append(response.status()).append(' ').append(response.reason());
    line(text, "Date", date());
    for (EdgeResponse.Field field : response.fields()) {
      line(text, field.name(), field.value());
    }
    boolean bodyless = response.status() == 204 || response.status() == 304;
    if (!bodyless) {
      line(text, "Content-Length", Integer.toString(response.body().length));
    }
    switch (connection) {
      case CLOSE -> line(text, "Connection", "close");
      case KEEP_ALIVE_SAID -> line(text, "Connection", "keep-alive");
      case KEEP_ALIVE -> {}
    }
    text.append("\r\n\r\n");
    boolean withBody = !head && !bodyless;
    int length = text.length() + (withBody ? response.body().length : 0);
    ByteBuf out = allocator.buffer(length, length);
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
    if (withBody) {
      out.writeBytes(response.body());
    }
    return out;
  }

  /// What the answer says about the connection; HTTP/1.0 wants to be told that it stays.
  enum Connection {
    CLOSE,
    KEEP_ALIVE,
    KEEP_ALIVE_SAID
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("\r\n").append(name).append(": ").append(value);
  }

  private String date() {
    Instant now = clock.instant();
    Date known = date;
    if (known.second() != now.getEpochSecond()) {
      known = new Date(now.getEpochSecond(), IMF_FIXDATE.format(now));
      date = known;
    }
    return known.text();
  }
}

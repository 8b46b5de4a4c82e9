package io.cardea.life.pki;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// The little DER that is written by hand, because a certificate is mostly constant bytes.
final class Der {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

  private Der() {}

  static byte[] tlv(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] out = new byte[length(length)];
    int at = head(out, 0, tag, length);
    for (byte[] part : parts) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return out;
  }

  /// Of tag, length and content together.
  static int length(int content) {
    return 1 + lengthOctets(content) + content;
  }

  private static int lengthOctets(int length) {
    int octets = 1;
    for (int left = length < 0x80 ? 0 : length; left > 0; left >>>= 8) {
      octets++;
    }
    return octets;
  }

  /// Writes tag and length; where the content begins.
  static int head(byte[] out, int from, int tag, int length) {
    int octets = lengthOctets(length);
    out[from] = (byte) tag;
    if (octets == 1) {
      out[from + 1] = (byte) length;
    } else {
      out[from + 1] = (byte) (0x80 | (octets - 1));
      for (int i = 1; i < octets; i++) {
        out[from + 1 + i] = (byte) (length >>> (8 * (octets - 1 - i)));
      }
    }
    return from + 1 + octets;
  }

  static byte[] sequence(byte[]... parts) {
    return tlv(SEQUENCE, parts);
  }

  static byte[] bitString(byte[] whole) {
    return tlv(BIT_STRING, new byte[] {0}, whole);
  }

  /// A Time of RFC 5280: UTCTime before 2050, GeneralizedTime from then on, whole seconds.
  static byte[] time(Instant instant) {
    return time(instant, instant.isBefore(YEAR_2050));
  }

  /// Whole seconds, Z, as RFC 5280 §4.1.2.5.2 and RFC 6960 want it.
  static byte[] generalizedTime(Instant instant) {
    return time(instant, false);
  }

  private static byte[] time(Instant instant, boolean shortYear) {
    LocalDateTime date = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
    byte[] out = new byte[shortYear ? 15 : 17];
    out[0] = (byte) (shortYear ? UTC_TIME : GENERALIZED_TIME);
    out[1] = (byte) (out.length - 2);
    int at = 2;
    if (!shortYear) {
      at = twoDigits(out, at, date.getYear() / 100);
    }
    at = twoDigits(out, at, date.getYear() % 100);
    at = twoDigits(out, at, date.getMonthValue());
    at = twoDigits(out, at, date.getDayOfMonth());
    at = twoDigits(out, at, date.getHour());
    at = twoDigits(out, at, date.getMinute());
    at = twoDigits(out, at, date.getSecond());
    out[at] = 'Z';
    return out;
  }

  private static int twoDigits(byte[] out, int at, int number) {
    out[at] = (byte) ('0' + number / 10);
    out[at + 1] = (byte) ('0' + number % 10);
    return at + 2;
  }

  /// Reads a Time in either encoding; only whole seconds and Z.
  static Instant instant(DerReader.Element time) throws MalformedDer {
    byte[] text = time.content();
    int years = time.tag() == UTC_TIME ? 2 : time.tag() == GENERALIZED_TIME ? 4 : 0;
    if (years == 0 || text.length != years + 11 || text[text.length - 1] != 'Z') {
      throw new MalformedDer("not a time of RFC 5280");
    }
    int year = number(text, years - 2);
    year += years == 4 ? 100 * number(text, 0) : year < 50 ? 2000 : 1900;
    try {
      return LocalDateTime.of(
              year,
              number(text, years),
              number(text, years + 2),
              number(text, years + 4),
              number(text, years + 6),
              number(text, years + 8))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedDer("not a time of RFC 5280");
    }
  }

  private static int number(byte[] text, int at) throws MalformedDer {
    int tens = text[at] - '0';
    int ones = text[at + 1] - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) {
      throw new MalformedDer("not a time of RFC 5280");
    }
    return 10 * tens + ones;
  }
}

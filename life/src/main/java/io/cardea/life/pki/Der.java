package io.cardea.life.pki;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// The little DER that is written by hand, because a certificate is mostly constant bytes.
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

  private Der() {}

  static byte[] tlv(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int lengthOctets = length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
    byte[] out = new byte[1 + lengthOctets + length];
    out[0] = (byte) tag;
    if (lengthOctets == 1) {
      out[1] = (byte) length;
    } else {
      out[1] = (byte) (0x80 | (lengthOctets - 1));
      for (int i = 1; i < lengthOctets; i++) {
        out[1 + i] = (byte) (length >>> (8 * (lengthOctets - 1 - i)));
      }
    }
    int at = 1 + lengthOctets;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return out;
  }

  static byte[] sequence(byte[]... parts) {
    return tlv(SEQUENCE, parts);
  }

  static byte[] bitString(byte[] whole) {
    return tlv(BIT_STRING, new byte[] {0}, whole);
  }

  /// A Time of RFC 5280: UTCTime before 2050, GeneralizedTime from then on, whole seconds.
  static byte[] time(Instant instant) {
    Instant whole = instant.truncatedTo(ChronoUnit.SECONDS);
    return whole.isBefore(YEAR_2050)
        ? tlv(UTC_TIME, UTC.format(whole).getBytes(StandardCharsets.US_ASCII))
        : tlv(GENERALIZED_TIME, GENERALIZED.format(whole).getBytes(StandardCharsets.US_ASCII));
  }
}

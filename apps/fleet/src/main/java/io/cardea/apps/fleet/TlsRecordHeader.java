package io.cardea.apps.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.Optional;

/// The five bytes in front of each TLS record (RFC 8446 §5.1), all that a stranger between the two
/// ends can read.
///
/// @param bytes as they came, to be passed on
record TlsRecordHeader(int type, int length, byte[] bytes) {
  private static final int LENGTH = 5;

  /// The outer type of everything that is encrypted in TLS 1.3, and of application data in 1.2.
  private static final int APPLICATION_DATA = 23;

  /// An encrypted alert of TLS 1.3 is two bytes, one for its type and 16 of tag; every answer is
  /// longer.
  private static final int ALERT_LENGTH = 19;

  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 24;

  /// TLS 1.2 allows 2,048 bytes around the 2^14 of content, 1.3 fewer.
  private static final int MAX_LENGTH = (1 << 14) + 2_048;

  /// Empty at the end of the stream, between two records.
  static Optional<TlsRecordHeader> read(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LENGTH);
    if (bytes.length == 0) {
      return Optional.empty();
    }
    if (bytes.length < LENGTH) {
      throw new ProtocolException("the stream ended inside a record's header");
    }
    int type = bytes[0] & 0xff;
    int length = (bytes[3] & 0xff) << 8 | (bytes[4] & 0xff);
    if (type < FIRST_TYPE || type > LAST_TYPE || bytes[1] != 3 || length > MAX_LENGTH) {
      throw new ProtocolException("not TLS: type " + type + ", length " + length);
    }
    return Optional.of(new TlsRecordHeader(type, length, bytes));
  }

  boolean isApplicationData() {
    return type == APPLICATION_DATA;
  }

  /// Whether this may be the beginning of an answer, and not an alert in disguise.
  boolean mayAnswer() {
    return isApplicationData() && length > ALERT_LENGTH;
  }
}

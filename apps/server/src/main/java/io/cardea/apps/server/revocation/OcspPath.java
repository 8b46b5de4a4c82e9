package io.cardea.apps.server.revocation;

import io.cardea.life.pki.OcspFailure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The question in the path of a GET (RFC 6960 appendix A.1): base64, in which some clients escape
/// `/`, `+` and `=`, and some do not.
final class OcspPath {
  private OcspPath() {}

  static byte[] decode(String path) throws OcspFailure {
    byte[] text = path.getBytes(StandardCharsets.ISO_8859_1);
    int length = path.indexOf('%') < 0 ? text.length : unescape(text);
    try {
      return Base64.getDecoder()
          .decode(length == text.length ? text : java.util.Arrays.copyOf(text, length));
    } catch (IllegalArgumentException e) {
      throw OcspFailure.malformed();
    }
  }

  /// In place; the new length.
  private static int unescape(byte[] text) throws OcspFailure {
    int to = 0;
    for (int at = 0; at < text.length; at++) {
      if (text[at] == '%') {
        int high = at + 2 < text.length ? Character.digit(text[at + 1], 16) : -1;
        int low = at + 2 < text.length ? Character.digit(text[at + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw OcspFailure.malformed();
        }
        text[to++] = (byte) (16 * high + low);
        at += 2;
      } else {
        text[to++] = text[at];
      }
    }
    return to;
  }
}

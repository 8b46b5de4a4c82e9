package io.cardea.protocols.est;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Csr;
import io.cardea.protocols.edge.EdgeRequest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Takes the PKCS#10 request out of an EST body.
///
/// Base64, broken into lines in any way or not at all, whatever a Content-Transfer-Encoding says
/// (RFC 8951 §3.2); or plain DER, which no base64 can be taken for: its second octet is above 0x7f.
final class RequestBody {

  private static final int DER_SEQUENCE = 0x30;

  /// The longest request in base64, with a line end of two after each four characters.
  private static final int MOST = Csr.MAX_LENGTH * 2 + 64;

  private RequestBody() {}

  /// The octets alone: whether they are a request at all, [Csr#parse] says.
  static byte[] csr(EdgeRequest request) throws Refused, UnsupportedType {
    if (!isPkcs10(request.headers().all("Content-Type"))) {
      throw new UnsupportedType();
    }
    return decode(request.body());
  }

  /// The type, whatever its parameters.
  private static boolean isPkcs10(List<String> types) {
    if (types.size() != 1) {
      return false;
    }
    String type = types.getFirst();
    int parameters = type.indexOf(';');
    String bare = parameters < 0 ? type : type.substring(0, parameters);
    return bare.strip().toLowerCase(Locale.ROOT).equals("application/pkcs10");
  }

  static byte[] decode(byte[] body) throws Refused {
    byte[] der = isDer(body) ? body : base64(body);
    if (der.length > Csr.MAX_LENGTH) {
      throw tooLarge(der.length);
    }
    return der;
  }

  private static boolean isDer(byte[] body) {
    return body.length > 1 && body[0] == DER_SEQUENCE && body[1] < 0;
  }

  private static byte[] base64(byte[] body) throws Refused {
    if (body.length > MOST) {
      throw tooLarge(body.length);
    }
    byte[] text = new byte[body.length];
    int length = 0;
    for (byte b : body) {
      if (b != '\r' && b != '\n' && b != ' ' && b != '\t') {
        text[length++] = b;
      }
    }
    if (length == 0) {
      throw new Refused(Refusal.CSR_MALFORMED, "the body is empty");
    }
    try {
      return Base64.getDecoder().decode(Arrays.copyOf(text, length));
    } catch (IllegalArgumentException e) {
      throw new Refused(Refusal.CSR_MALFORMED, "the body is not base64");
    }
  }

  private static Refused tooLarge(int length) {
    return new Refused(
        Refusal.CSR_TOO_LARGE, length + " octets (expected: at most " + Csr.MAX_LENGTH + ")");
  }
}

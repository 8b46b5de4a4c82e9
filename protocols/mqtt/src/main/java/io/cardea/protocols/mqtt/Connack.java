package io.cardea.protocols.mqtt;

import io.cardea.life.Refusal;
import io.cardea.protocols.mqtt.Connect.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// How a door says no: CONNACK (§3.2), with the code of the refusal in the reason string where the
/// version has one.
final class Connack {
  private static final int TYPE = 0x20;
  private static final int REASON_STRING = 0x1f;

  /// As few as a version can say (MQTT 3.1.1 §3.2.2.3, MQTT 5 §3.2.2.2).
  enum Reason {
    MALFORMED(0x05, 0x81),
    VERSION(0x01, 0x84),
    CLIENT_ID(0x02, 0x85),
    UNAVAILABLE(0x03, 0x88),
    BUSY(0x03, 0x89),
    NOT_AUTHORIZED(0x05, 0x87),
    METHOD(0x05, 0x8c);

    private final int in3;
    private final int in5;

    Reason(int in3, int in5) {
      this.in3 = in3;
      this.in5 = in5;
    }
  }

  private Connack() {}

  static byte[] refused(Connect connect, Refusal refusal) {
    return of(
        connect.version(),
        reason(refusal),
        refusal.code() + ": " + refusal.meaning(),
        connect.mostAnswer());
  }

  static byte[] of(Version version, Reason reason, String text) {
    return of(version, reason, text, Long.MAX_VALUE);
  }

  static byte[] of(Version version, Reason reason, String text, long most) {
    if (version == Version.V3) {
      return new byte[] {TYPE, 2, 0, (byte) reason.in3};
    }
    byte[] string = text.getBytes(StandardCharsets.UTF_8);
    int properties = 3 + string.length;
    ByteBuffer packet = ByteBuffer.allocate(16 + properties);
    ByteBuffer body = ByteBuffer.allocate(8 + properties);
    body.put((byte) 0).put((byte) reason.in5);
    Connect.putVariable(body, properties);
    body.put((byte) REASON_STRING).putShort((short) string.length).put(string).flip();
    packet.put((byte) TYPE);
    Connect.putVariable(packet, body.remaining());
    packet.put(body).flip();
    if (packet.remaining() > most) { // §3.2.2.3.9: not beyond what the client takes
      return new byte[] {TYPE, 3, 0, (byte) reason.in5, 0};
    }
    byte[] bytes = new byte[packet.remaining()];
    packet.get(bytes);
    return bytes;
  }

  /// A device whose access was refused and one that is not known get the same number; the code is
  /// in the text.
  private static Reason reason(Refusal refusal) {
    return switch (refusal) {
      case IDENTITY_MISMATCH -> Reason.CLIENT_ID;
      case REQUEST_MALFORMED, REQUEST_TOO_LARGE -> Reason.MALFORMED;
      case OVERLOADED, TOO_MANY_REQUESTS -> Reason.BUSY;
      default ->
          refusal.fault() == Refusal.Fault.SERVER ? Reason.UNAVAILABLE : Reason.NOT_AUTHORIZED;
    };
  }
}

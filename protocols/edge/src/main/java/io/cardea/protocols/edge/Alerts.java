package io.cardea.protocols.edge;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/// The alerts that clients send in the clear.
///
/// A client of OpenSSL that does not like what it is shown over TLS 1.3 says so before it has
/// turned to its keys. BoringSSL takes that record for a broken one, and does not say what was in
/// it.
final class Alerts {
  private static final int RECORD = 21;
  private static final int HEADER = 5;

  private Alerts() {}

  /// The name of the alert (RFC 8446 §6) if these bytes begin with a record that holds one. Reads
  /// nothing.
  static Optional<String> in(ByteBuf bytes) {
    int at = bytes.readerIndex();
    if (bytes.readableBytes() < HEADER + 2
        || bytes.getUnsignedByte(at) != RECORD
        || bytes.getUnsignedShort(at + 3) != 2) {
      return Optional.empty();
    }
    return Optional.of(name(bytes.getUnsignedByte(at + HEADER + 1)));
  }

  private static String name(int code) {
    return switch (code) {
      case 0 -> "close_notify";
      case 10 -> "unexpected_message";
      case 20 -> "bad_record_mac";
      case 22 -> "record_overflow";
      case 40 -> "handshake_failure";
      case 42 -> "bad_certificate";
      case 43 -> "unsupported_certificate";
      case 44 -> "certificate_revoked";
      case 45 -> "certificate_expired";
      case 46 -> "certificate_unknown";
      case 47 -> "illegal_parameter";
      case 48 -> "unknown_ca";
      case 49 -> "access_denied";
      case 50 -> "decode_error";
      case 51 -> "decrypt_error";
      case 70 -> "protocol_version";
      case 71 -> "insufficient_security";
      case 80 -> "internal_error";
      case 86 -> "inappropriate_fallback";
      case 90 -> "user_canceled";
      case 109 -> "missing_extension";
      case 110 -> "unsupported_extension";
      case 112 -> "unrecognized_name";
      case 113 -> "bad_certificate_status_response";
      case 115 -> "unknown_psk_identity";
      case 116 -> "certificate_required";
      case 120 -> "no_application_protocol";
      default -> "alert_" + code;
    };
  }
}

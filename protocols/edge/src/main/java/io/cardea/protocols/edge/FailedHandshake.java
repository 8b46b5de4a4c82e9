package io.cardea.protocols.edge;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// One handshake that ended without a connection, and all that is known of who tried.
///
/// @param detail the alert of [EdgeEvents.HandshakeFailure#ALERT] in the words of RFC 8446 §6, or
///   the fault that our engine found; at most [#DETAIL] characters, and empty where there is none
/// @param certificate what the client had shown by then. The key behind it was not proven: anybody
///   may show anybody's certificate.
public record FailedHandshake(
    InetAddress source,
    EdgeEvents.HandshakeFailure reason,
    String detail,
    Optional<ClientCertificate> certificate) {
  public static final int DETAIL = 48;

  /// BoringSSL's reason is the last of its words, in capitals.
  private static final Pattern BORING = Pattern.compile(":([A-Z0-9_]{3,64})$");

  private static final Pattern BORING_ALERT = Pattern.compile("(?:SSLV3|TLSV1)_ALERT_([A-Z_]+)");
  private static final Pattern PLATFORM_ALERT =
      Pattern.compile("Received fatal alert: ([a-z_]{1,48})");
  private static final Pattern PLATFORM_FAULT = Pattern.compile("^\\(([a-z_]{1,48})\\)");

  /// Nobody got as far as TLS.
  static FailedHandshake early(InetAddress source, EdgeEvents.HandshakeFailure reason) {
    return new FailedHandshake(source, reason, "", Optional.empty());
  }

  static FailedHandshake of(
      InetAddress source,
      EdgeEvents.HandshakeFailure reason,
      Throwable cause,
      Optional<String> alertInTheClear,
      Optional<ClientCertificate> certificate) {
    if (alertInTheClear.isPresent()) {
      return received(source, alertInTheClear.get(), certificate);
    }
    String text =
        cause instanceof SSLException && cause.getMessage() != null ? cause.getMessage() : "";
    Matcher boring = BORING.matcher(text);
    String word = boring.find() ? boring.group(1) : "";
    Matcher alert = BORING_ALERT.matcher(word);
    if (alert.matches()) {
      return received(source, alert.group(1), certificate);
    }
    Matcher platform = PLATFORM_ALERT.matcher(text);
    if (platform.find()) {
      return received(source, platform.group(1), certificate);
    }
    Matcher fault = PLATFORM_FAULT.matcher(text);
    return new FailedHandshake(
        source, reason, bounded(fault.find() ? fault.group(1) : word), certificate);
  }

  private static FailedHandshake received(
      InetAddress source, String alert, Optional<ClientCertificate> certificate) {
    return new FailedHandshake(
        source, EdgeEvents.HandshakeFailure.ALERT, bounded(alert), certificate);
  }

  private static String bounded(String word) {
    return word.substring(0, Math.min(word.length(), DETAIL)).toLowerCase(Locale.ROOT);
  }
}

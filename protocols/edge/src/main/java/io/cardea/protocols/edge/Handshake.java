package io.cardea.protocols.edge;

import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// How one handshake ended, in the words of those behind it.
final class Handshake {
  private Handshake() {}

  /// @param platformTls whether the engine would keep the session for a resumption
  static Peer done(long id, InetSocketAddress remote, SslHandler handler, boolean platformTls) {
    SSLSession session = handler.engine().getSession();
    Optional<ClientCertificate> certificate = ClientCertificate.shownIn(session);
    if (platformTls) {
      session.invalidate(); // BoringSSL keeps none
    }
    return new Peer(
        id,
        remote,
        Optional.of(new Peer.Tls(session.getProtocol(), session.getCipherSuite())),
        certificate);
  }

  static FailedHandshake failed(
      InetSocketAddress remote,
      Channel channel,
      Throwable cause,
      @Nullable HandshakeGate gate,
      Optional<ClientCertificate> shown) {
    return FailedHandshake.of(
        remote.getAddress(),
        reason(channel, cause),
        cause,
        gate == null ? Optional.empty() : gate.alert(),
        shown);
  }

  private static EdgeEvents.HandshakeFailure reason(Channel channel, Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      return EdgeEvents.HandshakeFailure.NOT_TLS;
    }
    return channel.isActive()
        ? EdgeEvents.HandshakeFailure.PROTOCOL
        : EdgeEvents.HandshakeFailure.CLOSED;
  }
}

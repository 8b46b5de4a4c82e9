package io.cardea.protocols.edge;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The other end of one connection, as the requests on it see it.
///
/// One object lives as long as its connection. A peer without a certificate is anonymous; so is one
/// whose certificate the TLS engine could not read (BoringSSL and Ed25519, for example), and the
/// two cannot be told apart here.
public final class Peer {

  /// What the handshake agreed on, in the names of the Java platform (`TLSv1.3`).
  public record Tls(String protocol, String cipher) {}

  private final long connectionId;
  private final InetSocketAddress remoteAddress;
  private final Optional<Tls> tls;
  private final Optional<ClientCertificate> certificate;
  private volatile boolean judged;
  private final AtomicReference<Object> attachment = new AtomicReference<>();

  public Peer(
      long connectionId,
      InetSocketAddress remoteAddress,
      Optional<Tls> tls,
      Optional<ClientCertificate> certificate) {
    this.connectionId = connectionId;
    this.remoteAddress = remoteAddress;
    this.tls = tls;
    this.certificate = certificate;
  }

  /// Whom this peer, a proxy, speaks for in one request.
  ///
  /// @param proves whether this counts as a handshake of its own
  Peer broughtAlong(Optional<ClientCertificate> shown, boolean proves) {
    Peer client = new Peer(connectionId, remoteAddress, tls, shown);
    if (!proves) {
      client.judged();
    }
    return client;
  }

  /// Unique in this process, never reused.
  public long connectionId() {
    return connectionId;
  }

  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /// The name of what counts as one source: an IPv4 address, or an IPv6 /64.
  public String source() {
    return Sources.name(remoteAddress.getAddress());
  }

  /// Empty on a plain listener.
  public Optional<Tls> tls() {
    return tls;
  }

  public Optional<ClientCertificate> certificate() {
    return certificate;
  }

  /// Whether the handshake of this connection was judged already. A handshake is one use of a
  /// credential, however many requests follow it: whoever judges asks here first, and says so in
  /// [#judged] once the judgement is durable. Requests of one connection never run at the same
  /// time.
  public boolean isJudged() {
    return judged;
  }

  public void judged() {
    judged = true;
  }

  /// Keeps one object of the application until the connection closes, in place of an earlier one.
  public void attach(Object value) {
    attachment.set(value);
  }

  /// What [#attach] kept, if it is of this type.
  public <T> Optional<T> attachment(Class<T> type) {
    Object value = attachment.get();
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return "Peer["
        + connectionId
        + " "
        + remoteAddress
        + " "
        + certificate.map(ClientCertificate::sha256Hex).orElse("anonymous")
        + "]";
  }
}

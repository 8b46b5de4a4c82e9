package io.cardea.protocols.edge;

import io.netty.channel.Channel;

/// One connection through a [TlsTunnel].
public final class Passage {
  private final Peer peer;
  private final Channel front;

  Passage(Peer peer, Channel front) {
    this.peer = peer;
    this.front = front;
  }

  /// Who is at the outer end, as far as the handshake shows.
  public Peer peer() {
    return peer;
  }

  /// Ends both sides. Returns at once; [TlsTunnel.Doorkeeper#closed] says when it is done.
  public void close() {
    var _ = front.close();
  }

  @Override
  public String toString() {
    return "Passage[" + peer + "]";
  }
}

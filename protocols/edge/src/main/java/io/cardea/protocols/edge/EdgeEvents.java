package io.cardea.protocols.edge;

/// What the edge tells its metrics. Called on event loops: return at once, never throw.
public interface EdgeEvents {

  /// Why a handshake ended without a connection.
  enum HandshakeFailure {
    /// The client sent nothing, or too slowly.
    TIMEOUT,
    /// The client hung up.
    CLOSED,
    /// The bytes were not TLS.
    NOT_TLS,
    /// A proxy did not say whom it brings.
    PROXY_HEADER,
    /// No common version, cipher or group, or a bad signature.
    PROTOCOL,
    /// The client ended it with an alert: it did not like what we showed.
    ALERT
  }

  /// Which limit a stranger met.
  enum Limit {
    CONNECTIONS,
    CONNECTIONS_PER_ADDRESS,
    REQUESTS_IN_FLIGHT,
    HEADER_SIZE,
    BODY_SIZE,
    REQUEST_TIME,
    WRITE_TIME,
    IDLE_TIME,
    /// Others' handshakes had taken the time that there is for them.
    HANDSHAKE_SHARE
  }

  void accepted();

  void closed();

  void handshakeDone(Peer peer, long nanos);

  void handshakeFailed(FailedHandshake failed);

  /// One answer was written, or would have been if the client had stayed.
  ///
  /// @param route the template of the route, not the path, so that strangers cannot invent labels;
  ///   `-` when none matched
  void requestFinished(String route, int status, long nanos);

  void refused(Limit limit);

  /// Listens to nothing.
  EdgeEvents NONE =
      new EdgeEvents() {
        @Override
        public void accepted() {}

        @Override
        public void closed() {}

        @Override
        public void handshakeDone(Peer peer, long nanos) {}

        @Override
        public void handshakeFailed(FailedHandshake failed) {}

        @Override
        public void requestFinished(String route, int status, long nanos) {}

        @Override
        public void refused(Limit limit) {}
      };
}

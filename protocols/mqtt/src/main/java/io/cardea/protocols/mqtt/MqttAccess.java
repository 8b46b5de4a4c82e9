package io.cardea.protocols.mqtt;

import io.cardea.life.Refusal;
import io.cardea.protocols.edge.Passage;

/// Who may connect, and to what a connection comes. Methods block; they are called on virtual
/// threads.
public interface MqttAccess {
  /// What becomes of a CONNECT.
  sealed interface Answer {
    /// @param userName and @param password by which the broker inside knows this one connection
    record Welcome(String userName, byte[] password) implements Answer {
      @Override
      public String toString() {
        return "Welcome[" + userName + "]";
      }
    }

    record No(Refusal refusal) implements Answer {}
  }

  /// A full handshake was followed by this CONNECT.
  Answer connect(Passage passage, Connect connect);

  /// A connection that was welcome is closed.
  void closed(Passage passage);
}

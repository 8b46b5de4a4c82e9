package io.cardea.apps.server.mqtt;

import io.cardea.life.Refused;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.protocols.edge.ClientCertificate;
import java.util.List;

/// Whose sessions these are told to, before they begin and after they have ended. Methods block.
public interface MqttSessions {
  /// A full handshake with this certificate was done, and its holder wants in.
  ///
  /// @param session our word for it, never used again
  /// @param claimed the device that the client says it is
  Admission open(String session, ClientCertificate certificate, DeviceId claimed) throws Refused;

  /// The connection is closed.
  void close(String session);

  /// Of those open, the ones that have to end.
  List<String> toEnd();
}

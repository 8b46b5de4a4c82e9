package io.cardea.protocols.mqtt;

import io.cardea.life.Refusal;
import io.cardea.protocols.edge.Passage;
import io.cardea.protocols.edge.TlsTunnel;
import io.cardea.protocols.edge.TlsTunnel.Judgement;
import io.cardea.protocols.mqtt.Connect.Reading;
import io.cardea.protocols.mqtt.MqttAccess.Answer;
import java.nio.ByteBuffer;

/// The door of MQTT: reads one CONNECT behind each handshake, and answers it or hands it on.
public final class MqttDoor implements TlsTunnel.Doorkeeper {
  /// The most bytes of a CONNECT, its will message included.
  public static final int MOST = 64 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private final MqttAccess access;

  public MqttDoor(MqttAccess access) {
    this.access = access;
  }

  @Override
  public int length(ByteBuffer begun) {
    return Connect.length(begun);
  }

  @Override
  public Judgement judge(Passage passage, byte[] first) {
    return switch (Connect.read(first)) {
      case Reading.Read(var connect) ->
          switch (access.connect(passage, connect)) {
            case Answer.Welcome(var userName, var password) ->
                new Judgement.Pass(connect.withLogin(userName, password));
            case Answer.No(var refusal) -> new Judgement.Refuse(Connack.refused(connect, refusal));
          };
      case Reading.Bad(var fault, var version) -> new Judgement.Refuse(bad(fault, version));
    };
  }

  private static byte[] bad(Connect.Fault fault, Connect.Version version) {
    String malformed = Refusal.REQUEST_MALFORMED.code();
    return switch (fault) {
      case NOT_MQTT -> NOTHING;
      case VERSION ->
          Connack.of(
              version,
              Connack.Reason.VERSION,
              Refusal.NOT_OFFERED.code() + ": MQTT 3.1.1 and 5 are spoken here");
      case MALFORMED -> Connack.of(version, Connack.Reason.MALFORMED, malformed);
      case ENHANCED_AUTHENTICATION ->
          Connack.of(
              version,
              Connack.Reason.METHOD,
              Refusal.NOT_OFFERED.code() + ": the client certificate is the login");
    };
  }

  @Override
  public byte[] busy(byte[] first) {
    return Connect.of(Connect.read(first))
        .map(connect -> Connack.refused(connect, Refusal.OVERLOADED))
        .orElse(NOTHING);
  }

  @Override
  public void closed(Passage passage) {
    access.closed(passage);
  }
}

package io.cardea.protocols.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.protocols.mqtt.Connect.Fault;
import io.cardea.protocols.mqtt.Connect.Reading;
import io.cardea.protocols.mqtt.Connect.Version;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// MQTT 5 and 3.1.1, §3.1, as far as the door reads it.
class ConnectTest {
  private static final String MQTT = "0004" + "4d515454";
  private static final String PUMP = "0004" + "70756d70";

  private static byte[] packet(String body) {
    byte[] bytes = HexFormat.of().parseHex(body);
    ByteBuffer packet = ByteBuffer.allocate(5 + bytes.length);
    packet.put((byte) 0x10);
    Connect.putVariable(packet, bytes.length);
    packet.put(bytes);
    return Arrays.copyOf(packet.array(), packet.position());
  }

  private static Connect read(String body) {
    return Connect.of(Connect.read(packet(body))).orElseThrow();
  }

  private static Fault fault(String body) {
    return Connect.read(packet(body)) instanceof Reading.Bad(var fault, var _)
        ? fault
        : Fault.NOT_MQTT;
  }

  @Nested
  @DisplayName("§2.1.4 - Remaining Length")
  class Length {
    @Test
    void packet_endsWhereItSays() {
      byte[] packet = packet(MQTT + "05" + "02" + "003c" + "00" + PUMP);
      for (int i = 0; i < 2; i++) {
        assertThat(Connect.length(ByteBuffer.wrap(packet, 0, i))).isZero();
      }
      assertThat(Connect.length(ByteBuffer.wrap(packet, 0, 2))).isEqualTo(packet.length);
      assertThat(Connect.length(ByteBuffer.wrap(packet))).isEqualTo(packet.length);
    }

    @Test
    void otherPacketsOrFiveLengthBytes_areNoConnect() {
      assertThat(Connect.length(ByteBuffer.wrap(new byte[] {0x30, 2}))).isNegative();
      assertThat(Connect.length(ByteBuffer.wrap(new byte[] {0x16, 3, 1}))).isNegative();
      assertThat(Connect.length(ByteBuffer.wrap(new byte[] {0x10, -1, -1, -1, -1, 1})))
          .isNegative();
    }
  }

  @Nested
  @DisplayName("§3.1.2 - CONNECT Variable Header")
  class VariableHeader {
    @Test
    void version5_isRead() {
      Connect connect = read(MQTT + "05" + "02" + "003c" + "05" + "1100000e10" + PUMP);
      assertThat(connect.version()).isEqualTo(Version.V5);
      assertThat(connect.clientId()).isEqualTo("pump");
    }

    @Test
    void version311_isRead() {
      assertThat(read(MQTT + "04" + "02" + "003c" + PUMP).version()).isEqualTo(Version.V3);
    }

    @Test
    void otherVersions_areAnsweredInTheNearestOne() {
      assertThat(fault(MQTT + "06" + "02" + "003c" + "00" + PUMP)).isEqualTo(Fault.VERSION);
      assertThat(fault("0006" + "4d5149736470" + "03" + "02" + "003c" + PUMP))
          .isEqualTo(Fault.VERSION);
    }

    @Test
    void reservedFlag_isMalformed() {
      assertThat(fault(MQTT + "05" + "03" + "003c" + "00" + PUMP)).isEqualTo(Fault.MALFORMED);
    }

    @Test
    void enhancedAuthentication_isNotOffered() {
      assertThat(fault(MQTT + "05" + "02" + "003c" + "04" + "15000141" + PUMP))
          .isEqualTo(Fault.ENHANCED_AUTHENTICATION);
    }

    @Test
    void unknownProperty_isMalformed() {
      assertThat(fault(MQTT + "05" + "02" + "003c" + "02" + "7f00" + PUMP))
          .isEqualTo(Fault.MALFORMED);
    }
  }

  @Nested
  @DisplayName("§3.1.3 - CONNECT Payload")
  class Payload {
    @Test
    void clientIdThatIsNoUtf8_isMalformed() {
      assertThat(fault(MQTT + "05" + "02" + "003c" + "00" + "0002c328")).isEqualTo(Fault.MALFORMED);
    }

    @Test
    void bytesBehindTheEnd_areMalformed() {
      assertThat(fault(MQTT + "05" + "02" + "003c" + "00" + PUMP + "00"))
          .isEqualTo(Fault.MALFORMED);
    }

    @Test
    void login_isReplacedAndAllElseKept() {
      String will = "00" + "000177" + "0002" + "beef";
      String theirs = "000141" + "000142";
      byte[] replaced =
          read(MQTT + "05" + "ce" + "003c" + "00" + PUMP + will + theirs)
              .withLogin("7", new byte[] {1, 2, 3});
      assertThat(replaced)
          .isEqualTo(
              packet(MQTT + "05" + "ce" + "003c" + "00" + PUMP + will + "000137" + "0003010203"));
    }

    @Test
    void loginOfNone_isAdded() {
      assertThat(read(MQTT + "04" + "00" + "003c" + PUMP).withLogin("7", new byte[] {9}))
          .isEqualTo(packet(MQTT + "04" + "c0" + "003c" + PUMP + "000137" + "000109"));
    }
  }

  @Test
  void anyBytes_areReadOrRefused() {
    Random random = new Random(7);
    byte[] good =
        packet(
            MQTT + "05" + "ce" + "003c" + "00" + PUMP + "00" + "000177" + "000100" + "000141"
                + "000142");
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int j = random.nextInt(1, 4); j > 0; j--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertThat(Connect.read(bytes)).isNotNull();
      assertThat(Connect.read(Arrays.copyOf(bytes, random.nextInt(bytes.length)))).isNotNull();
    }
  }
}

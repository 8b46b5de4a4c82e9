package io.cardea.protocols.mqtt;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A CONNECT packet of MQTT 3.1.1 or 5 (§3.1), read as far as a door has to: who it says it is.
///
/// Whatever user name and password it brings are left out: here the key of the handshake speaks.
public final class Connect {
  /// The first byte of the packet (§2.1): its type, and flags that are all zero.
  private static final int TYPE = 0x10;

  private static final int VERSION_4 = 4;
  private static final int VERSION_5 = 5;
  private static final int MOST_LENGTH_BYTES = 4;

  private static final int WILL = 0x04;
  private static final int WILL_QOS = 0x18;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  /// Why a packet is not taken.
  public enum Fault {
    /// Not MQTT at all: there is no one to answer.
    NOT_MQTT,
    /// A version that we do not speak.
    VERSION,
    MALFORMED,
    /// Authentication by AUTH packets (§4.12), which we do not offer.
    ENHANCED_AUTHENTICATION
  }

  /// What reading one came to.
  public sealed interface Reading {
    record Read(Connect connect) implements Reading {}

    /// @param version in which to answer
    record Bad(Fault fault, Version version) implements Reading {}
  }

  /// What decides the form of an answer.
  public enum Version {
    V3,
    V5
  }

  private final Version version;
  private final int flags;
  private final byte[] head;
  private final byte[] middle;
  private final String clientId;
  private final long mostAnswer;

  private Connect(
      Version version,
      int flags,
      byte[] head,
      byte[] middle,
      String clientId,
      Properties properties) {
    this.version = version;
    this.flags = flags;
    this.head = head;
    this.middle = middle;
    this.clientId = clientId;
    this.mostAnswer = properties.mostAnswer;
  }

  /// Where the packet ends (§2.1.4): 0 when more bytes are needed to say, negative when they begin
  /// no CONNECT.
  public static int length(ByteBuffer begun) {
    if (!begun.hasRemaining()) {
      return 0;
    }
    if ((begun.get(begun.position()) & 0xff) != TYPE) {
      return -1;
    }
    int length = 0;
    for (int i = 0; i < MOST_LENGTH_BYTES; i++) {
      if (begun.remaining() < 2 + i) {
        return 0;
      }
      int octet = begun.get(begun.position() + 1 + i) & 0xff;
      length |= (octet & 0x7f) << (7 * i);
      if (octet < 0x80) {
        return 2 + i + length;
      }
    }
    return -1;
  }

  /// Reads one whole packet.
  public static Reading read(byte[] packet) {
    ByteBuffer bytes = ByteBuffer.wrap(packet);
    if (packet.length == 0 || length(bytes) != packet.length) {
      return new Reading.Bad(Fault.NOT_MQTT, Version.V3);
    }
    bytes.get();
    while (bytes.get() < 0) {
      // the length, which was read
    }
    Version version = Version.V3;
    try {
      String protocol = text(bytes);
      int level = octet(bytes);
      if (protocol.equals("MQIsdp")) {
        return new Reading.Bad(Fault.VERSION, Version.V3);
      }
      if (!protocol.equals("MQTT")) {
        return new Reading.Bad(Fault.NOT_MQTT, Version.V3);
      }
      if (level != VERSION_4 && level != VERSION_5) {
        return new Reading.Bad(Fault.VERSION, level < VERSION_5 ? Version.V3 : Version.V5);
      }
      version = level == VERSION_5 ? Version.V5 : Version.V3;
      return rest(bytes, packet, version);
    } catch (MalformedException e) {
      return new Reading.Bad(Fault.MALFORMED, version);
    }
  }

  private static Reading rest(ByteBuffer bytes, byte[] packet, Version version)
      throws MalformedException {
    int atFlags = bytes.position();
    int flags = octet(bytes);
    check((flags & 0x01) == 0); // §3.1.2.3: reserved
    check((flags & WILL_QOS) != WILL_QOS);
    check((flags & WILL) != 0 || (flags & (WILL_QOS | WILL_RETAIN)) == 0);
    check(version == Version.V5 || (flags & USER_NAME) != 0 || (flags & PASSWORD) == 0);
    take(bytes, 2); // keep-alive
    Properties properties = new Properties();
    if (version == Version.V5) {
      properties.read(bytes);
    }
    int afterHead = bytes.position();
    String clientId = text(bytes);
    if ((flags & WILL) != 0) {
      if (version == Version.V5) {
        take(bytes, variable(bytes));
      }
      var _ = text(bytes);
      take(bytes, sixteen(bytes));
    }
    int afterWill = bytes.position();
    if ((flags & USER_NAME) != 0) {
      var _ = text(bytes);
    }
    if ((flags & PASSWORD) != 0) {
      take(bytes, sixteen(bytes));
    }
    check(!bytes.hasRemaining());
    if (properties.enhanced) {
      return new Reading.Bad(Fault.ENHANCED_AUTHENTICATION, version);
    }
    return new Reading.Read(
        new Connect(
            version,
            flags,
            slice(packet, atFlags + 1, afterHead),
            slice(packet, afterHead, afterWill),
            clientId,
            properties));
  }

  public Version version() {
    return version;
  }

  public String clientId() {
    return clientId;
  }

  /// The longest answer that the client takes (§3.1.2.11.4).
  long mostAnswer() {
    return mostAnswer;
  }

  /// The same packet with this user name and password.
  ///
  /// @param password at most 65,535 bytes
  public byte[] withLogin(String userName, byte[] password) {
    byte[] name = userName.getBytes(StandardCharsets.UTF_8);
    int length = 7 + 1 + head.length + middle.length + 2 + name.length + 2 + password.length;
    ByteBuffer packet = ByteBuffer.allocate(1 + MOST_LENGTH_BYTES + length);
    packet.put((byte) TYPE);
    putVariable(packet, length);
    packet.putShort((short) 4).put("MQTT".getBytes(StandardCharsets.US_ASCII));
    packet.put((byte) (version == Version.V5 ? VERSION_5 : VERSION_4));
    packet.put((byte) (flags | USER_NAME | PASSWORD)).put(head).put(middle);
    packet.putShort((short) name.length).put(name);
    packet.putShort((short) password.length).put(password);
    return slice(packet.array(), 0, packet.position());
  }

  static void putVariable(ByteBuffer target, int value) {
    int rest = value;
    do {
      int octet = rest & 0x7f;
      rest >>>= 7;
      target.put((byte) (rest > 0 ? octet | 0x80 : octet));
    } while (rest > 0);
  }

  /// What of the properties (§3.1.2.11) concerns a door.
  private static final class Properties {
    private long mostAnswer = Long.MAX_VALUE;
    private boolean enhanced;

    void read(ByteBuffer bytes) throws MalformedException {
      int length = variable(bytes);
      check(length <= bytes.remaining());
      int end = bytes.position() + length;
      while (bytes.position() < end) {
        property(bytes);
      }
      check(bytes.position() == end);
    }

    private void property(ByteBuffer bytes) throws MalformedException {
      switch (octet(bytes)) {
        case 0x11 -> take(bytes, 4);
        case 0x15 -> {
          take(bytes, sixteen(bytes));
          enhanced = true;
        }
        case 0x16 -> take(bytes, sixteen(bytes));
        case 0x17, 0x19 -> take(bytes, 1);
        case 0x21, 0x22 -> take(bytes, 2);
        case 0x26 -> {
          take(bytes, sixteen(bytes));
          take(bytes, sixteen(bytes));
        }
        case 0x27 -> {
          mostAnswer = thirtyTwo(bytes);
          check(mostAnswer > 0);
        }
        default -> throw new MalformedException();
      }
    }
  }

  /// Not what §3.1 says.
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException() {
      super("malformed", null, false, false);
    }
  }

  private static void check(boolean holds) throws MalformedException {
    if (!holds) {
      throw new MalformedException();
    }
  }

  private static int octet(ByteBuffer bytes) throws MalformedException {
    check(bytes.hasRemaining());
    return bytes.get() & 0xff;
  }

  private static int sixteen(ByteBuffer bytes) throws MalformedException {
    check(bytes.remaining() >= 2);
    return bytes.getShort() & 0xffff;
  }

  private static long thirtyTwo(ByteBuffer bytes) throws MalformedException {
    check(bytes.remaining() >= 4);
    return bytes.getInt() & 0xffff_ffffL;
  }

  private static int variable(ByteBuffer bytes) throws MalformedException {
    int value = 0;
    for (int i = 0; i < MOST_LENGTH_BYTES; i++) {
      int octet = octet(bytes);
      value |= (octet & 0x7f) << (7 * i);
      if (octet < 0x80) {
        return value;
      }
    }
    throw new MalformedException();
  }

  private static void take(ByteBuffer bytes, int count) throws MalformedException {
    check(bytes.remaining() >= count);
    bytes.position(bytes.position() + count);
  }

  /// §1.5.4: UTF-8, and no U+0000.
  private static String text(ByteBuffer bytes) throws MalformedException {
    int length = sixteen(bytes);
    check(bytes.remaining() >= length);
    ByteBuffer its = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(its)
              .toString();
      check(text.indexOf('\0') < 0);
      return text;
    } catch (CharacterCodingException e) {
      throw new MalformedException();
    }
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    byte[] slice = new byte[to - from];
    System.arraycopy(bytes, from, slice, 0, slice.length);
    return slice;
  }

  /// Who it says it is, of what could be read.
  static Optional<Connect> of(Reading reading) {
    return reading instanceof Reading.Read(var connect) ? Optional.of(connect) : Optional.empty();
  }

  @Override
  public String toString() {
    return "Connect[" + version + " " + clientId + "]";
  }
}

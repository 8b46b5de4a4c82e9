package io.cardea.trials.bench.load;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// One MQTT 3.1.1 connection that costs the client as little as can be: blocking, no library.
///
/// Each has a TLS context of its own, so that no handshake is a resumption. It believes any server:
/// what it measures is not whom it talks to.
public final class MqttLine implements AutoCloseable {
  private static final int PUBACK_BYTES = 4;
  private static final int TIMEOUT_MILLIS = 30_000;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;

  private MqttLine(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
  }

  /// Returns when the broker has said yes.
  public static MqttLine open(int port, Identity identity, String clientId) throws IOException {
    SSLSocket socket = null;
    boolean open = false;
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OneKey(identity)}, new TrustManager[] {new Anybody()}, null);
      Socket tcp = new Socket(InetAddress.getLoopbackAddress(), port);
      tcp.setTcpNoDelay(true);
      tcp.setSoTimeout(TIMEOUT_MILLIS);
      socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, "localhost", port, true);
      MqttLine line = new MqttLine(socket);
      line.connect(clientId);
      open = true;
      return line;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS", e);
    } finally {
      if (!open && socket != null) {
        socket.close();
      }
    }
  }

  private void connect(String clientId) throws IOException {
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    ByteBuffer packet = ByteBuffer.allocate(14 + id.length);
    packet.put((byte) 0x10).put((byte) (12 + id.length));
    packet.putShort((short) 4).put("MQTT".getBytes(StandardCharsets.US_ASCII));
    packet.put((byte) 4).put((byte) 2).putShort((short) 600);
    packet.putShort((short) id.length).put(id);
    out.write(packet.array());
    byte[] answer = new byte[4];
    in.readFully(answer);
    if (answer[0] != 0x20 || answer[3] != 0) {
      throw new IOException("CONNACK " + answer[3]);
    }
  }

  /// Packets of QoS 1 with numbers from 1, to be written again and again.
  public static byte[] batch(String topic, int count, int payload) {
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    int length = 2 + name.length + 2 + payload;
    if (length > 127) {
      throw new IllegalArgumentException("packet: " + length + " bytes (expected: <= 127)");
    }
    ByteBuffer packets = ByteBuffer.allocate(count * (2 + length));
    for (int number = 1; number <= count; number++) {
      packets.put((byte) 0x32).put((byte) length);
      packets.putShort((short) name.length).put(name).putShort((short) number);
      packets.put(new byte[payload]);
    }
    return packets.array();
  }

  /// Writes a batch, and returns when each of its packets is acknowledged.
  public void publish(byte[] batch, int count) throws IOException {
    out.write(batch);
    byte[] answers = new byte[count * PUBACK_BYTES];
    in.readFully(answers);
    for (int i = 0; i < answers.length; i += PUBACK_BYTES) {
      if (answers[i] != 0x40) {
        throw new IOException("expected a PUBACK, got type " + (answers[i] >> 4));
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.write(new byte[] {(byte) 0xe0, 0});
    } finally {
      socket.close();
    }
  }

  private static final class OneKey extends X509ExtendedKeyManager {
    private final Identity identity;

    OneKey(Identity identity) {
      this.identity = identity;
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {"device"};
    }

    @Override
    public String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return "device";
    }

    @Override
    public String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return "device";
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {identity.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identity.key();
    }
  }

  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

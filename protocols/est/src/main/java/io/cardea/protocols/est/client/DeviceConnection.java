package io.cardea.protocols.est.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/// One device's way to its server, with one identity or none: HTTPS over TLS 1.2 or 1.3, kept alive
/// between requests, closed with [#close].
///
/// The first request is always a full handshake: nothing of an earlier connection is resumed. No
/// redirect is followed, an answer is at most 64 KiB, and every request ends within its timeout
/// however slowly the other side sends. Open one per contact: it costs one thread while it is open.
public final class DeviceConnection implements AutoCloseable {
  static final int MAX_ANSWER = 64 * 1024;

  private final ConnectionSettings settings;
  private final Optional<ClientIdentity> identity;
  private final HttpClient http;

  private DeviceConnection(ConnectionSettings settings, Optional<ClientIdentity> identity) {
    this.settings = settings;
    this.identity = identity;
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .sslContext(context(settings, identity))
            .sslParameters(parameters)
            .executor(task -> Thread.ofVirtual().name("device-connection").start(task))
            .build();
  }

  /// Connects at the first request.
  public static DeviceConnection anonymous(ConnectionSettings settings) {
    return new DeviceConnection(settings, Optional.empty());
  }

  /// Connects at the first request, and shows this identity when asked.
  public static DeviceConnection as(ConnectionSettings settings, ClientIdentity identity) {
    return new DeviceConnection(settings, Optional.of(identity));
  }

  /// What this connection shows of the device.
  public Optional<ClientIdentity> identity() {
    return identity;
  }

  private static SSLContext context(
      ConnectionSettings settings, Optional<ClientIdentity> identity) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identity.map(i -> new KeyManager[] {new OneIdentity(i)}).orElse(new KeyManager[0]),
          new TrustManager[] {new ServerTrust(settings.anchors(), settings.notBefore())},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(settings.at(path)).timeout(settings.answerTimeout());
  }

  /// @throws IOException when no whole answer came: then it is not known what the server did
  HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER));
    try {
      // The client's own timeout ends with the answer's header: a body may still be dribbled.
      return answer.get(settings.answerTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("no answer from " + settings.server() + ": " + Reason.of(cause), cause);
    } catch (TimeoutException e) {
      throw new IOException(
          "no whole answer from " + settings.server() + " in " + settings.answerTimeout(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopped = new InterruptedIOException("stopped while waiting");
      stopped.initCause(e);
      throw stopped;
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

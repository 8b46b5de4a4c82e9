package io.cardea.trials.bench.rig;

import io.cardea.apps.cli.Cardea;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// `cardea server` in a process of its own, with its database below it.
public final class RunningServer implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final String READY_WORD = " ready: devices ";
  private static final int TIMELINE = 12;
  private static final long POLL_NANOS = 2_000_000;

  private final Place place;
  private final Child process;
  private final long readyNanos;

  private RunningServer(Place place, Child process, long readyNanos) {
    this.place = place;
    this.process = process;
    this.readyNanos = readyNanos;
  }

  /// Returns when the server says over its API that it is ready.
  ///
  /// @param options of the virtual machine
  public static RunningServer start(Place place, List<String> options) throws IOException {
    HttpClient client = client(place); // before the clock starts: ours to pay, not the server's
    ClassPath product = ClassPath.ofProduct();
    List<String> all = new ArrayList<>(options);
    product.cache().ifPresent(cache -> all.add("-XX:AOTCache=" + cache));
    Child process =
        Child.java(
            product.jars(),
            product.security(),
            all,
            Cardea.class,
            List.of("server", "--config", place.writeConfig().toString()),
            place.log("server"),
            READY_WORD);
    boolean ready = false;
    try {
      process.awaitReady();
      awaitHealth(place, client);
      ready = true;
      return new RunningServer(place, process, System.nanoTime() - process.startedNanos());
    } finally {
      client.shutdownNow();
      if (!ready) {
        process.close();
      }
    }
  }

  private static HttpClient client(Place place) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate authority : place.authorities()) {
        store.setCertificateEntry("ca-" + number++, authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .sslContext(context)
          .connectTimeout(READY)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IOException("the authorities of " + place.server() + " cannot be used", e);
    }
  }

  private static void awaitHealth(Place place, HttpClient client) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + place.ports().people() + "/health/ready"))
            .timeout(READY)
            .build();
    long end = System.nanoTime() + READY.toNanos();
    try {
      while (client.send(request, BodyHandlers.discarding()).statusCode() != 200) {
        if (System.nanoTime() - end > 0) {
          throw new IOException("the server did not become ready in " + READY);
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  /// From the start of the process to the first healthy answer.
  public double readyMillis() {
    return readyNanos / 1e6;
  }

  public int devicePort() {
    return place.ports().devices();
  }

  public double cpuMillis() throws IOException {
    return Cpu.millis(process.pid());
  }

  public double databaseCpuMillis() throws IOException {
    double all = 0;
    List<ProcessHandle> children = new ArrayList<>();
    ProcessHandle.of(process.pid()).ifPresent(server -> server.children().forEach(children::add));
    for (ProcessHandle child : children) {
      all += Cpu.millisWithChildren(child.pid());
    }
    return all;
  }

  public long peakMebibytes() throws IOException {
    return Cpu.peakMebibytes(process.pid());
  }

  /// What it has said of its way to readiness.
  public List<String> timeline() throws IOException {
    List<String> lines = Files.readAllLines(place.log("server"));
    int ready = lines.size() - 1;
    while (ready > 0 && !lines.get(ready).contains(READY_WORD)) {
      ready--;
    }
    return lines.subList(Math.max(0, ready - TIMELINE), Math.min(lines.size(), ready + 2));
  }

  /// Whose class path it runs on.
  public static String classPath() {
    return ClassPath.ofProduct().product() ? "the product's" : "the benchmark's";
  }

  /// Whether it starts from what an earlier start recorded.
  public static String cache() {
    return ClassPath.ofProduct().cache().isPresent() ? "used" : "none: ./cardea build --aot";
  }

  /// Server and database at one blow.
  public void kill() throws IOException {
    process.killWithChildren();
  }

  @Override
  public void close() {
    process.close();
  }
}

package io.cardea.trials.bench.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/// Asks over kept-alive plain HTTP/1.1, each connection one question after the other, as fast as it
/// is answered.
public final class PlainHttp {
  private static final int MAX_SAMPLES = 1 << 20;

  private PlainHttp() {}

  /// @param nanos of each answer, a part of them if there were very many
  /// @param octets of the last answer's body
  public record Result(long answers, double seconds, long[] nanos, int octets) {
    /// Of several, one after the other.
    public static Result of(List<Result> some) {
      return new Result(
          some.stream().mapToLong(Result::answers).sum(),
          some.stream().mapToDouble(Result::seconds).sum(),
          some.stream().flatMapToLong(each -> Arrays.stream(each.nanos())).toArray(),
          some.getLast().octets());
    }

    public double perSecond() {
      return answers / seconds;
    }

    /// @param share of the answers that took no longer, for instance 0.99
    public double millis(double share) {
      long[] sorted = nanos.clone();
      Arrays.sort(sorted);
      return sorted.length == 0
          ? 0
          : sorted[(int) Math.min(sorted.length - 1, (long) (share * sorted.length))] / 1e6;
    }
  }

  /// @param requests makes the questions of a connection, by its number
  public static Result run(
      int port, int connections, Duration length, IntFunction<Requests> requests)
      throws IOException {
    return run(port, connections, length, Long.MAX_VALUE, requests);
  }

  private static Result run(
      int port, int connections, Duration length, long most, IntFunction<Requests> requests)
      throws IOException {
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      long began = System.nanoTime();
      long end = began + length.toNanos();
      List<Future<Lane>> lanes = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        Lane lane = new Lane(port, requests.apply(i), end, most, MAX_SAMPLES / connections);
        lanes.add(threads.submit(lane::run));
      }
      List<Lane> done = new ArrayList<>();
      for (Future<Lane> lane : lanes) {
        done.add(lane.get());
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      long answers = done.stream().mapToLong(lane -> lane.answers).sum();
      long[] all = done.stream().flatMapToLong(lane -> Arrays.stream(lane.nanos())).toArray();
      return new Result(answers, seconds, all, done.getFirst().octets);
    } catch (ExecutionException e) {
      throw new IOException("a connection failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  /// Asks so often, all connections together.
  public static Result times(int port, int connections, int count, IntFunction<Requests> requests)
      throws IOException {
    return run(port, connections, Duration.ofDays(1), count / connections, requests);
  }

  /// The next question, whole, as it goes over the wire.
  @FunctionalInterface
  public interface Requests {
    byte[] next();
  }

  public static byte[] get(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static final class Lane {
    private final int port;
    private final Requests requests;
    private final long end;
    private final long most;
    private final long[] samples;
    private long answers;
    private int octets;

    Lane(int port, Requests requests, long end, long most, int samples) {
      this.port = port;
      this.requests = requests;
      this.end = end;
      this.most = most;
      this.samples = new long[samples];
    }

    long[] nanos() {
      return Arrays.copyOf(samples, (int) Math.min(answers, samples.length));
    }

    /// Connects again when the server has had enough of a connection.
    Lane run() throws IOException {
      while (goesOn()) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          socket.setTcpNoDelay(true);
          InputStream in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
          OutputStream out = socket.getOutputStream();
          boolean stays = true;
          while (stays && goesOn()) {
            long began = System.nanoTime();
            out.write(requests.next());
            stays = answer(in);
            samples[(int) (answers % samples.length)] = System.nanoTime() - began;
            answers++;
          }
        }
      }
      return this;
    }

    private boolean goesOn() {
      return answers < most && System.nanoTime() < end;
    }

    private boolean answer(InputStream in) throws IOException {
      int length = 0;
      boolean stays = true;
      String status = line(in);
      if (!status.startsWith("HTTP/1.1 200")) {
        throw new IOException("answered: " + status);
      }
      for (String field = line(in); !field.isEmpty(); field = line(in)) {
        if (field.regionMatches(true, 0, "content-length:", 0, 15)) {
          length = Integer.parseInt(field.substring(15).strip());
        } else if (field.regionMatches(true, 0, "connection: close", 0, 17)) {
          stays = false;
        }
      }
      in.skipNBytes(length);
      octets = length;
      return stays;
    }

    private final byte[] buffer = new byte[1024];

    private String line(InputStream in) throws IOException {
      int length = 0;
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the connection ended in an answer");
        }
        buffer[length++] = (byte) c;
      }
      return new String(buffer, 0, Math.max(0, length - 1), StandardCharsets.ISO_8859_1);
    }
  }
}

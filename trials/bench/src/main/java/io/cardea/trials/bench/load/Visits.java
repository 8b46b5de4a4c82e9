package io.cardea.trials.bench.load;

import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Devices that come, ask for one thing and go: a connection, a whole handshake and a request each,
/// every one with the certificate of the next device.
public final class Visits implements AutoCloseable {
  private static final Duration LATE = Duration.ofSeconds(60);
  private static final long SHORTEST_WAIT = TimeUnit.MICROSECONDS.toNanos(200);

  private final Generator generator;
  private final List<SslContext> contexts;
  private int next;

  public Visits(Generator generator, List<Identity> identities) {
    this.generator = generator;
    this.contexts = identities.stream().map(generator::context).toList();
  }

  /// As many visitors as this are always on their way.
  public Tally closed(int port, Dialect dialect, int atOnce, Duration length, Supply supply)
      throws IOException {
    return await(new Round(port, dialect, length, supply, Optional.empty()), atOnce, length);
  }

  /// One each moment, whoever else is on the way; latency counts from the moment at which it was
  /// due.
  public Tally open(int port, Dialect dialect, int perSecond, Duration length, Supply supply)
      throws IOException {
    return await(
        new Round(port, dialect, length, supply, Optional.of(1_000_000_000L / perSecond)),
        1,
        length);
  }

  private Tally await(Round round, int atOnce, Duration length) throws IOException {
    generator.loop().execute(() -> round.begin(atOnce));
    try {
      return round.done.get(length.plus(LATE).toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the visits did not end: " + round.open + " are open", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  private final class Round implements Lane.Listener {
    private final int port;
    private final Dialect dialect;
    private final Duration length;
    private final Supply supply;
    private final Tally tally = new Tally();
    private final CompletableFuture<Tally> done = new CompletableFuture<>();
    private long began;
    private final Optional<Long> apart;
    private int open;
    private long due;

    /// @param apart nanoseconds from one to the next, when they do not wait for each other
    Round(int port, Dialect dialect, Duration length, Supply supply, Optional<Long> apart) {
      this.port = port;
      this.dialect = dialect;
      this.length = length;
      this.supply = supply;
      this.apart = apart;
    }

    void begin(int atOnce) {
      began = System.nanoTime();
      due = began;
      if (apart.isPresent()) {
        tick(apart.get());
        return;
      }
      for (int number = 0; number < atOnce; number++) {
        visit();
      }
    }

    private void tick(long step) {
      while (due - began < length.toNanos() && System.nanoTime() - due >= 0) {
        visit(due);
        due += step;
      }
      if (due - began < length.toNanos()) {
        var _ = generator.loop().schedule(() -> tick(step), SHORTEST_WAIT, TimeUnit.NANOSECONDS);
      } else if (open == 0) {
        end();
      }
    }

    private void visit() {
      long from = System.nanoTime();
      if (from - began < length.toNanos()) {
        visit(from);
      } else if (open == 0) {
        end();
      }
    }

    private void end() {
      tally.ended(System.nanoTime() - began);
      done.complete(tally);
    }

    private void visit(long from) {
      open++;
      Csr csr = supply.next();
      Lane lane = new Lane(dialect, this);
      SslContext tls = contexts.get(next);
      next = (next + 1) % contexts.size();
      ChannelFuture connecting = generator.connect(port, Optional.of(tls), lane);
      var _ =
          connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
              failed(lane, "not connected");
              gone();
            }
          });
      var _ = connecting.channel().closeFuture().addListener(closed -> closed(connecting));
      lane.asksWhenReady(csr, from);
    }

    private void closed(ChannelFuture connecting) {
      if (connecting.isSuccess()) {
        gone();
      }
    }

    private void gone() {
      open--;
      if (apart.isEmpty()) {
        visit();
      } else if (open == 0 && due - began >= length.toNanos()) {
        end();
      }
    }

    @Override
    public void answered(Lane lane, long latency, byte[] fingerprint) {
      tally.succeeded(latency, fingerprint);
      lane.close();
    }

    @Override
    public void failed(Lane lane, String how) {
      tally.failed(how);
      lane.close();
    }
  }

  @Override
  public void close() {
    contexts.forEach(ReferenceCountUtil::release);
  }
}

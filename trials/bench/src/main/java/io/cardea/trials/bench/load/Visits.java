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
    Round round = new Round(port, dialect, length, supply);
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
    private int open;

    Round(int port, Dialect dialect, Duration length, Supply supply) {
      this.port = port;
      this.dialect = dialect;
      this.length = length;
      this.supply = supply;
    }

    void begin(int atOnce) {
      began = System.nanoTime();
      for (int number = 0; number < atOnce; number++) {
        visit();
      }
    }

    private void visit() {
      long from = System.nanoTime();
      if (from - began >= length.toNanos()) {
        if (open == 0) {
          tally.ended(from - began);
          done.complete(tally);
        }
        return;
      }
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
      visit();
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

package io.cardea.trials.bench.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Kept-alive connections that are used in turns, the one that rested longest first.
public final class Lanes implements AutoCloseable {
  private static final int AT_ONCE = 64;
  private static final Duration LATE = Duration.ofSeconds(60);

  private final Generator generator;
  private final List<Lane> lanes;

  private Lanes(Generator generator, List<Lane> lanes) {
    this.generator = generator;
    this.lanes = lanes;
  }

  /// Without TLS.
  public static Lanes plain(Generator generator, int port, Dialect dialect, int count)
      throws IOException {
    List<Optional<SslContext>> contexts = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      contexts.add(Optional.empty());
    }
    return connect(generator, port, dialect, contexts);
  }

  /// A connection for each identity.
  public static Lanes tls(Generator generator, int port, Dialect dialect, List<Identity> identities)
      throws IOException {
    return connect(
        generator,
        port,
        dialect,
        identities.stream().map(identity -> Optional.of(generator.context(identity))).toList());
  }

  private static Lanes connect(
      Generator generator, int port, Dialect dialect, List<Optional<SslContext>> contexts)
      throws IOException {
    List<Lane> lanes = new ArrayList<>();
    for (int from = 0; from < contexts.size(); from += AT_ONCE) {
      List<Lane> some = new ArrayList<>();
      List<ChannelFuture> opening = new ArrayList<>();
      for (Optional<SslContext> tls :
          contexts.subList(from, Math.min(contexts.size(), from + AT_ONCE))) {
        Lane lane = new Lane(dialect, new NobodyAsked());
        opening.add(generator.connect(port, tls, lane));
        some.add(lane);
      }
      for (int number = 0; number < some.size(); number++) {
        await(opening.get(number));
        Future<Channel> handshake = some.get(number).handshake();
        if (handshake != null) {
          await(handshake);
        }
      }
      lanes.addAll(some);
    }
    contexts.forEach(tls -> tls.ifPresent(ReferenceCountUtil::release));
    return new Lanes(generator, lanes);
  }

  private static void await(Future<?> future) throws IOException {
    if (!future.awaitUninterruptibly(LATE.toMillis())) {
      throw new IOException("a connection was not open after " + LATE);
    }
    if (!future.isSuccess()) {
      throw new IOException("a connection was not opened: " + future.cause(), future.cause());
    }
  }

  private static final class NobodyAsked implements Lane.Listener {
    @Override
    public void answered(Lane lane, long latency, byte[] fingerprint) {
      throw new IllegalStateException("an answer that nobody asked for");
    }

    @Override
    public void failed(Lane lane, String how) {
      throw new IllegalStateException("a failure of what nobody asked for: " + how);
    }
  }

  /// As many as this are always in flight: for capacity.
  public Tally closed(int inFlight, Duration length, Supply supply) throws IOException {
    return start(new Closed(inFlight, length, supply), length);
  }

  /// The same, until [Running#end].
  public Running closedUntilTold(int inFlight, Supply supply) {
    Closed drive = new Closed(inFlight, Duration.ofHours(1), supply);
    generator.loop().execute(drive::begin);
    return new Running(drive);
  }

  /// One each moment, whether or not those before have been answered; latency counts from the
  /// moment at which it was due: for latency.
  public Tally open(int perSecond, Duration length, Supply supply) throws IOException {
    return start(new Open(perSecond, length, supply), length);
  }

  private Tally start(Drive drive, Duration length) throws IOException {
    generator.loop().execute(drive::begin);
    return drive.result(length.plus(LATE));
  }

  /// Load that goes on.
  public final class Running {
    private final Closed drive;

    private Running(Closed drive) {
      this.drive = drive;
    }

    /// Asks no more; what is in flight ends as it may.
    public Tally end() throws IOException {
      generator.loop().execute(() -> drive.end = System.nanoTime());
      return drive.result(LATE);
    }
  }

  private abstract class Drive implements Lane.Listener {
    final Tally tally = new Tally();
    final Deque<Lane> idle = new ArrayDeque<>(lanes);
    final Supply supply;
    private final CompletableFuture<Tally> done = new CompletableFuture<>();
    private long began;
    int inFlight;

    Drive(Supply supply) {
      this.supply = supply;
    }

    abstract void go();

    abstract void next();

    abstract boolean isOver();

    void begin() {
      lanes.forEach(lane -> lane.tells(this));
      began = System.nanoTime();
      try {
        go();
      } catch (RuntimeException e) {
        // A defect of ours: whoever waits must hear of it.
        done.completeExceptionally(e);
      }
    }

    void ask(Lane lane, long from) {
      inFlight++;
      lane.ask(supply.next(), from);
    }

    @Override
    public void answered(Lane lane, long latency, byte[] fingerprint) {
      tally.succeeded(latency, fingerprint);
      idle.addLast(lane);
      ended();
    }

    /// A connection that failed is not used again: when all have failed, so has the slice.
    @Override
    public void failed(Lane lane, String how) {
      tally.failed(how);
      if (!how.equals("closed")) {
        idle.addLast(lane);
      }
      ended();
    }

    private void ended() {
      inFlight--;
      next();
      if (inFlight == 0 && isOver()) {
        finish();
      }
    }

    void finish() {
      tally.ended(System.nanoTime() - began);
      done.complete(tally);
    }

    Tally result(Duration patience) throws IOException {
      try {
        return done.get(patience.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException("the load did not end: " + inFlight + " requests in flight", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("stopped", e);
      }
    }
  }

  private final class Closed extends Drive {
    private final int wanted;
    private final Duration length;
    private volatile long end;

    Closed(int wanted, Duration length, Supply supply) {
      super(supply);
      this.wanted = wanted;
      this.length = length;
    }

    @Override
    void go() {
      end = System.nanoTime() + length.toNanos();
      for (int number = 0; number < wanted; number++) {
        next();
      }
    }

    @Override
    void next() {
      long now = System.nanoTime();
      @Nullable Lane lane = now - end < 0 ? idle.pollFirst() : null;
      if (lane != null) {
        ask(lane, now);
      }
    }

    @Override
    boolean isOver() {
      return true;
    }
  }

  private final class Open extends Drive {
    private static final long SHORTEST_WAIT = 50_000;
    private final long count;
    private final long apart;
    private long sent;
    private long first;

    Open(int perSecond, Duration length, Supply supply) {
      super(supply);
      this.count = perSecond * length.toMillis() / 1_000;
      this.apart = 1_000_000_000L / perSecond;
    }

    @Override
    void go() {
      first = System.nanoTime();
      tick();
    }

    private void tick() {
      next();
      if (sent < count) {
        long wait = Math.max(SHORTEST_WAIT, first + sent * apart - System.nanoTime());
        var _ = generator.loop().schedule(this::tick, wait, TimeUnit.NANOSECONDS);
      }
    }

    /// What is due and has no connection free waits here, and its latency grows.
    @Override
    void next() {
      while (sent < count && System.nanoTime() - (first + sent * apart) >= 0 && !idle.isEmpty()) {
        Lane lane = idle.removeFirst();
        long due = first + sent * apart;
        sent++;
        ask(lane, due);
      }
    }

    @Override
    boolean isOver() {
      return sent >= count;
    }
  }

  @Override
  public void close() {
    for (Lane lane : lanes) {
      generator.loop().execute(lane::close);
    }
  }
}

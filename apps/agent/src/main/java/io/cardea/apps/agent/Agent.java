package io.cardea.apps.agent;

import io.cardea.protocols.est.client.ClientIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One device's agent: enrols, proves, renews, and keeps what it used until the next is confirmed.
///
/// Guarantees that, whatever is lost on the way and wherever the power fails, the newest credential
/// that the server may have seen in use is still on the disk, with its key; that a key is on the
/// disk before it is sent; and that an older credential is not shown again before the server
/// refused the newer one by a code. Does not guarantee that others use the new one: that is the
/// hook's task.
///
/// It costs nothing but a parked virtual thread between its contacts, so hundreds live in one
/// process. Safe for use by several threads; steps run one after the other.
public final class Agent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Agent.class);
  private static final Duration NAP = Duration.ofMinutes(1);
  private static final Duration NAP_WITHOUT_HELP = Duration.ofSeconds(10);
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final AgentSettings settings;
  private final Surroundings surroundings;
  private final AgentEvents events;
  private final Closeable lock;
  private final Identities identities;
  private final Schedule schedule;
  private final Help help;
  private final Contact contact;
  private final Hooks hooks;
  private final ReentrantLock stepping = new ReentrantLock();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Semaphore wakes = new Semaphore(0);
  private final AtomicBoolean commanded = new AtomicBoolean();
  private final Optional<CommandLink> link;
  private volatile List<Generation> held = List.of();
  private @Nullable Thread thread;
  private long waitUntil;
  private int diskFailures;
  private boolean idle;

  private Agent(
      AgentSettings settings,
      Surroundings surroundings,
      AgentEvents events,
      Closeable lock,
      Identities identities,
      Door door) {
    this.settings = settings;
    this.surroundings = surroundings;
    this.events = events;
    this.lock = lock;
    this.identities = identities;
    this.schedule = new Schedule(surroundings);
    this.help = new Help(settings, surroundings, events);
    this.contact = new Contact(settings, surroundings, events, door, identities, schedule, help);
    this.hooks = new Hooks(settings, surroundings, events, identities);
    this.waitUntil = surroundings.ticker().getAsLong();
    this.held = identities.generations();
    this.link =
        settings
            .broker()
            .map(broker ->
                new CommandLink(
                    broker,
                    settings,
                    surroundings,
                    this::shown,
                    () -> settings.server().withAnchors(contact.anchors()).trust(),
                    this::commanded));
  }

  /// Opens the device's directory, and puts in order what a power cut left there.
  ///
  /// @throws IOException when the directory cannot be used, is open to others, or another agent
  ///   works in it
  public static Agent open(AgentSettings settings, AgentEvents events, Surroundings surroundings)
      throws IOException {
    return open(settings, events, surroundings, new PosixDisk(), new TlsDoor(settings.server()));
  }

  static Agent open(
      AgentSettings settings, AgentEvents events, Surroundings surroundings, Disk disk, Door door)
      throws IOException {
    disk.createDirectory(settings.directory());
    Closeable lock = disk.lock(settings.directory().resolve("lock"));
    boolean opened = false;
    try {
      Identities identities = Identities.open(disk, settings.directory());
      identities
          .damaged()
          .forEach(what -> events.happened(new AgentEvent.DiskFailed("unreadable: " + what)));
      Agent agent = new Agent(settings, surroundings, events, lock, identities, door);
      opened = true;
      return agent;
    } finally {
      if (!opened) {
        release(lock);
      }
    }
  }

  /// Steps by itself, on a virtual thread, until [#close].
  public synchronized void start() {
    if (thread == null && stop.getCount() > 0) {
      thread = Thread.ofVirtual().name("agent-" + settings.device()).start(this::run);
      link.ifPresent(CommandLink::start);
    }
  }

  private void run() {
    try {
      while (stop.getCount() > 0) {
        Duration wait = stepWhateverHappens();
        var _ = wakes.tryAcquire(Math.min(wait.toNanos(), NAP.toNanos()), TimeUnit.NANOSECONDS);
        var _ = wakes.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The server wants to be asked when to renew, now. While a question is still unanswered, it will
  /// be asked anyway.
  private void commanded() {
    commanded.set(true);
    wakes.release();
  }

  private Duration stepWhateverHappens() {
    try {
      return step();
    } catch (RuntimeException e) {
      // A defect, ours or a listener's. Nothing was confirmed by it, and a device that stopped
      // trying would lose its identity.
      log.error("{}: a step failed, the next follows later", settings.device(), e);
      return settings.pace().waitingForHelp(surroundings.random());
    }
  }

  /// Does what is due, at most one request and its consequences, and says how long there is nothing
  /// to do: zero when the next step is due at once. Called too early it does nothing.
  public Duration step() {
    stepping.lock();
    try {
      return stop.getCount() == 0 ? NAP : locked();
    } finally {
      stepping.unlock();
    }
  }

  private Duration locked() {
    long now = surroundings.ticker().getAsLong();
    boolean helped = help.needed() && help.freshToken();
    boolean called = idle && commanded.getAndSet(false);
    if (called) {
      schedule.called();
    }
    if (waitUntil - now > 0 && !helped && !called && !(idle && schedule.clockStepped())) {
      Duration left = Duration.ofNanos(waitUntil - now);
      return help.needed() && left.compareTo(NAP_WITHOUT_HELP) > 0 ? NAP_WITHOUT_HELP : left;
    }
    Duration wait;
    idle = false;
    try {
      hooks.run();
      wait = helped ? contact.enrol() : next();
      diskFailures = 0;
    } catch (IOException e) {
      events.happened(new AgentEvent.DiskFailed(String.valueOf(e.getMessage())));
      wait =
          settings
              .pace()
              .afterFailure(++diskFailures, settings.pace().longest(), surroundings.random());
    } finally {
      Optional<ClientIdentity> before = shown();
      held = identities.generations();
      if (!before.equals(shown())) {
        link.ifPresent(CommandLink::look);
      }
    }
    wait = hooks.atMost(wait);
    waitUntil = surroundings.ticker().getAsLong() + wait.toNanos();
    return wait;
  }

  private Duration next() throws IOException {
    Optional<Generation> newest = identities.shown();
    if (newest.isEmpty()) {
      return contact.enrol();
    }
    Generation shown = newest.get();
    schedule.follow(shown, false);
    boolean confirmed = identities.current().filter(g -> g.number() == shown.number()).isPresent();
    if (!confirmed && !contact.expired(shown) && !schedule.lifeIsPassing()) {
      return contact.prove(shown);
    }
    if (identities.pending().isPresent() || contact.expired(shown) || schedule.toRenew(confirmed)) {
      return contact.renew(shown);
    }
    if (schedule.toAsk()) {
      Duration wait = contact.askWindow(shown);
      if (wait.isPositive()) {
        return wait;
      }
    }
    idle = true;
    return schedule.untilNext();
  }

  /// What this device would show to whoever asks it now.
  public Optional<ClientIdentity> shown() {
    return held.stream().filter(g -> !g.refused()).findFirst().map(Generation::identity);
  }

  /// All that it holds, newest first.
  public List<Generation> held() {
    return held;
  }

  public AgentSettings settings() {
    return settings;
  }

  /// Where other programs find what was confirmed last: `key.pem` and `cert.pem` in it.
  public Path current() {
    return settings.directory().resolve("current");
  }

  /// Ends the request that is under way, waits for the step to finish, and lets go of the
  /// directory.
  @Override
  public void close() {
    stop.countDown();
    wakes.release();
    link.ifPresent(CommandLink::close);
    contact.stop();
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null && running.threadId() != Thread.currentThread().threadId()) {
      try {
        if (!running.join(FAREWELL)) {
          running.interrupt(); // a hook that does not end
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    release(lock);
  }

  private static void release(Closeable lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // The lock goes with the process in any case.
      throw new UncheckedIOException("cannot let go of the directory", e);
    }
  }
}

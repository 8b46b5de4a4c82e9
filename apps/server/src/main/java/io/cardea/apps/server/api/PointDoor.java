package io.cardea.apps.server.api;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.sessions.Reporter;
import io.cardea.life.sessions.Session;
import io.cardea.life.sessions.Sessions;
import io.cardea.protocols.edge.EdgeHandler;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Peer;
import io.cardea.protocols.edge.Routes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What enforcement points find on 7443. Each proves itself by the certificate of a registered
/// device, under the same rules as any device, and reports in the name of the audience that has it
/// as a point, and in no other.
///
/// A report of many things is answered thing by thing: one that could not be judged now is sent
/// again, and those that were come to the same. Orders to end sessions are waited for.
public final class PointDoor implements AutoCloseable {
  static final int MOST_ITEMS = 1_000;
  static final int MOST_ORDERS = 1_000;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(25);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int AT_ONCE = 32;

  private final AudienceDesk audiences;
  private final Sessions sessions;
  private final Judge judge;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closes = lock.newCondition();
  private boolean closing;

  /// Whether the device that knocks is let in.
  @FunctionalInterface
  public interface Judge {
    Admission judge(Peer peer) throws Refused;
  }

  public PointDoor(AudienceDesk audiences, Sessions sessions, Judge judge) {
    this.audiences = audiences;
    this.sessions = sessions;
    this.judge = judge;
  }

  public Routes.Builder routes() {
    return Routes.builder()
        .route("POST", "/v1/reports", answered(this::reports))
        .route("POST", "/v1/orders", answered(this::orders));
  }

  /// @param kind opened, closed, all-closed, seen or refused
  record Item(
      @Nullable String kind,
      @Nullable String session,
      @Nullable String certificate,
      @Nullable Boolean fullHandshake,
      @Nullable String device,
      @Nullable String why) {}

  record Report(@Nullable String incarnation, @Nullable List<@Nullable Item> items) {}

  record Question(@Nullable String incarnation, @Nullable Integer waitSeconds) {}

  /// @param answer admitted, denied, noted or failed; the last alone is to be sent again
  record ItemView(
      String answer, @Nullable String device, @Nullable String credential, @Nullable String code) {
    static final ItemView NOTED = new ItemView("noted", null, null, null);
  }

  /// @param known false when none of the reporter's sessions is known: it has to tell of all
  record ReportView(boolean known, List<ItemView> items) {}

  record OrderView(String session, String device, String credential, Instant since) {}

  record OrdersView(boolean known, List<OrderView> end) {}

  @FunctionalInterface
  private interface Handler {
    Object handle(Audience audience, EdgeRequest request) throws Refused;
  }

  private EdgeHandler answered(Handler handler) {
    return request -> {
      try {
        return json(200, Reply.JSON, handler.handle(audience(request.peer()), request));
      } catch (Refused refused) {
        Problem problem = Problem.of(refused, "connection-" + request.peer().connectionId());
        EdgeResponse response = json(problem.status(), Problem.CONTENT_TYPE, problem);
        return problem.status() == 503 ? response.withRetryAfter(LOOK) : response;
      }
    };
  }

  private static EdgeResponse json(int status, String type, Object view) {
    return EdgeResponse.of(status).withBody(type, Json.write(view));
  }

  private Audience audience(Peer peer) throws Refused {
    return switch (judge.judge(peer)) {
      case Admission.Admitted(var device, _) ->
          audiences
              .reportedBy(device.id())
              .orElseThrow(() ->
                  new Refused(
                      Refusal.REPORTER_NOT_ENTITLED, device.id() + " is a point of no audience"));
      case Admission.Denied(var refusal, _) -> throw new Refused(refusal, "the certificate shown");
    };
  }

  private ReportView reports(Audience audience, EdgeRequest request) throws Refused {
    Report body = Json.readBulk(request.body(), Report.class);
    List<@Nullable Item> items = Call.required("items", body.items());
    if (items.size() > MOST_ITEMS) {
      throw Call.malformed("items: " + items.size() + " (expected: <= " + MOST_ITEMS + ")");
    }
    Reporter reporter = reporter(audience, body.incarnation());
    boolean known = sessions.heard(reporter);
    return new ReportView(known, told(reporter, items));
  }

  private static Reporter reporter(Audience audience, @Nullable String incarnation) throws Refused {
    String run = Call.required("incarnation", incarnation);
    return Call.valid(() -> Reporter.of(audience, run));
  }

  /// What is said of one session, or of one certificate, is taken in its order; the rest at once.
  /// What is said of all of them separates what was said before from what comes after.
  private List<ItemView> told(Reporter reporter, List<@Nullable Item> items) {
    List<ItemView> answers = new ArrayList<>();
    Map<String, List<Integer>> batch = new LinkedHashMap<>();
    for (int place = 0; place < items.size(); place++) {
      answers.add(ItemView.NOTED);
      Item item = items.get(place);
      if (item != null && "all-closed".equals(item.kind())) {
        tellAll(reporter, items, batch, answers);
        batch.clear();
        answers.set(place, told(reporter, item));
      } else {
        batch.computeIfAbsent(subject(item), _ -> new ArrayList<>()).add(place);
      }
    }
    tellAll(reporter, items, batch, answers);
    return answers;
  }

  private static String subject(@Nullable Item item) {
    if (item == null) {
      return "";
    }
    return item.session() != null ? "s" + item.session() : "c" + item.certificate();
  }

  private void tellAll(
      Reporter reporter,
      List<@Nullable Item> items,
      Map<String, List<Integer>> batch,
      List<ItemView> answers) {
    Semaphore places = new Semaphore(AT_ONCE);
    List<Future<?>> running = new ArrayList<>();
    ItemView[] told = new ItemView[items.size()];
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (List<Integer> its : batch.values()) {
        running.add(
            threads.submit(() -> {
              places.acquireUninterruptibly();
              try {
                its.forEach(place -> told[place] = told(reporter, items.get(place)));
              } finally {
                places.release();
              }
            }));
      }
    }
    running.forEach(Future::resultNow); // a defect of ours ends the request
    batch.values().forEach(its -> its.forEach(place -> answers.set(place, told[place])));
  }

  private ItemView told(Reporter reporter, @Nullable Item item) {
    try {
      return tell(reporter, Call.required("item", item));
    } catch (Refused refused) {
      Refusal code = refused.refusal();
      return new ItemView(
          code.fault() == Refusal.Fault.SERVER ? "failed" : "denied", null, null, code.code());
    }
  }

  private ItemView tell(Reporter reporter, Item item) throws Refused {
    switch (Call.required("kind", item.kind())) {
      case "opened" -> {
        Optional<DeviceId> claimed =
            item.device() == null
                ? Optional.empty()
                : Optional.of(DeviceRoutes.deviceId(item.device()));
        return view(
            sessions.open(
                reporter,
                session(item),
                certificate(item),
                Boolean.TRUE.equals(item.fullHandshake()),
                claimed));
      }
      case "closed" -> sessions.close(reporter, session(item));
      case "all-closed" -> sessions.closeAll(reporter);
      case "seen" -> {
        return view(
            sessions.seen(reporter, certificate(item), Boolean.TRUE.equals(item.fullHandshake())));
      }
      case "refused" ->
          sessions.refused(reporter, certificate(item), item.why() == null ? "" : item.why());
      default ->
          throw Call.malformed(
              "kind: unknown (expected: opened, closed, all-closed, seen or refused)");
    }
    return ItemView.NOTED;
  }

  private static String session(Item item) throws Refused {
    String id = Call.required("session", item.session());
    Call.valid(() -> Session.named(id));
    return id;
  }

  private static Fingerprint certificate(Item item) throws Refused {
    String hex = Call.required("certificate", item.certificate());
    return Call.valid(() -> Fingerprint.parse(hex));
  }

  private static ItemView view(Admission admission) {
    return switch (admission) {
      case Admission.Admitted(var device, var credential) ->
          new ItemView("admitted", device.id().value(), credential.toString(), null);
      case Admission.Denied(var refusal, var device) ->
          new ItemView(
              "denied", device.map(its -> its.id().value()).orElse(null), null, refusal.code());
    };
  }

  /// Waits until there is a session to end, or the time is over.
  private OrdersView orders(Audience audience, EdgeRequest request) throws Refused {
    Question body = Json.read(request.body(), Question.class);
    Reporter reporter = reporter(audience, body.incarnation());
    long wait = body.waitSeconds() == null ? 0 : body.waitSeconds();
    if (wait < 0 || wait > LONGEST_WAIT.toSeconds()) {
      throw Call.malformed("wait_seconds: " + wait + " (expected: 0 to 25)");
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
    boolean known = sessions.heard(reporter);
    List<Session> due = sessions.toEnd(reporter, MOST_ORDERS);
    while (due.isEmpty() && System.nanoTime() - end < 0 && pause()) {
      due = sessions.toEnd(reporter, MOST_ORDERS);
    }
    return new OrdersView(
        known,
        due.stream()
            .map(each ->
                new OrderView(
                    each.id(),
                    each.slot().device().value(),
                    each.credential().toString(),
                    each.endingSince().orElse(each.openedAt())))
            .toList());
  }

  /// @return false when the server stops: nobody is kept waiting then
  private boolean pause() {
    lock.lock();
    try {
      long left = LOOK.toNanos();
      while (!closing && left > 0) {
        left = closes.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Lets those go who wait.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      closes.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

package io.cardea.protocols.edge;

import io.cardea.life.Refusal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the handler of a request and runs it in its place, a bounded number at once.
final class Dispatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  /// For a request that no route matched.
  static final String NO_ROUTE = "-";

  private static final long WITHOUT_CERTIFICATE = Duration.ofDays(7).toSeconds();
  private static final long LONG_GONE = Duration.ofDays(30).toSeconds();
  private static final long LAST = Duration.ofDays(36_500).toSeconds();

  private final Routes routes;
  private final Admission admission;
  private final InstantSource clock;
  private final Semaphore bodyBytes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Dispatch(Routes routes, EdgeLimits limits, InstantSource clock) {
    this.routes = routes;
    this.clock = clock;
    this.admission =
        new Admission(
            limits.requestsInFlight(),
            limits.requestsWaiting(),
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble());
    long bytes = ((long) limits.requestsInFlight() + limits.requestsWaiting()) * limits.bodyBytes();
    this.bodyBytes = new Semaphore((int) Math.min(bytes, Integer.MAX_VALUE));
  }

  /// Takes room for bytes of request bodies that are being read. All connections together get as
  /// much as the requests in flight and those that wait may have, so that announcing many bodies is
  /// no way to fill the memory.
  boolean reserve(int bytes) {
    return bodyBytes.tryAcquire(bytes);
  }

  void giveBack(int bytes) {
    bodyBytes.release(bytes);
  }

  int bodyBytesFree() {
    return bodyBytes.availablePermits();
  }

  /// How many requests wait to be let in.
  int waiting() {
    return admission.waiting();
  }

  /// Calls `answered` exactly once with the route's template and the answer: before it returns for
  /// what needs no waiting, else from another thread.
  void run(EdgeRequest request, EdgeEvents events, BiConsumer<String, EdgeResponse> answered) {
    switch (routes.resolve(request.method(), request.rawPath())) {
      case Routes.NoSuchPath _ ->
          answered.accept(
              NO_ROUTE, refusal(404, Refusal.NOT_FOUND, "nothing is served at this path"));
      case Routes.WrongMethod(String allow) ->
          answered.accept(
              NO_ROUTE,
              refusal(405, Refusal.NOT_OFFERED, "this path takes " + allow)
                  .withHeader("Allow", allow));
      case Routes.Found(Routes.Target target, var captures) -> {
        EdgeRequest routed = captures.isEmpty() ? request : request.withCaptures(captures);
        switch (target.place()) {
          case EVENT_LOOP -> answered.accept(target.template(), call(target, routed));
          case VIRTUAL_THREAD -> {
            Optional<EdgeResponse> known = fromMemory(target, routed);
            if (known.isPresent()) {
              answered.accept(target.template(), known.get());
              return;
            }
            admission.ask(secondsLeft(routed.peer()), entrant(target, routed, events, answered));
          }
        }
      }
    }
  }

  private Admission.Entrant entrant(
      Routes.Target target,
      EdgeRequest request,
      EdgeEvents events,
      BiConsumer<String, EdgeResponse> answered) {
    return new Admission.Entrant() {
      @Override
      public void letIn() {
        threads.execute(() -> {
          EdgeResponse response = failed();
          try {
            response = call(target, request);
          } finally {
            admission.leave();
            answered.accept(target.template(), response);
          }
        });
      }

      @Override
      public void turnAway(Duration retryAfter) {
        events.refused(EdgeEvents.Limit.REQUESTS_IN_FLIGHT);
        answered.accept(target.template(), busy(retryAfter));
      }
    };
  }

  /// Until the certificate of the peer expires. Whoever has none loses nothing by a little
  /// patience, and whoever was away for so long gains nothing by haste.
  private long secondsLeft(Peer peer) {
    if (peer.certificate().isEmpty()) {
      return WITHOUT_CERTIFICATE;
    }
    OptionalLong notAfter = peer.certificate().get().notAfter();
    long left = notAfter.isEmpty() ? LAST : notAfter.getAsLong() - clock.instant().getEpochSecond();
    return left < -LONG_GONE ? LAST : Math.min(left, LAST);
  }

  private static Optional<EdgeResponse> fromMemory(Routes.Target target, EdgeRequest request) {
    if (target.memory().isEmpty()) {
      return Optional.empty();
    }
    try {
      return target.memory().get().answer(request);
    } catch (RuntimeException e) { // a defect of ours: fails closed, for this request alone
      log.error("the memory of {} failed: {}", target.template(), e.toString());
      return Optional.of(failed());
    }
  }

  private static EdgeResponse call(Routes.Target target, EdgeRequest request) {
    try {
      return target.handler().handle(request);
    } catch (RuntimeException e) { // a defect of ours: fails closed, for this request alone
      log.error("the handler of {} failed: {}", target.template(), e.toString());
      log.debug("the handler of {} failed", target.template(), e);
      return failed();
    }
  }

  /// An answer of the edge itself; the code is stable, the text is for people.
  static EdgeResponse refusal(int status, Refusal refusal, String text) {
    return EdgeResponse.text(status, text).withHeader("Cardea-Code", refusal.code());
  }

  static EdgeResponse busy() {
    return busy(Duration.ofSeconds(2));
  }

  private static EdgeResponse busy(Duration retryAfter) {
    return refusal(503, Refusal.OVERLOADED, "too many requests at once, try again soon")
        .withRetryAfter(retryAfter);
  }

  private static EdgeResponse failed() {
    return refusal(500, Refusal.INTERNAL_ERROR, "a defect of the server stopped this request");
  }

  /// Interrupts the handlers that are still running: the drain is over.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}

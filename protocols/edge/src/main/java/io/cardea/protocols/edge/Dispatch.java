package io.cardea.protocols.edge;

import io.cardea.life.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the handler of a request and runs it in its place, a bounded number at once.
final class Dispatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  /// For a request that no route matched.
  static final String NO_ROUTE = "-";

  private final Routes routes;
  private final Semaphore inFlight;
  private final Semaphore bodyBytes;
  private final EdgeEvents.Limit full = EdgeEvents.Limit.REQUESTS_IN_FLIGHT;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Dispatch(Routes routes, EdgeLimits limits) {
    this.routes = routes;
    this.inFlight = new Semaphore(limits.requestsInFlight());
    long bytes = (long) limits.requestsInFlight() * limits.bodyBytes();
    this.bodyBytes = new Semaphore((int) Math.min(bytes, Integer.MAX_VALUE));
  }

  /// Takes room for bytes of request bodies that are being read. All connections together get as
  /// much as the requests in flight may have, so that announcing many bodies is no way to fill the
  /// memory.
  boolean reserve(int bytes) {
    return bodyBytes.tryAcquire(bytes);
  }

  void giveBack(int bytes) {
    bodyBytes.release(bytes);
  }

  int bodyBytesFree() {
    return bodyBytes.availablePermits();
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
            if (!inFlight.tryAcquire()) {
              events.refused(full);
              answered.accept(target.template(), busy());
              return;
            }
            threads.execute(() -> {
              EdgeResponse response = failed();
              try {
                response = call(target, routed);
              } finally {
                inFlight.release();
                answered.accept(target.template(), response);
              }
            });
          }
        }
      }
    }
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
    return refusal(503, Refusal.OVERLOADED, "too many requests at once, try again soon")
        .withRetryAfter(Duration.ofSeconds(2));
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

package io.cardea.apps.server.api;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.cardea.life.Rate;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.ledger.Commits.StoreFailure;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the operations of one path: finds the one for the method, lets its caller in, and runs it
/// on a virtual thread, a bounded number at once.
///
/// The caller is known before a byte of the body is read.
final class Dispatcher implements HttpService {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final String SCHEME = "bearer ";

  private final Map<String, Endpoint> endpoints = new TreeMap<>();
  private final Function<String, Optional<Actor>> bearer;
  private final Rate perToken;
  private final ApiEvents events;
  private final Executor executor;
  private final Semaphore places;
  private Optional<Endpoint> subject = Optional.empty();

  /// @param perToken how often each of those that bring a token may ask
  /// @param places how many requests may be worked on at once; shared with other paths
  Dispatcher(
      Function<String, Optional<Actor>> bearer,
      Rate perToken,
      ApiEvents events,
      Executor executor,
      Semaphore places) {
    this.bearer = bearer;
    this.perToken = perToken;
    this.events = events;
    this.executor = executor;
    this.places = places;
  }

  void add(Endpoint endpoint) {
    if (endpoints.put(endpoint.method(), endpoint) != null) {
      throw new IllegalArgumentException("route: " + endpoint.route() + " (expected: once)");
    }
  }

  /// How long a body may be; none of the operations reads more.
  int maxBody() {
    return endpoints.values().stream().anyMatch(each -> each.size() == Endpoint.Size.BULK)
        ? ApiServer.MAX_BULK_BODY
        : ApiServer.MAX_BODY;
  }

  /// What a change of this path is about, if that can be read.
  void about(Endpoint read) {
    subject = Optional.of(read);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    HttpMethod method = request.method() == HttpMethod.HEAD ? HttpMethod.GET : request.method();
    Endpoint endpoint = endpoints.get(method.name());
    String transaction = context.id().text();
    if (endpoint == null) {
      String allowed = String.join(", ", endpoints.keySet());
      Problem problem =
          Problem.of(
              Refusal.REQUEST_MALFORMED,
              405,
              "method: " + request.method().name() + " (expected: " + allowed + ")",
              transaction);
      return respond(problem.reply(), Map.of("allow", allowed), transaction);
    }
    if (!places.tryAcquire()) {
      String detail = "too many requests are being worked on";
      return respond(
          Problem.of(Refusal.OVERLOADED, 503, detail, transaction).reply(), Map.of(), transaction);
    }
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    executor.execute(() -> {
      try {
        Reply reply = answer(endpoint, context, request, transaction);
        response.complete(respond(reply, Map.of(), transaction));
      } finally {
        places.release();
      }
    });
    return HttpResponse.of(response);
  }

  private Reply answer(
      Endpoint endpoint, ServiceRequestContext context, HttpRequest request, String transaction) {
    long start = System.nanoTime();
    Reply reply;
    Optional<Refusal> refusal = Optional.empty();
    Problem problem = null;
    try {
      Optional<Actor> actor = bearer(request.headers(), endpoint);
      Optional<Duration> stayAway = actor.flatMap(its -> perToken.take(its.name()));
      if (endpoint.permission().isPresent() && actor.isEmpty()) {
        problem = Problem.unauthenticated("no known bearer token", transaction);
        reply = problem.reply();
      } else if (stayAway.isPresent()) {
        problem = Problem.of(new Refused(Refusal.TOO_MANY_REQUESTS, "this API token"), transaction);
        reply = problem.reply(stayAway.get());
      } else {
        if (endpoint.permission().isPresent()) {
          actor.orElseThrow().must(endpoint.permission().get());
        }
        reply = conditional(endpoint, new Call(context, request, actor), request.headers());
      }
    } catch (Refused refused) {
      problem = Problem.of(refused, transaction);
      reply = problem.reply();
    } catch (PreconditionFailedException e) {
      problem = Problem.of(Refusal.CONFLICT, 412, String.valueOf(e.getMessage()), transaction);
      reply = problem.reply();
    } catch (UnsupportedMediaTypeException e) {
      problem =
          Problem.of(Refusal.REQUEST_MALFORMED, 415, String.valueOf(e.getMessage()), transaction);
      reply = problem.reply();
    } catch (StoreFailure e) {
      LOG.warn("{} {}: the store did not answer", transaction, endpoint.route(), e);
      problem =
          Problem.of(
              new Refused(Refusal.STORE_UNAVAILABLE, "the store did not answer"), transaction);
      reply = problem.reply();
    } catch (CompletionException e) {
      problem = ofBody(e, endpoint, transaction);
      reply = problem.reply();
    } catch (RuntimeException | Error e) {
      // Whatever it is, the caller learns nothing of it, and the log learns it once.
      LOG.error("{} {}: a defect", transaction, endpoint.route(), e);
      problem = Problem.defect(transaction);
      reply = problem.reply();
    }
    if (problem != null) {
      refusal = problem.refusal();
    }
    events.answered(endpoint.route(), reply.status(), refusal, System.nanoTime() - start);
    return reply;
  }

  /// Answers, unless what the caller knows of the resource makes that pointless (a read) or wrong
  /// (a change).
  private Reply conditional(Endpoint endpoint, Call call, RequestHeaders headers) throws Refused {
    String ifMatch = headers.get(HttpHeaderNames.IF_MATCH);
    if (ifMatch != null && !endpoint.isRead()) {
      // The states of a device only go forward, so that a look before the act is enough; what is
      // saved whole compares once more when it is written.
      Endpoint read =
          subject.orElseThrow(
              () -> Call.malformed("If-Match: " + endpoint.route() + " has no resource to match"));
      EntityTag.of(read.handler().handle(call).body()).requireIn(ifMatch);
    }
    Reply reply = endpoint.handler().handle(call);
    if (!endpoint.isRead() || endpoint.permission().isEmpty() || reply.status() != 200) {
      return reply;
    }
    EntityTag tag = EntityTag.of(reply.body());
    String ifNoneMatch = headers.get(HttpHeaderNames.IF_NONE_MATCH);
    return ifNoneMatch != null && tag.isWeaklyIn(ifNoneMatch)
        ? new Reply(304, reply.contentType(), new byte[0], Map.of("etag", tag.value()))
        : reply.with("etag", tag.value());
  }

  /// Why the body did not arrive.
  private Problem ofBody(CompletionException e, Endpoint endpoint, String transaction) {
    return switch (e.getCause()) {
      case ContentTooLargeException _ ->
          Problem.of(
              Refusal.REQUEST_MALFORMED,
              413,
              "the body is too large (expected: <= " + maxBody() + " bytes)",
              transaction);
      case RequestTimeoutException _ ->
          Problem.of(Refusal.REQUEST_MALFORMED, 408, "the body came too slowly", transaction);
      case null, default -> {
        // The caller went away while sending; nobody reads this answer.
        LOG.debug("{} {}: no body", transaction, endpoint.route(), e);
        yield Problem.of(Refusal.REQUEST_MALFORMED, 400, "the body broke off", transaction);
      }
    };
  }

  private Optional<Actor> bearer(RequestHeaders headers, Endpoint endpoint) {
    if (endpoint.permission().isEmpty()) {
      return Optional.empty();
    }
    return bearer(headers).flatMap(bearer);
  }

  static Optional<String> bearer(RequestHeaders headers) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION, "");
    return authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        ? Optional.of(authorization.substring(SCHEME.length()).strip())
        : Optional.empty();
  }

  static HttpResponse respond(Reply reply, Map<String, String> more, @Nullable String transaction) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(reply.status())
            .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    if (transaction != null) {
      headers.set("cardea-transaction", transaction);
    }
    reply.headers().forEach(headers::set);
    more.forEach(headers::set);
    return HttpResponse.of(headers.build(), HttpData.wrap(reply.body()));
  }
}

package io.cardea.apps.server.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Problems in the place of what the HTTP engine would say by itself: unknown paths, protocol
/// violations, bodies over the limit that nobody waited for, time-outs.
final class ProblemPages implements ServerErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemPages.class);

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    // With a status, [#renderStatus] says it; anything else is the engine's own affair (the caller
    // went away, the body was too large), which it maps to a status itself.
    if (!(cause instanceof HttpStatusException)) {
      LOG.debug("{} {}", context.id().text(), context.path(), cause);
    }
    return null;
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    String transaction = context == null ? "none" : context.id().text();
    Reply reply = Problem.ofStatus(status.code(), detail(status, headers), transaction).reply();
    return AggregatedHttpResponse.of(
        ResponseHeaders.builder(reply.status())
            .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .build(),
        HttpData.wrap(reply.body()));
  }

  private static String detail(HttpStatus status, @Nullable RequestHeaders headers) {
    return switch (status.code()) {
      case 404 -> "path: " + (headers == null ? "unknown" : withoutQuery(headers.path()));
      case 413 -> "the body is too large (expected: <= " + ApiServer.MAX_BODY + " bytes)";
      case 503 -> "the server did not finish in time, or is going down";
      default -> status.reasonPhrase();
    };
  }

  private static String withoutQuery(String path) {
    int question = path.indexOf('?');
    return question < 0 ? path : path.substring(0, question);
  }
}

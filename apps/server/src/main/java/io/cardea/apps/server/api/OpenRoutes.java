package io.cardea.apps.server.api;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What anyone may read without a token: whether the server lives, what it counts, what its codes
/// mean, and how to talk to it. No secret and no name of a device is in any of it.
final class OpenRoutes {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final ApiParts parts;
  private final byte[] document = document();

  OpenRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.open("/health/live", this::live),
        Endpoint.open("/health/ready", this::ready),
        Endpoint.open("/metrics", this::metrics),
        Endpoint.open("/api/v1/openapi.yaml", this::openapi),
        Endpoint.open("/api/v1/refusals/{code}", this::explain));
  }

  record Live(String status) {}

  record Ready(boolean ready, List<Health.Check> checks) {}

  record RefusalView(String code, String fault, String meaning, String nextStep) {
    static RefusalView of(Refusal refusal) {
      return new RefusalView(
          refusal.code(), Words.of(refusal.fault()), refusal.meaning(), refusal.nextStep());
    }
  }

  private Reply live(Call call) {
    return Reply.ok(new Live("live"));
  }

  private Reply ready(Call call) {
    Health health = parts.health().get();
    Ready view = new Ready(health.ready(), health.checks());
    return new Reply(health.ready() ? 200 : 503, Reply.JSON, Json.write(view), Map.of());
  }

  private Reply metrics(Call call) {
    return Reply.text(PROMETHEUS, parts.metrics().get());
  }

  private Reply openapi(Call call) {
    return new Reply(200, "application/yaml", document, Map.of());
  }

  private Reply explain(Call call) throws Refused {
    call.allowQuery(Set.of());
    String code = call.path("code");
    return Reply.ok(
        Refusal.byCode(code)
            .map(RefusalView::of)
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "refusal: " + code)));
  }

  private static byte[] document() {
    try (InputStream in = OpenRoutes.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml: not on the class path (expected: there)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

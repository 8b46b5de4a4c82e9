package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.ApiToken.Role;
import io.cardea.life.inventory.ApiTokens;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Bearer tokens of people and programs. Their secrets are shown once, when they are made.
final class ApiTokenRoutes {
  private final ApiParts parts;

  ApiTokenRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/api-tokens", this::list),
        Endpoint.post("/api/v1/api-tokens", this::create));
  }

  record NewApiToken(@Nullable String name, @Nullable String role) {}

  record ApiTokenView(String name, String role, Instant createdAt) {
    static ApiTokenView of(ApiToken token) {
      return new ApiTokenView(token.name(), Words.of(token.role()), token.createdAt());
    }
  }

  record ShownApiToken(String name, String role, Instant createdAt, String token) {
    static ShownApiToken of(ApiTokens.Shown shown) {
      ApiTokenView view = ApiTokenView.of(shown.token());
      return new ShownApiToken(view.name(), view.role(), view.createdAt(), shown.secret());
    }

    /// Never shows the secret.
    @Override
    public String toString() {
      return "ShownApiToken[" + name + "]";
    }
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(Page.whole(parts.inventory().apiTokens()).map(ApiTokenView::of));
  }

  private Reply create(Call call) throws Refused {
    NewApiToken body = call.body(NewApiToken.class);
    String name = Call.required("name", body.name());
    Role role = Words.read("role", Call.required("role", body.role()), Role.class);
    return Reply.created(ShownApiToken.of(parts.apiTokens().create(name, role, call.actor())));
  }
}

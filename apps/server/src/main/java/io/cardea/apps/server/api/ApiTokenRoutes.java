package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Bearer tokens of people and programs. Their secrets are shown once, when they are made.
final class ApiTokenRoutes {
  private final ApiParts parts;

  ApiTokenRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/api-tokens", Permission.AUDIT, this::list),
        Endpoint.post("/api/v1/api-tokens", Permission.ADMINISTER, this::create));
  }

  /// @param lifeSeconds without it, the token stays until it is replaced
  record NewApiToken(
      @Nullable String name,
      @Nullable String role,
      @Nullable ScopeView scope,
      @Nullable Long lifeSeconds) {}

  /// The part of the fleet that the role is held for; a list that is not there narrows nothing.
  record ScopeView(
      @Nullable List<@Nullable String> classes,
      @Nullable List<@Nullable String> environments,
      @Nullable List<@Nullable String> owners) {

    static @Nullable ScopeView of(Scope scope) {
      return scope.isAll()
          ? null
          : new ScopeView(
              sorted(scope.classes().stream()),
              sorted(scope.environments().stream().map(Words::of)),
              sorted(scope.owners().stream()));
    }

    private static List<@Nullable String> sorted(Stream<String> names) {
      return new ArrayList<>(names.sorted().toList());
    }

    Scope toScope() throws Refused {
      Set<Environment> read = EnumSet.noneOf(Environment.class);
      for (String word : names("scope.environments", environments)) {
        read.add(Words.read("scope.environments", word, Environment.class));
      }
      Set<String> itsClasses = names("scope.classes", classes);
      Set<String> itsOwners = names("scope.owners", owners);
      if (read.isEmpty() && itsClasses.isEmpty() && itsOwners.isEmpty()) {
        throw Call.malformed("scope: narrows nothing (expected: a list, or no scope for all)");
      }
      return Call.valid(() -> new Scope(itsClasses, read, itsOwners));
    }

    private static Set<String> names(String member, @Nullable List<@Nullable String> given)
        throws Refused {
      Set<String> names = new TreeSet<>();
      if (given != null) {
        if (given.isEmpty()) {
          // A script that found no class must not make a token for all of them.
          throw Call.malformed(member + ": empty (expected: a name, or no list for all)");
        }
        for (String name : given) {
          names.add(Call.required(member, name));
        }
      }
      return names;
    }
  }

  record ApiTokenView(
      String name,
      String role,
      @Nullable ScopeView scope,
      Instant createdAt,
      @Nullable Instant expiresAt) {

    static ApiTokenView of(ApiToken token) {
      return new ApiTokenView(
          token.name(),
          Words.of(token.role()),
          ScopeView.of(token.scope()),
          token.createdAt(),
          token.expiresAt().orElse(null));
    }
  }

  record ShownApiToken(
      String name,
      String role,
      @Nullable ScopeView scope,
      Instant createdAt,
      @Nullable Instant expiresAt,
      String token) {

    static ShownApiToken of(ApiTokens.Shown shown) {
      ApiTokenView view = ApiTokenView.of(shown.token());
      return new ShownApiToken(
          view.name(),
          view.role(),
          view.scope(),
          view.createdAt(),
          view.expiresAt(),
          shown.secret());
    }

    /// Never shows the secret.
    @Override
    public String toString() {
      return "ShownApiToken[" + name + "]";
    }
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(Page.whole(parts.apiTokens().list(call.actor())).map(ApiTokenView::of));
  }

  private Reply create(Call call) throws Refused {
    NewApiToken body = call.body(NewApiToken.class);
    String name = Call.required("name", body.name());
    Role role = Words.read("role", Call.required("role", body.role()), Role.class);
    Scope scope = body.scope() == null ? Scope.ALL : body.scope().toScope();
    Optional<Duration> life = Optional.ofNullable(body.lifeSeconds()).map(Duration::ofSeconds);
    return Reply.created(
        ShownApiToken.of(
            parts.apiTokens().create(name, role, scope, life, call.requestKey(), call.actor())));
  }
}

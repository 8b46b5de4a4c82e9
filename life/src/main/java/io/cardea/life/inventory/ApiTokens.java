package io.cardea.life.inventory;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes bearer tokens for people and programs, and knows their holders again. A secret is shown
/// once and stored as its hash.
///
/// A token that was replaced is known for at most [#MEMORY] more.
public final class ApiTokens {
  /// The token of the first administrator, made at the first start and recovered on the host.
  public static final String ADMIN = "admin";

  /// How long the stored tokens are believed without looking again.
  public static final Duration MEMORY = Duration.ofSeconds(1);

  private static final String PREFIX = "cardea_";
  private static final String PURPOSE = "api-token";
  private static final int SECRET_BYTES = 32;
  private static final int MAX_PRESENTED = 256;

  private final Inventory inventory;
  private final Commits commits;
  private final InstantSource time;
  private final SecretSource secrets;
  private volatile @Nullable Remembered remembered;

  public ApiTokens(Inventory inventory, Commits commits, SecretSource secrets, InstantSource time) {
    this.inventory = inventory;
    this.commits = commits;
    this.secrets = secrets;
    this.time = time;
  }

  /// A token with its secret, which exists in this value alone.
  public record Shown(ApiToken token, String secret) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Shown[" + token.name() + "]";
    }
  }

  private record Remembered(List<ApiToken> tokens, long nanos) {}

  /// Makes a token; one of the same name is replaced.
  ///
  /// @param life how long it opens anything; without one, until it is replaced
  /// @param key asked again under the same one, the same token is shown; without one, each request
  ///   makes another
  public Shown create(
      String name,
      Role role,
      Scope scope,
      Optional<Duration> life,
      Optional<RequestKey> key,
      Actor actor)
      throws Refused {
    actor.must(Permission.ADMINISTER);
    if (life.isPresent()) {
      SecretLife.check(life.get());
    }
    String secret = text(secrets.secret(key, PURPOSE, actor, name, SECRET_BYTES));
    Optional<ApiToken> made =
        inventory.apiTokens().stream()
            .filter(known -> known.name().equals(name))
            .filter(known -> known.secretHash().equals(hash(secret)))
            .findFirst();
    if (made.isEmpty()) {
      return make(name, role, scope, life, actor, EntryKind.API_TOKEN_CREATED, secret);
    }
    if (!made.get().isAs(role, scope, life)) {
      throw new Refused(
          Refusal.CONFLICT, "idempotency key: it was used for another token of this name");
    }
    return new Shown(made.get(), secret);
  }

  /// All of them, by name, the expired ones too; never their secrets.
  public List<ApiToken> list(Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    return inventory.apiTokens();
  }

  /// Replaces the lost token of the administrator. Only for who owns the host: nothing of the API
  /// leads here.
  public Shown recover() throws Refused {
    return make(
        ADMIN,
        Role.ADMINISTRATOR,
        Scope.ALL,
        Optional.empty(),
        Actor.SERVER,
        EntryKind.API_TOKEN_RECOVERED,
        text(secrets.secret(Optional.empty(), PURPOSE, Actor.SERVER, ADMIN, SECRET_BYTES)));
  }

  /// Who presents this secret, if anyone whom we know now. Compares with every token in constant
  /// time.
  public Optional<Actor> bearer(String secret) {
    if (secret.length() > MAX_PRESENTED || !secret.startsWith(PREFIX)) {
      return Optional.empty();
    }
    byte[] presented = hash(secret).bytes();
    Instant now = time.instant();
    Optional<Actor> found = Optional.empty();
    for (ApiToken token : tokens()) {
      if (token.opensAt(now) && MessageDigest.isEqual(token.secretHash().bytes(), presented)) {
        found = Optional.of(Actor.of(token));
      }
    }
    return found;
  }

  private List<ApiToken> tokens() {
    Remembered known = remembered;
    if (known != null && System.nanoTime() - known.nanos() < MEMORY.toNanos()) {
      return known.tokens();
    }
    long read = System.nanoTime();
    List<ApiToken> tokens = inventory.apiTokens();
    remembered = new Remembered(tokens, read);
    return tokens;
  }

  private Shown make(
      String name,
      Role role,
      Scope scope,
      Optional<Duration> life,
      Actor actor,
      EntryKind kind,
      String secret)
      throws Refused {
    Instant now = time.instant();
    ApiToken token;
    try {
      token = new ApiToken(name, role, scope, hash(secret), now, life.map(now::plus));
    } catch (IllegalArgumentException e) {
      throw new Refused(Refusal.REQUEST_MALFORMED, String.valueOf(e.getMessage()));
    }
    Entry entry = new Entry(kind, now, actor.name(), Optional.empty(), facts(token));
    Outcome outcome =
        commits.commit(
            new Decision(List.of(new InventoryChange.SaveApiToken(token)), List.of(entry)));
    return switch (outcome) {
      case Outcome.Committed _ -> {
        remembered = null;
        yield new Shown(token, secret);
      }
      case Outcome.Stale _, Outcome.Taken _ ->
          throw new Refused(Refusal.CONFLICT, "api token: " + name + " changed meanwhile");
    };
  }

  private static Map<String, String> facts(ApiToken token) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("name", token.name());
    facts.put("role", token.role().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    token.expiresAt().ifPresent(end -> facts.put("expires", end.toString()));
    Scope scope = token.scope();
    put(facts, "classes", scope.classes());
    put(
        facts,
        "environments",
        scope.environments().stream().map(Environment::word).collect(Collectors.toSet()));
    put(facts, "owners", scope.owners());
    return facts;
  }

  private static void put(Map<String, String> facts, String name, Set<String> values) {
    if (!values.isEmpty()) {
      facts.put(name, values.stream().sorted().collect(Collectors.joining(Scope.SEPARATOR)));
    }
  }

  private static Fingerprint hash(String secret) {
    return Fingerprint.of(secret.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

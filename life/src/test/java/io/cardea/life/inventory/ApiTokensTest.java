package io.cardea.life.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ApiTokensTest {
  private final InMemoryStore store = new InMemoryStore();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final ApiTokens tokens = new ApiTokens(store, store, FirstDay.SECRETS, () -> now);

  @Test
  void bearer_isKnownByTheSecretAlone() throws Refused {
    ApiTokens.Shown admin = create("admin", Role.ADMINISTRATOR);
    ApiTokens.Shown reader = create("dashboard", Role.READER);

    assertThat(tokens.bearer(admin.secret()))
        .contains(new Actor("api-token:admin", Role.ADMINISTRATOR, Scope.ALL));
    assertThat(tokens.bearer(reader.secret()))
        .contains(new Actor("api-token:dashboard", Role.READER, Scope.ALL));
    assertThat(tokens.bearer(admin.secret() + "x")).isEmpty();
    assertThat(tokens.bearer("cardea_")).isEmpty();
    assertThat(tokens.bearer("")).isEmpty();
    assertThat(tokens.bearer("cardea_" + "x".repeat(100_000))).isEmpty();
  }

  @Test
  void secret_isStoredNowhere() throws Refused {
    ApiTokens.Shown shown = create("admin", Role.ADMINISTRATOR);

    assertThat(shown.secret()).matches("cardea_[A-Za-z0-9_-]{43}");
    assertThat(shown.toString()).doesNotContain(shown.secret());
    assertThat(store.apiTokens().toString()).doesNotContain(shown.secret());
    assertThat(entries().toString()).doesNotContain(shown.secret());
  }

  @Test
  void recover_replacesTheAdministratorsTokenAndIsRecorded() throws Refused {
    ApiTokens.Shown lost = create("admin", Role.ADMINISTRATOR);

    ApiTokens.Shown found = tokens.recover();

    assertThat(tokens.bearer(lost.secret())).isEmpty();
    assertThat(tokens.bearer(found.secret())).map(Actor::role).contains(Role.ADMINISTRATOR);
    assertThat(entries())
        .extracting(Entry::kind)
        .containsExactly(EntryKind.API_TOKEN_CREATED, EntryKind.API_TOKEN_RECOVERED);
  }

  @Test
  void create_isForAdministrators() {
    for (Role role : Role.values()) {
      if (role != Role.ADMINISTRATOR) {
        assertThatThrownBy(() ->
                tokens.create(
                    "x",
                    Role.READER,
                    Scope.ALL,
                    Optional.empty(),
                    Optional.empty(),
                    new Actor("api-token:r", role, Scope.ALL)))
            .isInstanceOfSatisfying(
                Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.FORBIDDEN));
      }
    }
    assertThat(store.apiTokens()).isEmpty();
  }

  @Test
  void badName_isRefusedByName() {
    assertThatThrownBy(() -> create("a b", Role.READER))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.REQUEST_MALFORMED));
  }

  @Test
  void expiredToken_opensNothing() throws Refused {
    ApiTokens.Shown shown =
        tokens.create(
            "x",
            Role.AUDITOR,
            Scope.ALL,
            Optional.of(Duration.ofHours(1)),
            Optional.empty(),
            FirstDay.ADMIN);

    now = now.plus(Duration.ofHours(1)).minusMillis(1);
    assertThat(tokens.bearer(shown.secret())).isPresent();
    now = now.plusMillis(1);
    assertThat(tokens.bearer(shown.secret())).isEmpty();
  }

  @Test
  void lifeOutOfBounds_isRefused() {
    for (Duration life : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(3_661))) {
      assertThatThrownBy(() ->
              tokens.create(
                  "x", Role.READER, Scope.ALL, Optional.of(life), Optional.empty(), FirstDay.ADMIN))
          .isInstanceOfSatisfying(
              Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.REQUEST_MALFORMED));
    }
  }

  /// P2: a retry is free.
  @Test
  void requestUnderAKey_isShownTheSameTokenAgain() throws Refused {
    Optional<RequestKey> key = Optional.of(new RequestKey("7f1c"));
    ApiTokens.Shown first = keyed("ci", Role.READER, key);
    now = now.plusSeconds(60);

    ApiTokens.Shown again = keyed("ci", Role.READER, key);
    assertThat(again.secret()).isEqualTo(first.secret());
    assertThat(again.token()).isEqualTo(first.token());
    assertThat(entries()).hasSize(1);

    assertThat(keyed("cd", Role.READER, key).secret()).isNotEqualTo(first.secret());
    assertThat(keyed("ci", Role.READER, Optional.of(new RequestKey("7f1d"))).secret())
        .isNotEqualTo(first.secret());
    assertThat(create("ci", Role.READER).secret()).isNotEqualTo(create("ci", Role.READER).secret());
  }

  @Test
  void keyOfAnotherRequest_isRefused() throws Refused {
    Optional<RequestKey> key = Optional.of(new RequestKey("7f1c"));
    keyed("ci", Role.READER, key);

    assertThatThrownBy(() -> keyed("ci", Role.AUDITOR, key))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.CONFLICT));
  }

  private ApiTokens.Shown keyed(String name, Role role, Optional<RequestKey> key) throws Refused {
    return tokens.create(name, role, Scope.ALL, Optional.empty(), key, FirstDay.ADMIN);
  }

  @Test
  void administratorOfAPart_doesNotExist() {
    Scope pumps = new Scope(Set.of("pump"), Set.of(), Set.of());

    assertThatThrownBy(() ->
            tokens.create(
                "x", Role.ADMINISTRATOR, pumps, Optional.empty(), Optional.empty(), FirstDay.ADMIN))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.REQUEST_MALFORMED));
  }

  @Test
  void scope_isRecordedWithoutAmbiguity() throws Refused {
    Scope scope = new Scope(Set.of(), Set.of(Environment.LAB), Set.of("a b", "c"));

    tokens.create("x", Role.READER, scope, Optional.empty(), Optional.empty(), FirstDay.ADMIN);

    assertThat(entries().getLast().facts())
        .containsEntry("owners", "a b\nc")
        .containsEntry("environments", "lab")
        .doesNotContainKey("classes");
  }

  @Test
  void longestScope_fitsIntoTheLedgerAndALongerOneIsRefused() throws Refused {
    Set<String> owners = new TreeSet<>();
    for (char c = 'a'; c < 'a' + 15; c++) {
      owners.add(String.valueOf(c).repeat(256));
    }
    tokens.create(
        "x",
        Role.READER,
        new Scope(Set.of(), Set.of(), owners),
        Optional.empty(),
        Optional.empty(),
        FirstDay.ADMIN);
    owners.add("z".repeat(256));

    assertThatThrownBy(() -> new Scope(Set.of(), Set.of(), owners))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("together");
  }

  private ApiTokens.Shown create(String name, Role role) throws Refused {
    return tokens.create(name, role, Scope.ALL, Optional.empty(), Optional.empty(), FirstDay.ADMIN);
  }

  private List<Entry> entries() {
    return store.after(0, 100).stream().map(each -> Entry.ofCanonical(each.canonical())).toList();
  }
}

package io.cardea.life.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiToken.Role;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiTokensTest {
  private final InMemoryStore store = new InMemoryStore();
  private final ApiTokens tokens =
      new ApiTokens(store, store, () -> Instant.parse("2026-11-21T12:00:00Z"));

  @Test
  void bearer_isKnownByTheSecretAlone() throws Refused {
    ApiTokens.Shown admin = tokens.create("admin", Role.ADMINISTRATOR, FirstDay.ADMIN);
    ApiTokens.Shown reader = tokens.create("dashboard", Role.READER, FirstDay.ADMIN);

    assertThat(tokens.bearer(admin.secret()))
        .contains(new Actor("api-token:admin", Role.ADMINISTRATOR));
    assertThat(tokens.bearer(reader.secret()))
        .contains(new Actor("api-token:dashboard", Role.READER));
    assertThat(tokens.bearer(admin.secret() + "x")).isEmpty();
    assertThat(tokens.bearer("cardea_")).isEmpty();
    assertThat(tokens.bearer("")).isEmpty();
    assertThat(tokens.bearer("cardea_" + "x".repeat(100_000))).isEmpty();
  }

  @Test
  void secret_isStoredNowhere() throws Refused {
    ApiTokens.Shown shown = tokens.create("admin", Role.ADMINISTRATOR, FirstDay.ADMIN);

    assertThat(shown.secret()).matches("cardea_[A-Za-z0-9_-]{43}");
    assertThat(shown.toString()).doesNotContain(shown.secret());
    assertThat(store.apiTokens().toString()).doesNotContain(shown.secret());
    assertThat(entries().toString()).doesNotContain(shown.secret());
  }

  @Test
  void recover_replacesTheAdministratorsTokenAndIsRecorded() throws Refused {
    ApiTokens.Shown lost = tokens.create("admin", Role.ADMINISTRATOR, FirstDay.ADMIN);

    ApiTokens.Shown found = tokens.recover();

    assertThat(tokens.bearer(lost.secret())).isEmpty();
    assertThat(tokens.bearer(found.secret())).map(Actor::role).contains(Role.ADMINISTRATOR);
    assertThat(entries())
        .extracting(Entry::kind)
        .containsExactly(EntryKind.API_TOKEN_CREATED, EntryKind.API_TOKEN_RECOVERED);
  }

  @Test
  void create_isForAdministrators() {
    assertThatThrownBy(() -> tokens.create("x", Role.READER, new Actor("api-token:r", Role.READER)))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.FORBIDDEN));
    assertThat(store.apiTokens()).isEmpty();
  }

  @Test
  void badName_isRefusedByName() {
    assertThatThrownBy(() -> tokens.create("a b", Role.READER, FirstDay.ADMIN))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.REQUEST_MALFORMED));
  }

  private List<Entry> entries() {
    return store.after(0, 100).stream().map(each -> Entry.ofCanonical(each.canonical())).toList();
  }
}

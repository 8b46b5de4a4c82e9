package io.cardea.life.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void canonical_isTheOneSpelling() {
    Entry entry =
        Entry.about(
            "pump-1",
            EntryKind.CREDENTIAL_REVOKED,
            NOON,
            "api-token:admin",
            Map.of("why", "lost \"it\"\n\u0001", "reason", "superseded"));

    assertThat(new String(entry.canonical(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"actor\":\"api-token:admin\",\"at\":\"2026-11-21T12:00:00Z\",\"device\":\"pump-1\","
                + "\"facts\":{\"reason\":\"superseded\",\"why\":\"lost \\\"it\\\"\\n\\u0001\"},"
                + "\"kind\":\"credential.revoked\",\"v\":\"1\"}");
  }

  @Test
  void canonical_readsBackAsTheSameEntry() {
    StringBuilder every = new StringBuilder("ä€𝄞/");
    for (char c = 0; c < 0x80; c++) {
      every.append(c);
    }
    Entry about =
        Entry.about(
            "pump-1", EntryKind.TOKEN_SPENT, NOON, "device:pump-1", Map.of("x", every.toString()));
    Entry bare =
        new Entry(EntryKind.CLASS_SAVED, NOON, "server:cardea", Optional.empty(), Map.of());

    assertThat(Entry.ofCanonical(about.canonical())).isEqualTo(about);
    assertThat(Entry.ofCanonical(bare.canonical())).isEqualTo(bare);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"actor\":\"a\",\"at\":\"noon\",\"facts\":{},\"kind\":\"class.saved\",\"v\":\"1\"}",
        "{\"actor\":\"a\",\"at\":\"2026-11-21T12:00:00Z\",\"facts\":{},\"kind\":\"class.lost\",\"v\":\"1\"}",
        "{\"actor\":\"a\",\"at\":\"2026-11-21T12:00:00Z\",\"facts\":{},\"kind\":\"class.saved\",\"v\":\"2\"}",
        "{\"actor\":\"a\",\"at\":\"2026-11-21T12:00:00Z\",\"facts\":{},\"kind\":\"class.saved\",\"v\":\"1\"} ",
        "{\"actor\":\"a\\u00",
        "{\"actor\":\"\\x\"",
        "{\"actor\": \"a\""
      })
  void otherBytes_areNoEntry(String text) {
    assertThatThrownBy(() -> Entry.ofCanonical(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void brokenUtf8_isNoEntry() {
    assertThatThrownBy(() -> Entry.ofCanonical(new byte[] {'{', '"', (byte) 0xff}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.api.ApiWorld.Reaction;
import io.cardea.life.Refused;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProfileApiTest {
  private ApiWorld world;

  @BeforeEach
  void start() throws Refused, GeneralSecurityException, IOException {
    world = new ApiWorld();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void profile_isSavedLikeAnother_andAgainWithTheSameAnswer() {
    String body = "{\"like\":\"device\",\"life_seconds\":60,\"backdate_seconds\":10}";

    Reaction saved = put("short", body);

    assertThat(saved.status()).isEqualTo(200);
    assertThat(saved.json().path("life_seconds").asLong()).isEqualTo(60);
    assertThat(saved.json().path("backdate_seconds").asLong()).isEqualTo(10);
    assertThat(saved.json().path("uri_san"))
        .isEqualTo(world.get("/api/v1/profiles/device").json().path("uri_san"));
    assertThat(put("short", body).json()).isEqualTo(saved.json());
    assertThat(world.get("/api/v1/profiles/short").json()).isEqualTo(saved.json());
  }

  @Test
  void profile_isChanged_andKeepsWhatIsNotGiven() {
    Reaction saved = put("device", "{\"life_seconds\":120}");

    assertThat(saved.json().path("life_seconds").asLong()).isEqualTo(120);
    assertThat(saved.json().path("backdate_seconds").asLong()).isEqualTo(3_600);
  }

  @Test
  void profile_isRefused_whenItMakesNoSense() {
    assertThat(put("short", "{\"life_seconds\":60}").text("code")).isEqualTo("not-found");
    assertThat(put("device", "{\"life_seconds\":1}").text("detail"))
        .isEqualTo("life of device: PT1S (expected: 10 s to 10 years)");
    assertThat(put("device", "{\"lives\":9}").status()).isEqualTo(400);
  }

  @Test
  void keysAndUses_areChosen_andMlDsaStaysOutOfTls() {
    Reaction saved =
        put(
            "reports",
            "{\"like\":\"device\",\"allowed_keys\":[\"ml-dsa-65\"],"
                + "\"extended_key_usage\":[\"document-signing\"]}");

    assertThat(saved.status()).as(saved.text("detail")).isEqualTo(200);
    assertThat(saved.json().path("allowed_keys").path(0).asString()).isEqualTo("ml-dsa-65");
    assertThat(put("reports", "{\"extended_key_usage\":[\"client-auth\"]}").text("detail"))
        .contains("none of ML-DSA");
    assertThat(put("device", "{\"allowed_keys\":[\"dsa\"]}").text("detail"))
        .contains("expected: ec-p256");
    assertThat(put("device", "{\"allowed_keys\":[]}").status()).isEqualTo(400);
    assertThat(put("device", "{\"extended_key_usage\":[\"ocsp-signing\"]}").status())
        .isEqualTo(400);
  }

  @Test
  void reader_mayNotSaveProfiles() {
    Reaction refused =
        world.send(
            "PUT", "/api/v1/profiles/device", Optional.of(world.reader), "{\"life_seconds\":60}");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(world.get("/api/v1/profiles/device").json().path("life_seconds").asLong())
        .isEqualTo(36_000);
  }

  private Reaction put(String name, String body) {
    return world.send("PUT", "/api/v1/profiles/" + name, Optional.of(world.admin), body);
  }
}

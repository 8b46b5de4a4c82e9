package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.api.ApiWorld.Reaction;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Conditional requests, and requests that are made twice.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConditionalTest {
  private ApiWorld world;

  @BeforeAll
  void start() throws Exception {
    world = new ApiWorld();
    world.day.tokenFor("pump-1");
    world.day.tokenFor("pump-2");
  }

  @AfterAll
  void stop() {
    world.close();
  }

  @Test
  void rfc9110Section13_1_2_whatIsKnownIsNotSentAgain() {
    Reaction first = world.get("/api/v1/devices/pump-1");
    String tag = first.header("etag");
    assertThat(tag).matches("\"[0-9a-f]{32}\"");

    Reaction again = read("if-none-match", "\"x\", W/" + tag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.response().body()).isEmpty();
    assertThat(again.header("etag")).isEqualTo(tag);
    assertThat(read("if-none-match", "\"x\"").status()).isEqualTo(200);
  }

  @Test
  void rfc9110Section13_1_1_changeOfWhatIsNoLongerSo_isRefusedAndChangesNothing() {
    String tag = world.get("/api/v1/devices/pump-2").header("etag");

    Reaction stale = act("\"0000\"");
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.text("code")).isEqualTo("conflict");
    assertThat(stale.text("detail")).contains(tag);
    assertThat(act("W/" + tag).status()).isEqualTo(412);
    assertThat(world.get("/api/v1/devices/pump-2").text("state")).isEqualTo("registered");

    assertThat(act(tag).status()).isEqualTo(200);
    assertThat(world.get("/api/v1/devices/pump-2").text("state")).isEqualTo("scrapped");
    assertThat(act(tag).status()).isEqualTo(412);
  }

  /// Two people who saw the same profile: the second one is told, and the first one's change stays.
  @Test
  void rfc9110Section13_1_1_lostUpdate_isPrevented() {
    String tag = world.get("/api/v1/profiles/device").header("etag");

    assertThat(save(tag, 90).status()).isEqualTo(200);
    assertThat(save(tag, 30).status()).isEqualTo(412);
    assertThat(world.get("/api/v1/profiles/device").json().path("life_seconds").asLong())
        .isEqualTo(90 * 86_400L);
  }

  private Reaction save(String ifMatch, int days) {
    return world.send(
        world
            .request("/api/v1/profiles/device")
            .header("authorization", "Bearer " + world.admin)
            .header("content-type", "application/json")
            .header("if-match", ifMatch)
            .PUT(BodyPublishers.ofString("{\"life_seconds\":" + days * 86_400 + "}"))
            .build());
  }

  @Test
  void ifMatch_whereThereIsNothingToMatch_isRefused() {
    Reaction reaction =
        world.send(
            world
                .request("/api/v1/devices")
                .header("authorization", "Bearer " + world.admin)
                .header("content-type", "application/json")
                .header("if-match", "\"x\"")
                .POST(BodyPublishers.ofString("{\"id\":\"pump-9\",\"class\":\"pumps\"}"))
                .build());

    assertThat(reaction.status()).isEqualTo(400);
    assertThat(world.get("/api/v1/devices/pump-9").status()).isEqualTo(404);
  }

  /// P2: whoever did not hear the answer asks again, and is told the same.
  @Test
  void tokenThatIsAskedForTwice_isTheSame() {
    Reaction first = token("pump-1", "\"k-1\"");
    Reaction again = token("pump-1", "k-1");

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.response().body()).isEqualTo(first.response().body());
    assertThat(token("pump-1", "k-2").text("token")).isNotEqualTo(first.text("token"));
    assertThat(token("pump-1", "a b").status()).isEqualTo(400);
  }

  private Reaction read(String header, String value) {
    return world.send(
        world
            .request("/api/v1/devices/pump-1")
            .header("authorization", "Bearer " + world.admin)
            .header(header, value)
            .GET()
            .build());
  }

  private Reaction act(String ifMatch) {
    return world.send(
        world
            .request("/api/v1/devices/pump-2/scrap")
            .header("authorization", "Bearer " + world.admin)
            .header("content-type", "application/json")
            .header("if-match", ifMatch)
            .POST(BodyPublishers.ofString("{\"reason\":\"gone\"}"))
            .build());
  }

  private Reaction token(String device, String key) {
    return world.send(
        world
            .request("/api/v1/devices/" + device + "/tokens")
            .header("authorization", "Bearer " + world.admin)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .POST(BodyPublishers.ofString("{\"life_seconds\":3600}"))
            .build());
  }
}

package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.api.ApiWorld.Reaction;
import io.cardea.life.Rate;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApiLimitTest {
  @Test
  void tokenThatAsksTooOften_isTurnedAwayAlone() throws Exception {
    try (ApiWorld world = new ApiWorld(Rate.of(2, Duration.ofHours(1), Duration.ofHours(1)))) {
      assertThat(world.get("/api/v1/devices").status()).isEqualTo(200);
      assertThat(world.get("/api/v1/devices").status()).isEqualTo(200);

      Reaction refused = world.get("/api/v1/devices");
      Reaction others = world.send("GET", "/api/v1/devices", Optional.of(world.reader), null);

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text("code")).isEqualTo("too-many-requests");
      assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 3_600);
      assertThat(others.status()).isEqualTo(200);
      assertThat(world.send("GET", "/health/live", Optional.empty(), null).status()).isEqualTo(200);
    }
  }
}

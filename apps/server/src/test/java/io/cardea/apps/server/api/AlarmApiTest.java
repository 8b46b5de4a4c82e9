package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.watch.Look;
import io.cardea.life.findings.Alarm;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AlarmApiTest {
  @Test
  void alarm_isListedWithItsCodeAndWhatToDo() throws Exception {
    try (ApiWorld world = new ApiWorld()) {
      world.watch.look();
      assertThat(alarm(world).path("state").asString()).isEqualTo("fine");

      world.disk.set(new Look.Wrong("free: 1 MiB of 100 MiB"));
      world.watch.look();
      JsonNode raised = alarm(world);
      assertThat(raised.path("state").asString()).isEqualTo("raised");
      assertThat(raised.path("code").asString()).isEqualTo("disk-low");
      assertThat(raised.path("severity").asString()).isEqualTo("critical");
      assertThat(raised.path("detail").asString()).isEqualTo("free: 1 MiB of 100 MiB");
      assertThat(raised.path("next_step").asString()).isEqualTo(Alarm.DISK_LOW.nextStep());
      assertThat(raised.path("since").asString()).isEqualTo(world.day.time.instant().toString());
    }
  }

  private static JsonNode alarm(ApiWorld world) {
    return world.get("/api/v1/alarms").json().path("items").path(0);
  }
}

package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest {
  @ParameterizedTest
  @EnumSource
  void status_followsWhoseFaultItIs(Refusal refusal) {
    int status = Problem.statusOf(refusal);

    switch (refusal.fault()) {
      case CLIENT -> assertThat(status).isBetween(400, 499);
      case SERVER -> assertThat(status).isBetween(500, 599);
    }
  }
}

package io.cardea.apps.agent;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.DeviceId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes events to the log, one line each.
record LoggedEvents(DeviceId device) implements AgentEvents {
  private static final Logger log = LoggerFactory.getLogger(LoggedEvents.class);

  @Override
  public void happened(AgentEvent event) {
    switch (event) {
      case AgentEvent.Attempted(var operation, var key) ->
          log.debug("{}: {} with key {}", device, operation, key);
      case AgentEvent.AnswerLost(var operation, _, var reason) ->
          log.info("{}: {} got no answer, will try again: {}", device, operation, reason);
      case AgentEvent.Postponed(var operation, _, var wait, var code) ->
          log.info("{}: {} is to wait {} {}", device, operation, seconds(wait), code);
      case AgentEvent.Refused(var operation, _, var status, var code, var detail) ->
          log.warn(
              "{}: {} was refused: {} {} {}. {}",
              device,
              operation,
              status,
              code,
              detail,
              Refusal.byCode(code).map(Refusal::nextStep).orElse(""));
      case AgentEvent.Stored(var generation, var key, var certificate) ->
          log.info(
              "{}: generation {} stored: serial {} key {}",
              device,
              generation,
              certificate.getSerialNumber().toString(16),
              key);
      case AgentEvent.Confirmed(var generation, _, _) ->
          log.info("{}: generation {} confirmed, in use", device, generation);
      case AgentEvent.GivenUp(var generation, _, var code) ->
          log.warn("{}: generation {} was refused ({}), given up", device, generation, code);
      case AgentEvent.Planned(var generation, var from) ->
          log.debug("{}: generation {} renews in {}", device, generation, seconds(from));
      case AgentEvent.Reloaded(var generation, var exit, var output) -> {
        if (exit == 0) {
          log.info("{}: hook ran for generation {}", device, generation);
        } else {
          log.warn(
              "{}: hook failed for generation {} (exit {}): {}", device, generation, exit, output);
        }
      }
      case AgentEvent.NeedsHelp(var what) -> log.error("{}: needs help: {}", device, what);
      case AgentEvent.DiskFailed(var reason) -> log.error("{}: disk: {}", device, reason);
    }
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }
}

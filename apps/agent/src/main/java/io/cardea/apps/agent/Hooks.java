package io.cardea.apps.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Runs the hook at least once for each confirmed generation, and again after a failure.
final class Hooks {
  private final AgentSettings settings;
  private final Surroundings surroundings;
  private final AgentEvents events;
  private final Identities identities;
  private int done;
  private int failures;
  private long notBefore;

  Hooks(
      AgentSettings settings,
      Surroundings surroundings,
      AgentEvents events,
      Identities identities) {
    this.settings = settings;
    this.surroundings = surroundings;
    this.events = events;
    this.identities = identities;
    this.notBefore = surroundings.ticker().getAsLong();
  }

  /// Runs the hook if it is due.
  void run() throws IOException {
    Optional<Generation> current = due();
    if (current.isEmpty()
        || settings.hook().isEmpty()
        || surroundings.ticker().getAsLong() - notBefore < 0) {
      return;
    }
    Generation generation = current.get();
    if (failures == 0 && identities.reloadedFor(generation)) {
      done = generation.number();
      return;
    }
    HookRun run =
        HookRun.of(
            settings.hook().get(),
            settings.device(),
            identities.directory(),
            identities.pathOf(generation));
    events.happened(new AgentEvent.Reloaded(generation.number(), run.exit(), run.output()));
    if (run.exit() == 0) {
      identities.reloaded(generation);
      done = generation.number();
      failures = 0;
    } else {
      failures++;
      notBefore =
          surroundings.ticker().getAsLong()
              + settings
                  .pace()
                  .afterFailure(failures, settings.pace().longest(), surroundings.random())
                  .toNanos();
    }
  }

  /// The generation that it is still to be run for.
  private Optional<Generation> due() {
    return settings.hook().isEmpty()
        ? Optional.empty()
        : identities.current().filter(g -> g.number() != done);
  }

  /// No longer than until it is to be tried again.
  Duration atMost(Duration wait) {
    if (due().isEmpty()) {
      return wait;
    }
    long left = Math.max(0, notBefore - surroundings.ticker().getAsLong());
    return wait.toNanos() > left ? Duration.ofNanos(left) : wait;
  }
}

package io.cardea.apps.server;

import io.cardea.apps.server.api.AudienceParts;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.rotation.Access;
import io.cardea.life.sessions.Sessions;
import io.cardea.platform.store.Claims;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.PostgresSessions;
import io.cardea.platform.store.PostgresStore;
import java.time.Duration;

/// Sessions, from the store to the timer that forgets those of enforcement points that fell silent.
final class SessionWiring {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final int AT_ONCE = 100;

  private SessionWiring() {}

  static AudienceParts of(
      Database database,
      PostgresStore store,
      Access access,
      TrustedTime time,
      Duration patience,
      Parts parts) {
    PostgresSessions open = parts.own(new PostgresSessions(database, patience));
    return new AudienceParts(
        new AudienceDesk(store, store, time), new Sessions(store, open, access, store, time));
  }

  static void sweep(Sessions sessions, Claims claims, TrustedTime time, Timers timers) {
    timers.every(
        Duration.ofSeconds(10),
        "silent enforcement points",
        () -> {
          if (time.trusted() && claims.take("sessions", time.instant(), LEASE).isPresent()) {
            var _ = sessions.sweep(AT_ONCE);
          }
        });
  }
}

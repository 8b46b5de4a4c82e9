package io.cardea.apps.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// What a device does while only a person can help: it says so once, asks now and then, and looks
/// out for a fresh token.
final class Help {
  private static final int PATIENCE = 10;

  private final AgentSettings settings;
  private final Surroundings surroundings;
  private final AgentEvents events;
  private String said = "";
  private String refusedToken = "";

  Help(AgentSettings settings, Surroundings surroundings, AgentEvents events) {
    this.settings = settings;
    this.surroundings = surroundings;
    this.events = events;
  }

  /// Whether somebody has to help now.
  boolean needed() {
    return !said.isEmpty();
  }

  Duration needed(String what) {
    if (!said.equals(what)) {
      said = what;
      events.happened(new AgentEvent.NeedsHelp(what));
    }
    return settings.pace().waitingForHelp(surroundings.random());
  }

  void over() {
    said = "";
  }

  /// The token, if there is one that can be read.
  Optional<String> token() {
    try {
      return settings.token().token();
    } catch (IOException e) {
      var _ = needed("the token cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  /// Whether there is a token that the server has not refused.
  boolean freshToken() {
    return token().filter(token -> !token.equals(refusedToken)).isPresent();
  }

  Duration withoutToken(Identities identities) throws IOException {
    if (identities.generations().isEmpty()) {
      var _ = needed("no credential, and no token to enrol with");
      return settings.pace().first().multipliedBy(PATIENCE);
    }
    Duration wait = needed("every credential was refused, and there is no token to enrol with");
    identities.forgiveAll();
    return wait;
  }

  Duration tokenRefused(Identities identities, String token) throws IOException {
    refusedToken = token;
    identities.forgiveAll();
    return needed("neither a credential nor the token lets this device in");
  }
}

package io.cardea.apps.server.api;

import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.sessions.Sessions;

/// Who must accept what devices hold, and what they tell of it.
public record AudienceParts(AudienceDesk desk, Sessions sessions) {}

package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiToken.Role;

/// Who acts, as the ledger names them, and what they may do. Use cases ask it, not handlers.
///
/// @param name kind and name, for instance `api-token:admin`
public record Actor(String name, Role role) {
  /// Cardea itself: first start, timers, recovery on the host.
  public static final Actor SERVER = new Actor("server:cardea", Role.ADMINISTRATOR);

  public static Actor of(ApiToken token) {
    return new Actor("api-token:" + token.name(), token.role());
  }

  /// @throws Refused with [Refusal#FORBIDDEN] unless an administrator acts
  public void mustAdministrate() throws Refused {
    if (role != Role.ADMINISTRATOR) {
      throw new Refused(Refusal.FORBIDDEN, name + " may read, and this changes something");
    }
  }
}

package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.Locale;

/// Who acts, as the ledger names them, and what they may do. Use cases ask it, not handlers.
///
/// @param name kind and name, for instance `api-token:admin`
public record Actor(String name, Role role, Scope scope) {
  /// Cardea itself: first start, timers, recovery on the host.
  public static final Actor SERVER = new Actor("server:cardea", Role.ADMINISTRATOR, Scope.ALL);

  public static Actor of(ApiToken token) {
    return new Actor("api-token:" + token.name(), token.role(), token.scope());
  }

  /// For acts that are not about one device. Who holds a role for a part of the fleet alone may not
  /// do what touches all of it.
  ///
  /// @throws Refused with [Refusal#FORBIDDEN]
  public void must(Permission permission) throws Refused {
    mustSomewhere(permission);
    if (!scope.isAll() && !permission.isAboutDevices()) {
      throw new Refused(
          Refusal.FORBIDDEN, name + " acts for a part of the fleet, and this is about all of it");
    }
  }

  /// For acts on a device. One outside of the scope is not there, for this actor.
  ///
  /// @throws Refused with [Refusal#FORBIDDEN], or [Refusal#DEVICE_UNKNOWN]
  public void must(Permission permission, Device device) throws Refused {
    mustSomewhere(permission);
    if (!scope.covers(device)) {
      throw new Refused(Refusal.DEVICE_UNKNOWN, "device: " + device.id());
    }
  }

  public boolean sees(Device device) {
    return role.permits(Permission.SEE) && scope.covers(device);
  }

  private void mustSomewhere(Permission permission) throws Refused {
    if (!role.permits(permission)) {
      throw new Refused(
          Refusal.FORBIDDEN,
          name
              + " is "
              + role.name().toLowerCase(Locale.ROOT).replace('_', '-')
              + ", and this needs the permission to "
              + permission.words());
    }
  }
}

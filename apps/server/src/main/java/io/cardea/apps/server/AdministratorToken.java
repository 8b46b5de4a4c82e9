package io.cardea.apps.server;

import io.cardea.apps.server.config.DataDirectory;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The administrator's token, in a file that its owner alone can read.
///
/// Whoever may write the data directory may have a new one: that is who owns this installation.
final class AdministratorToken {
  private AdministratorToken() {}

  /// Makes the first one; one that exists is left alone, whatever became of its file.
  static void ensure(DataDirectory directory, Inventory inventory, ApiTokens tokens)
      throws Refused, IOException {
    boolean exists =
        inventory.apiTokens().stream().anyMatch(token -> token.name().equals(ApiTokens.ADMIN));
    if (!exists) {
      keep(
          directory,
          tokens.create(
              ApiTokens.ADMIN,
              Role.ADMINISTRATOR,
              Scope.ALL,
              Optional.empty(),
              Optional.empty(),
              Actor.SERVER));
    }
  }

  /// Replaces the token; the old one is worthless from then on. Recorded in the ledger.
  static Path recover(DataDirectory directory, ApiTokens tokens) throws Refused, IOException {
    return keep(directory, tokens.recover());
  }

  private static Path keep(DataDirectory directory, ApiTokens.Shown made) throws IOException {
    Path file = directory.administratorToken();
    OwnerOnly.write(file, made.secret() + "\n");
    return file;
  }
}

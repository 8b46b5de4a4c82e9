package io.cardea.life.inventory;

import java.util.UUID;

/// Names a credential for as long as the inventory knows it.
public record CredentialId(UUID value) {
  public static CredentialId parse(String text) {
    return new CredentialId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}

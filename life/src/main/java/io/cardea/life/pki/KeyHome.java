package io.cardea.life.pki;

import java.util.Locale;

/// Where the key of an authority lives. It shows in the prefix of [WrappedKey#id], so that a row of
/// the store says by itself who can open it.
public enum KeyHome {
  /// In the database, encrypted under the wrapping key; opened into this process's memory.
  SOFTWARE,
  /// In a PKCS#11 token, which signs and never gives the key out.
  PKCS11;

  /// What ids of such keys begin with, for instance `pkcs11-`.
  public String prefix() {
    return name().toLowerCase(Locale.ROOT) + "-";
  }
}

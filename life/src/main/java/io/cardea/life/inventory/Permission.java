package io.cardea.life.inventory;

/// What an act needs. Each operation of the API needs one of these, and a [Role] is a set of them.
public enum Permission {
  /// Look at devices, their credentials, classes, profiles and authorities.
  SEE("look at the inventory"),
  /// Read the ledger and who holds which bearer token.
  AUDIT("read the ledger"),
  /// Run devices: register, admit, settle, scrap.
  OPERATE("operate devices"),
  /// Withdraw trust from devices, or from one of their credentials.
  REVOKE("revoke"),
  /// Change what is certified and by whom: classes, profiles, authorities.
  CERTIFY("change classes, profiles or authorities"),
  /// Say who may do what.
  ADMINISTER("administer the server");

  private final String words;

  Permission(String words) {
    this.words = words;
  }

  /// Completes "this needs the permission to …".
  public String words() {
    return words;
  }

  /// Whether the act is about devices, so that a [Scope] can hold it.
  boolean isAboutDevices() {
    return switch (this) {
      case SEE, OPERATE, REVOKE -> true;
      case AUDIT, CERTIFY, ADMINISTER -> false;
    };
  }
}

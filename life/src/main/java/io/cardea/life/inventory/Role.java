package io.cardea.life.inventory;

/// What a person or a program is to this installation.
public enum Role {
  ADMINISTRATOR,
  /// Answers for authorities and profiles, and may revoke what they issued.
  PKI_OFFICER,
  /// Runs devices, and neither changes what is certified nor reads the ledger.
  FLEET_OPERATOR,
  /// Reads everything, the ledger and the holders of tokens included; changes nothing.
  AUDITOR,
  /// Sees the inventory; changes nothing.
  READER;

  public boolean permits(Permission permission) {
    return switch (permission) {
      case SEE -> true;
      case AUDIT -> this == ADMINISTRATOR || this == PKI_OFFICER || this == AUDITOR;
      case OPERATE -> this == ADMINISTRATOR || this == FLEET_OPERATOR;
      case REVOKE -> this == ADMINISTRATOR || this == PKI_OFFICER || this == FLEET_OPERATOR;
      case CERTIFY -> this == ADMINISTRATOR || this == PKI_OFFICER;
      case ADMINISTER -> this == ADMINISTRATOR;
    };
  }
}

package io.cardea.connectors.hivemq;

/// By which the broker knows one connection that was let in by the door before it.
public record Ticket(String userName, byte[] password) {
  @Override
  public String toString() {
    return "Ticket[" + userName + "]";
  }
}

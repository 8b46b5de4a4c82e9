package io.cardea.life.inventory;

/// Where a device is in its life. A forbidden step has no method.
public sealed interface DeviceState {
  /// Known, and has no credential of its own.
  record Registered() implements DeviceState {
    public Enrolled enrolled() {
      return new Enrolled();
    }
  }

  /// Got its first credential.
  record Enrolled() implements DeviceState {
    public Quarantined quarantined() {
      return new Quarantined();
    }
  }

  /// Held: no access, while renewal goes on (R11), so that one which is held by mistake is not
  /// stranded.
  record Quarantined() implements DeviceState {
    public Enrolled released() {
      return new Enrolled();
    }
  }

  /// At the end of its life. No exit, so no method.
  record Scrapped() implements DeviceState {}

  default Scrapped scrapped() {
    return new Scrapped();
  }

  default String word() {
    return switch (this) {
      case Registered _ -> "registered";
      case Enrolled _ -> "enrolled";
      case Quarantined _ -> "quarantined";
      case Scrapped _ -> "scrapped";
    };
  }

  static DeviceState ofWord(String word) {
    return switch (word) {
      case "registered" -> new Registered();
      case "enrolled" -> new Enrolled();
      case "quarantined" -> new Quarantined();
      case "scrapped" -> new Scrapped();
      default ->
          throw new IllegalArgumentException(
              "device state: "
                  + word
                  + " (expected: registered, enrolled, quarantined or scrapped)");
    };
  }
}

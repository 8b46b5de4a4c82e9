package io.cardea.trials.faults.explorer;

/// What a scene has beside a device, its answers and time. One at a time: each rule has the
/// smallest world in which its wrong twin goes wrong.
public enum Circumstance {
  /// The device has nothing but a token, and an audience that may not prove reports whatever it
  /// likes: R2.
  REPORTS,
  /// An audience learns of new credentials whenever it likes, and accepts none that it does not
  /// know: R3.
  AUDIENCE,
  /// A connection stays open for as long as it likes: R3.
  SESSION,
  /// Two candidates are enough, and each retry brings a new key: R5.
  LIMIT,
  /// The disk goes back to what it was, and an operator has tokens: R6.
  RESTORED,
  /// Somebody finds a key that was retired, in a class with grace: R6.
  RETIRED_KEY,
  /// The first key is copied, and an operator revokes it for that: R8.
  COMPROMISE,
  /// An operator puts the device into quarantine, and takes it out again: R11.
  QUARANTINE;

  /// How many credentials it takes to see what there is to see.
  int bound() {
    return this == LIMIT ? 4 : 3;
  }
}

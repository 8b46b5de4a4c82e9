package io.cardea.apps.fleet;

/// Which answers are to be lost: decided by seed, device and attempt, and by nothing that happens.
/// So two fleets of one seed lose the same answers, however their threads and their servers behave.
///
/// @param share of all answers, 0 to 1
record Drops(long seed, double share) {
  Drops {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("drop: " + share + " (expected: 0 to 1)");
    }
  }

  /// Whether the answer to this attempt of this device is lost.
  ///
  /// @param device its number in the fleet
  /// @param attempt how many answers with a certificate were on the way to it before
  boolean drops(int device, int attempt) {
    long mixed = mix(mix(mix(seed) + device) + attempt);
    return (mixed >>> 11) * 0x1.0p-53 < share;
  }

  /// The finalizer of SplitMix64: every bit depends on every bit.
  private static long mix(long value) {
    long bits = value + 0x9e3779b97f4a7c15L;
    bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
    return bits ^ (bits >>> 31);
  }
}

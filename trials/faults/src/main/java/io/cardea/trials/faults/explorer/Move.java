package io.cardea.trials.faults.explorer;

/// One thing that happens, for the trace.
record Move(Kind kind, int credential, int key, boolean accepted) {
  enum Kind {
    DEVICE_USES,
    DEVICE_RENEWS,
    DEVICE_RENEWS_IN_VAIN,
    THIEF_COPIES,
    THIEF_FINDS,
    THIEF_USES,
    THIEF_RENEWS,
    FIRST_EXPIRES,
    DAY_PASSES
  }

  @Override
  public String toString() {
    return switch (kind) {
      case DEVICE_USES -> "device uses k" + credential + refused();
      case DEVICE_RENEWS -> "renews k" + key + " by k" + credential;
      case DEVICE_RENEWS_IN_VAIN -> "renews k" + key + " by k" + credential + ", answer lost";
      case THIEF_COPIES -> "thief copies k" + credential;
      case THIEF_FINDS -> "thief finds retired k" + credential;
      case THIEF_USES -> "thief uses k" + credential + refused();
      case THIEF_RENEWS -> "thief renews k" + key + " by k" + credential;
      case FIRST_EXPIRES -> "k0 expires";
      case DAY_PASSES -> "a day passes";
    };
  }

  private String refused() {
    return accepted ? "" : " (refused)";
  }
}

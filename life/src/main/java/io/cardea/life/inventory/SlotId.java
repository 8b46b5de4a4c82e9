package io.cardea.life.inventory;

import java.util.regex.Pattern;

/// One purpose of one device. The credentials in a slot are its lineage.
public record SlotId(DeviceId device, String name) {
  public static final String OPERATIONAL = "operational";
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  public SlotId {
    checkName(name);
  }

  static void checkName(String name) {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "slot: " + name + " (expected: 1 to 32 of a-z 0-9 -, starting with a letter)");
    }
  }

  public static SlotId operational(DeviceId device) {
    return new SlotId(device, OPERATIONAL);
  }

  @Override
  public String toString() {
    return device + "/" + name;
  }
}

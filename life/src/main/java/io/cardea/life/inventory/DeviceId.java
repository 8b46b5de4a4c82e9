package io.cardea.life.inventory;

import java.util.regex.Pattern;

/// A registered id: the name by which everyone knows a device, in certificates too.
///
/// 1 to 64 characters (RFC 5280 bounds a common name at 64): letters, digits and `. _ : -`,
/// starting with a letter or a digit. It needs no escaping in a URI, a distinguished name, a file
/// name or a shell.
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

  public DeviceId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "device id: "
              + (value.length() > 80 ? value.substring(0, 80) + "…" : value)
              + " (expected: 1 to 64 letters, digits, . _ : -, starting with a letter or digit)");
    }
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

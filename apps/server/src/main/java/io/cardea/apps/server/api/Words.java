package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Enumerations as the wire spells them: lower case, hyphens.
final class Words {
  private Words() {}

  static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E read(
      String member, @Nullable String text, Class<E> type, E byDefault) throws Refused {
    return text == null ? byDefault : read(member, text, type);
  }

  static <E extends Enum<E>> E read(String member, String text, Class<E> type) throws Refused {
    for (E value : type.getEnumConstants()) {
      if (of(value).equals(text)) {
        return value;
      }
    }
    throw Call.malformed(
        member
            + ": "
            + text
            + " (expected: "
            + Arrays.stream(type.getEnumConstants())
                .map(Words::of)
                .collect(Collectors.joining(", "))
            + ")");
  }
}

package io.cardea.life.inventory;

/// What a program names a request of its own by, so that asking again is the same request (the
/// Idempotency-Key field of HTTP). Two programs do not meet: a key is theirs alone.
public record RequestKey(String value) {
  public static final int MAX_LENGTH = 128;

  public RequestKey {
    if (value.isEmpty()
        || value.length() > MAX_LENGTH
        || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "idempotency key: "
              + value.length()
              + " characters (expected: 1 to "
              + MAX_LENGTH
              + " of printable ASCII, no space)");
    }
  }
}

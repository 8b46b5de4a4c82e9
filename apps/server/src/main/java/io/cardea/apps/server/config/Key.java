package io.cardea.apps.server.config;

import java.util.Locale;
import java.util.Optional;

/// A setting that exists.
///
/// @param name dotted, as in the file
/// @param fallback the text of its default; empty when it has none, or one that follows from other
///   things
/// @param fallbackMeaning the default in words
/// @param required whether the server cannot start without it
/// @param secret whether its value is never shown
record Key<T>(
    String name,
    Kind<T> kind,
    Optional<String> fallback,
    String fallbackMeaning,
    boolean required,
    boolean secret,
    String meaning) {

  static <T> Key<T> withDefault(String name, Kind<T> kind, String fallback, String meaning) {
    return new Key<>(name, kind, Optional.of(fallback), fallback, false, false, meaning);
  }

  static <T> Key<T> derived(String name, Kind<T> kind, String fallbackMeaning, String meaning) {
    return new Key<>(name, kind, Optional.empty(), fallbackMeaning, false, false, meaning);
  }

  static <T> Key<T> required(String name, Kind<T> kind, String meaning) {
    return new Key<>(name, kind, Optional.empty(), "none: must be set", true, false, meaning);
  }

  static <T> Key<T> optional(String name, Kind<T> kind, String meaning) {
    return new Key<>(name, kind, Optional.empty(), "none", false, false, meaning);
  }

  static <T> Key<T> secret(String name, Kind<T> kind, String meaning) {
    return new Key<>(name, kind, Optional.empty(), "none", false, true, meaning);
  }

  /// The environment variable that overrides the file: `tls.names` is `CARDEA_TLS_NAMES`.
  String variable() {
    return "CARDEA_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}

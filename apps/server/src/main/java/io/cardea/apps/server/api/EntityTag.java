package io.cardea.apps.server.api;

import io.cardea.life.Fingerprint;
import java.util.Arrays;

/// Names one state of a resource (RFC 9110 §8.8.3): its representation's hash, and so a strong one.
record EntityTag(String value) {
  private static final int LENGTH = 32;

  static EntityTag of(byte[] representation) {
    return new EntityTag('"' + Fingerprint.of(representation).hex().substring(0, LENGTH) + '"');
  }

  /// If-Match (RFC 9110 §13.1.1): a weak tag matches nothing.
  boolean isIn(String field) {
    return field.strip().equals("*")
        || Arrays.stream(field.split(",")).map(String::strip).anyMatch(value::equals);
  }

  void requireIn(String field) {
    if (!isIn(field)) {
      throw new PreconditionFailedException(
          "If-Match: the resource is " + value + " now; read it again");
    }
  }

  /// If-None-Match (RFC 9110 §13.1.2), which compares weakly.
  boolean isWeaklyIn(String field) {
    return isIn(field.replace("W/\"", "\""));
  }
}

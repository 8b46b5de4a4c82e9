package io.cardea.apps.server.config;

import java.nio.file.Path;
import java.util.List;

/// A server certificate from another PKI than Cardea's own.
///
/// @param pairs one, or one of EC and one of RSA; people are shown the first
/// @param anchors who signs for it at the top
/// @param names those that each certificate must have
public record TlsFileSettings(List<Pair> pairs, Path anchors, List<String> names) {
  /// A chain, the leaf first, and its key.
  public record Pair(Path certificate, Path key) {}

  public TlsFileSettings {
    pairs = List.copyOf(pairs);
    names = List.copyOf(names);
  }
}

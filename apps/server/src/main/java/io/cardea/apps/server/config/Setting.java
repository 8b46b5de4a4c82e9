package io.cardea.apps.server.config;

/// The value that a key has in effect, as text, and where it comes from. A secret value reads
/// `(hidden)`.
public record Setting(String key, String value, Origin origin) {}

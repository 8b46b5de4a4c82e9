package io.cardea.protocols.edge;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request's header fields; names compare without case. The edge has bounded their size.
public final class Headers {

  private final HttpHeaders fields;

  Headers(HttpHeaders fields) {
    this.fields = fields;
  }

  /// For tests of handlers without a connection.
  public static Headers of(Map<String, String> fields) {
    HttpHeaders copy = new DefaultHttpHeaders();
    fields.forEach(copy::add);
    return new Headers(copy);
  }

  public Optional<String> first(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  public List<String> all(String name) {
    return List.copyOf(fields.getAll(name));
  }

  public boolean contains(String name) {
    return fields.contains(name);
  }

  /// The names alone: values may be secrets.
  @Override
  public String toString() {
    return "Headers" + fields.names();
  }
}

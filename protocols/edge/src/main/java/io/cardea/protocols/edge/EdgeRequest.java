package io.cardea.protocols.edge;

import java.util.Map;
import java.util.Optional;

/// One whole request, read within the [EdgeLimits] before a handler sees it.
public final class EdgeRequest {

  private final String method;
  private final String rawPath;
  private final Optional<String> rawQuery;
  private final Headers headers;
  private final byte[] body;
  private final Peer peer;
  private final int number;
  private final Map<String, String> captures;

  public EdgeRequest(
      String method,
      String rawPath,
      Optional<String> rawQuery,
      Headers headers,
      byte[] body,
      Peer peer,
      int number,
      Map<String, String> captures) {
    this(Map.copyOf(captures), method, rawPath, rawQuery, headers, body, peer, number);
  }

  private EdgeRequest(
      Map<String, String> captures,
      String method,
      String rawPath,
      Optional<String> rawQuery,
      Headers headers,
      byte[] body,
      Peer peer,
      int number) {
    this.method = method;
    this.rawPath = rawPath;
    this.rawQuery = rawQuery;
    this.headers = headers;
    this.body = body;
    this.peer = peer;
    this.number = number;
    this.captures = captures;
  }

  public String method() {
    return method;
  }

  /// As sent: nothing decoded, no `//` collapsed, no dot segments removed.
  public String rawPath() {
    return rawPath;
  }

  /// What follows the first `?`, as sent.
  public Optional<String> rawQuery() {
    return rawQuery;
  }

  public Headers headers() {
    return headers;
  }

  /// The body itself, not a copy: it belongs to this request alone.
  public byte[] body() {
    return body;
  }

  public Peer peer() {
    return peer;
  }

  /// Counts the requests on this connection, from 1.
  public int number() {
    return number;
  }

  /// What the route's `{name}` matched, as sent.
  ///
  /// @throws IllegalArgumentException when the route has no such name: a mistake in the wiring
  public String capture(String name) {
    String value = captures.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "capture: " + name + " (expected: one of " + captures.keySet() + ")");
    }
    return value;
  }

  /// @param matched belongs to the request from now on
  EdgeRequest withCaptures(Map<String, String> matched) {
    return new EdgeRequest(matched, method, rawPath, rawQuery, headers, body, peer, number);
  }

  /// Neither query nor headers nor body: they may hold secrets.
  @Override
  public String toString() {
    return method + " " + rawPath + " (" + body.length + " bytes) from " + peer;
  }
}

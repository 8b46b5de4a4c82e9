package io.cardea.apps.server.tracing;

import java.net.URI;

/// Where traces go.
///
/// @param endpoint of a collector, OTLP over HTTP, with its path
/// @param percent of the requests that are traced, 1 to 100
public record TraceSettings(URI endpoint, int percent) {}

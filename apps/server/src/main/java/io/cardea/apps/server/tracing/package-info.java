/// Traces of what happens to a request for a certificate, by OpenTelemetry.
@NullMarked
package io.cardea.apps.server.tracing;

import org.jspecify.annotations.NullMarked;

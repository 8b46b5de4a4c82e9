/// What the server counts and times, for Prometheus. Labels are routes, codes and kinds: never an
/// id of a device, never anything that a stranger chooses.
@NullMarked
package io.cardea.apps.server.metrics;

import org.jspecify.annotations.NullMarked;

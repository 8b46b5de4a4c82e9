/// A Mosquitto of one's own, kept in step with who may use it.
@NullMarked
package io.cardea.connectors.mosquitto;

import org.jspecify.annotations.NullMarked;

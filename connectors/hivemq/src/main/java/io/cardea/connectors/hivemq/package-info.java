/// The embedded MQTT broker: HiveMQ Community Edition, with no door of its own to the network.
@NullMarked
package io.cardea.connectors.hivemq;

import org.jspecify.annotations.NullMarked;

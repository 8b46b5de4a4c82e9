/// The device's side of MQTT 5.
@NullMarked
package io.cardea.protocols.mqtt.client;

import org.jspecify.annotations.NullMarked;

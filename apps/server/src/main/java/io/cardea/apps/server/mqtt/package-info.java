/// MQTT for devices: the door before the embedded broker, and who may come through it.
@NullMarked
package io.cardea.apps.server.mqtt;

import org.jspecify.annotations.NullMarked;

/// A simulated factory: sensors that publish by MQTT, and a historian that counts what arrives.
@NullMarked
package io.cardea.apps.fleet.factory;

import org.jspecify.annotations.NullMarked;

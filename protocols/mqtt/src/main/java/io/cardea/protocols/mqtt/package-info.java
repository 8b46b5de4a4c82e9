/// MQTT as devices speak it to us: TLS and CONNECT are ours, judged before a broker is touched; all
/// that follows is the broker's.
@NullMarked
package io.cardea.protocols.mqtt;

import org.jspecify.annotations.NullMarked;

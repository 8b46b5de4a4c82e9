package io.cardea.apps.fleet.factory;

import java.nio.ByteBuffer;

/// One message of a sensor.
///
/// @param number from 0, without gaps
/// @param intended when it was to be sent, by [System#nanoTime] of this process
record Reading(long number, long intended) {
  private static final int BYTES = 2 * Long.BYTES;

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(number).putLong(intended).array();
  }

  static Reading of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Reading(buffer.getLong(), buffer.getLong());
  }
}

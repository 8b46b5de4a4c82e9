package io.cardea.apps.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Simulated devices in one process, each with an agent of its own.
final class Fleet implements AutoCloseable {
  /// Between two first knocks: a lorry of devices is not switched on in one instant.
  private static final long APART_NANOS = 20_000_000;

  private final List<Device> devices;

  Fleet(List<Device> devices) {
    this.devices = List.copyOf(devices);
  }

  List<Device> devices() {
    return devices;
  }

  /// Switches them on, one after the other.
  void start() {
    for (Device device : devices) {
      device.start();
      LockSupport.parkNanos(APART_NANOS);
    }
  }

  /// All at once: each may have to wait for a request that is under way.
  @Override
  public void close() {
    List<Thread> closing = new ArrayList<>();
    for (Device device : devices) {
      closing.add(Thread.ofVirtual().name("close-" + device.id()).start(device::close));
    }
    try {
      for (Thread thread : closing) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

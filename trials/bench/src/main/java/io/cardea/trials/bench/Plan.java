package io.cardea.trials.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// How big and how long.
///
/// @param devices that the server knows before anything is measured
/// @param length of each measurement, without its warm-up
/// @param parent where the data is: a file system that keeps what it is told
/// @param serverOptions of the server's virtual machine, beyond ours
/// @param progress what happens meanwhile
record Plan(
    int devices,
    Duration length,
    Duration warmUp,
    Path parent,
    List<String> serverOptions,
    PrintStream progress) {
  private static final Duration SLICED_FROM = Duration.ofSeconds(20);
  private static final int SLICES = 4;

  /// Into how many slices a measurement is cut, each beside one of the reference.
  int slices() {
    return length.compareTo(SLICED_FROM) >= 0 ? SLICES : 1;
  }

  Duration slice() {
    return length.dividedBy(slices());
  }

  /// The options of the server's virtual machine: those that the scenario needs, and the caller's.
  List<String> serverVm(String... needed) {
    return Stream.concat(Stream.of(needed), serverOptions.stream()).toList();
  }

  void say(String line) {
    progress.println("bench: " + line);
  }
}

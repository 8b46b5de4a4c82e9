package io.cardea.trials.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// How big and how long.
///
/// @param wantedDevices how many the caller asks for; empty where that is left to the figure
/// @param length of each measurement, without its warm-up
/// @param parent where the data is: a file system that keeps what it is told
/// @param serverOptions of the server's virtual machine, beyond ours
/// @param progress what happens meanwhile
record Plan(
    OptionalInt wantedDevices,
    Duration length,
    Duration warmUp,
    Path parent,
    List<String> serverOptions,
    PrintStream progress) {
  private static final Duration SLICED_FROM = Duration.ofSeconds(20);
  private static final int SLICES = 4;
  private static final int USUAL_DEVICES = 100_000;

  /// How many the server knows before anything is measured.
  int devices() {
    return devicesOr(USUAL_DEVICES);
  }

  int devicesOr(int usual) {
    return wantedDevices.orElse(usual);
  }

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

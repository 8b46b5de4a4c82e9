package io.cardea.trials.bench.rig;

import io.cardea.apps.cli.Cardea;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A short command of the product, in a process of its own as the launcher starts it, to its end.
///
/// @param seconds from the start of the process to its end
/// @param cpuMillis of the process
public record OwnCommand(int exitCode, String output, double seconds, double cpuMillis) {
  /// @param arguments without those that say which server it talks to
  public static OwnCommand run(Place place, List<String> arguments) throws IOException {
    ClassPath product = ClassPath.ofProduct();
    List<String> command = new ArrayList<>();
    // The shell counts what the process cost: its end leaves nothing to ask.
    command.addAll(List.of("bash", "-c", "\"$@\"; s=$?; times >\"$0\"; exit $s"));
    File times = place.log("times").toFile();
    command.add(times.getPath());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    product.security().ifPresent(file -> command.add("-Djava.security.properties=" + file));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", product.jars(), Cardea.class.getName()));
    command.addAll(arguments);
    command.add("--server=https://localhost:" + place.ports().people());
    command.add("--data-directory=" + place.server());
    File out = place.log("command").toFile();
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out)
            .redirectError(place.log("command-errors").toFile())
            .start();
    try {
      int exit = process.waitFor();
      double seconds = (System.nanoTime() - began) / 1e9;
      return new OwnCommand(exit, Files.readString(out.toPath()), seconds, cpu(times.toPath()));
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  /// The second line of `times`: user and system time of children, as `1m2.345s`.
  private static double cpu(Path times) throws IOException {
    double millis = 0;
    for (String part : Files.readAllLines(times).get(1).split(" ", -1)) {
      String[] both = part.replace("s", "").split("m", -1);
      millis += (Double.parseDouble(both[0]) * 60 + Double.parseDouble(both[1])) * 1e3;
    }
    return millis;
  }
}

package io.cardea.trials.bench.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// What the kernel has counted of a process, in hundredths of a second (`/proc/PID/stat`).
public final class Cpu {
  private static final double MILLIS_PER_TICK = 10; // USER_HZ is 100 on every Linux that we know
  private static final int USER = 11; // fields behind the name, counted from 0
  private static final int SYSTEM = 12;
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  private Cpu() {}

  /// Of one process, without its children.
  public static double millis(long pid) throws IOException {
    return of(pid, USER, SYSTEM);
  }

  /// Of a process with its children, those that live and those that have ended and been waited for.
  public static double millisWithChildren(long pid) throws IOException {
    double all = of(pid, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM);
    for (ProcessHandle child :
        ProcessHandle.of(pid).map(p -> p.descendants().toList()).orElse(List.of())) {
      try {
        all += of(child.pid(), USER, SYSTEM);
      } catch (NoSuchFileException e) {
        // It ended just now: its parent has its time.
      }
    }
    return all;
  }

  private static double of(long pid, int... fields) throws IOException {
    String text = Files.readString(Path.of("/proc/" + pid + "/stat"), UTF_8);
    String[] after = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    double ticks = 0;
    for (int field : fields) {
      ticks += Long.parseLong(after[field]);
    }
    return ticks * MILLIS_PER_TICK;
  }

  /// The most memory that a process ever had resident, in MiB (`VmHWM`).
  public static long peakMebibytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), UTF_8)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1_024;
      }
    }
    throw new IOException("process " + pid + " has no VmHWM");
  }

  /// How busy the machine was over the last minute, ourselves included.
  public static String loadAverage() throws IOException {
    return Files.readString(Path.of("/proc/loadavg"), UTF_8).split(" ", -1)[0];
  }
}

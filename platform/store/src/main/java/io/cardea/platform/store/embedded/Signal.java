package io.cardea.platform.store.embedded;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The signals by which PostgreSQL is told how to stop; `ProcessHandle` knows only TERM (which
/// waits for every client) and KILL.
enum Signal {
  /// Fast shutdown: sessions are ended, a checkpoint is written.
  INT(2),
  /// Immediate shutdown: the next start replays the write-ahead log.
  QUIT(3),
  KILL(9);

  private static final MethodHandle KILL_2 = lookUpKill();

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /// Returns false when there is no such process any more, or it is not ours to signal.
  boolean sendTo(long pid) {
    if (pid <= 1) {
      throw new IllegalArgumentException("pid: " + pid + " (expected: > 1)");
    }
    try {
      return (int) KILL_2.invokeExact(Math.toIntExact(pid), number) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("kill(2) failed", e); // a C function throws nothing
    }
  }

  // "restricted": a native call needs --enable-native-access, with which every JVM of ours starts.
  @SuppressWarnings("restricted")
  private static MethodHandle lookUpKill() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("kill"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }
}

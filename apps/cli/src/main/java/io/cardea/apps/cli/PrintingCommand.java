package io.cardea.apps.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command with a result: it writes where picocli was told to, so that a test can read it.
abstract class PrintingCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  /// For what is not the result: it stays out of a pipe.
  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  final CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli alone");
    }
    return spec;
  }
}

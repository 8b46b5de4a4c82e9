package io.cardea.apps.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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

  /// Asks a person. Empty when nobody answered, so nobody agreed.
  final String answer(String question) {
    err().print(question);
    err().flush();
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line.strip();
    } catch (IOException e) {
      return "";
    }
  }

  final CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli alone");
    }
    return spec;
  }
}

package io.cardea.trials.faults;

import io.cardea.apps.fleet.Control;
import io.cardea.apps.fleet.Demo;
import io.cardea.apps.server.Server;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/// The demonstration, with the wrong rules beside the right ones: wired here, and nowhere in the
/// product.
public final class DemoMain {
  private static final int FAILED = 1;
  private static final long FAREWELL_SECONDS = 60;

  /// What `--against` takes.
  static final Map<String, Control> CONTROLS =
      Map.of("single-active", config -> Server.start(config, new SingleActive()));

  private DemoMain() {}

  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    Demo demo = new Demo(CONTROLS, InstantSource.system(), out, err);
    CountDownLatch over = new CountDownLatch(1);
    // On Ctrl-C the virtual machine waits for this thread, which waits for the run to put
    // everything
    // away.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop-demo")
                .unstarted(() -> {
                  demo.stop();
                  await(over);
                }));
    int status = FAILED;
    try {
      status = commandLine(demo, out, err).execute(arguments);
    } finally {
      over.countDown();
    }
    System.exit(status);
  }

  /// Texts hold characters that not every locale has: they are always written as UTF-8.
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  static CommandLine commandLine(Demo demo, PrintStream out, PrintStream err) {
    return new CommandLine(demo)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
  }

  private static void await(CountDownLatch over) {
    try {
      boolean ended = over.await(FAREWELL_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        System.err.println("the demo does not stop; what it leaves behind the next start clears");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

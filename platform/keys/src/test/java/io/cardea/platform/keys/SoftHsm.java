package io.cardea.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// SoftHSM with tokens of this process alone. The module reads where they are from the environment
/// of the process, which Java cannot set; C can.
@SuppressWarnings("restricted") // Native access, for one call of setenv.
public final class SoftHsm {
  public static final String PIN = "4711-pin";
  static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final SoftHsm SHARED = new SoftHsm();

  private final Path folder;

  private SoftHsm() {
    try {
      folder = Files.createTempDirectory("softhsm");
      Files.createDirectory(folder.resolve("tokens"));
      Path conf =
          Files.writeString(
              folder.resolve("softhsm2.conf"),
              "directories.tokendir = " + folder.resolve("tokens") + "\nlog.level = ERROR\n");
      setEnvironment("SOFTHSM2_CONF", conf.toString());
      Path pin = Files.writeString(folder.resolve("pin"), PIN + "\n");
      Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// One for the whole process, as the module is.
  public static SoftHsm shared() {
    return SHARED;
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  PinFile pin() {
    return new PinFile(folder.resolve("pin"));
  }

  /// Makes a token.
  public void token(String label) throws IOException, InterruptedException {
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--so-pin",
        "so-" + PIN,
        "--pin",
        PIN);
  }

  Pkcs11Token open(String label, PinFile pin, Duration timeout, int sessions, int waiting) {
    return new Pkcs11Token(
        new Pkcs11Token.Settings(MODULE, label, pin, timeout, sessions, waiting));
  }

  Pkcs11Token open(String label) {
    return open(label, pin(), Duration.ofSeconds(20), 2, 64);
  }

  String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SOFTHSM2_CONF", folder.resolve("softhsm2.conf").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  static void setEnvironment(String name, String value) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().find("setenv").orElseThrow(),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_INT))
                  .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
      assertThat(failed).isZero();
    } catch (Throwable e) {
      throw new IllegalStateException("setenv", e);
    }
  }
}

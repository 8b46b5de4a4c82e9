package io.cardea.apps.agent;

import io.cardea.life.inventory.DeviceId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One run of the hook, bounded in time and output.
///
/// @param exit -1 when it could not be started or was killed
record HookRun(int exit, String output) {
  private static final int MOST_OUTPUT = 4096;

  static HookRun of(ReloadHook hook, DeviceId device, Path directory, Path generation) {
    ProcessBuilder builder = new ProcessBuilder(hook.command());
    builder.redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.remove(TokenSource.VARIABLE);
    environment.put("CARDEA_DEVICE", device.value());
    environment.put("CARDEA_DIRECTORY", directory.toString());
    environment.put("CARDEA_CERT", generation.resolve("cert.pem").toString());
    environment.put("CARDEA_KEY", generation.resolve("key.pem").toString());
    environment.put("CARDEA_CA", directory.resolve("ca.pem").toString());
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return new HookRun(-1, "cannot start " + hook.command().getFirst() + ": " + e.getMessage());
    }
    try {
      return finish(process, hook);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new HookRun(-1, "stopped");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static HookRun finish(Process process, ReloadHook hook) throws InterruptedException {
    CompletableFuture<String> output = new CompletableFuture<>();
    Thread.ofVirtual().name("hook-output").start(() -> output.complete(drain(process)));
    if (!process.waitFor(hook.timeout())) {
      return new HookRun(-1, "killed after " + hook.timeout());
    }
    try {
      // A daemon that it left behind may keep the pipe open for ever.
      return new HookRun(process.exitValue(), output.get(1, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return new HookRun(process.exitValue(), "");
    }
  }

  private static String drain(Process process) {
    try (InputStream in = process.getInputStream()) {
      byte[] beginning = in.readNBytes(MOST_OUTPUT);
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return new String(beginning, StandardCharsets.UTF_8)
          .replaceAll("[^\\x20-\\x7e\\n]", "?")
          .strip();
    } catch (IOException e) {
      return "";
    }
  }
}

package io.cardea.apps.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// What was refused of a file, and why, a line each, in the order of the file: CSV, or JSON for a
/// file of JSON. There is none without a refusal; one of an earlier run is replaced, or goes.
final class RefusedReport implements AutoCloseable {
  private final Path file;
  private final boolean json;
  private @Nullable BufferedWriter out;

  RefusedReport(Path file, boolean json) throws IOException {
    this.file = file;
    this.json = json;
    Files.deleteIfExists(file);
  }

  void add(long line, String device, String code, String detail) throws IOException {
    if (out == null) {
      out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
      if (!json) {
        out.write("line,device,code,detail\n");
      }
    }
    if (json) {
      out.write(
          JsonMapper.shared()
              .writeValueAsString(
                  ApiCommand.body()
                      .put("line", line)
                      .put("device", device)
                      .put("code", code)
                      .put("detail", detail)));
    } else {
      out.write(line + "," + quoted(device) + "," + quoted(code) + "," + quoted(detail));
    }
    out.write("\n");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}

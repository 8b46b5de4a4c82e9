package io.cardea.apps.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends lines to the server, many in one call and a few calls at once, and tells of them in the
/// order of the file.
///
/// A call that was not answered is made again for a while: what it did is known then. Not for many
/// threads.
final class ImportRun implements AutoCloseable {
  private static final int LINES = 4_000;
  private static final int CHARACTERS = 1 << 20;
  private static final int AT_ONCE = 3;
  private static final int ATTEMPTS = 7;

  private final ApiClient api;
  private final ObjectNode usual;
  private final RefusedReport report;
  private final Duration pause;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<Sent> sent = new ArrayDeque<>();
  private List<DeviceLines.Row> rows = new ArrayList<>();
  private long size;
  private long nextLine;
  private long registered;
  private long known;
  private long refused;

  private record Sent(List<DeviceLines.Row> rows, Future<JsonNode> answer) {}

  /// @param usual what holds for lines that do not say otherwise
  /// @param fromLine where it begins
  /// @param pause before the second attempt of a call; it doubles
  ImportRun(ApiClient api, ObjectNode usual, RefusedReport report, long fromLine, Duration pause) {
    this.nextLine = fromLine;
    this.api = api;
    this.usual = usual;
    this.report = report;
    this.pause = pause;
  }

  long registered() {
    return registered;
  }

  long known() {
    return known;
  }

  long refused() {
    return refused;
  }

  long total() {
    return registered + known + refused;
  }

  /// All lines before this one have been told of.
  long nextLine() {
    return nextLine;
  }

  void take(DeviceLines.Row row) throws IOException, CommandFailure {
    rows.add(row);
    size += row.fault().isPresent() ? 0 : length(row.device());
    if (rows.size() >= LINES || size >= CHARACTERS) {
      send();
    }
  }

  /// Sends the rest and waits for all of it.
  void end() throws IOException, CommandFailure {
    if (!rows.isEmpty()) {
      send();
    }
    while (!sent.isEmpty()) {
      tell(sent.removeFirst());
    }
  }

  private void send() throws IOException, CommandFailure {
    if (sent.size() >= AT_ONCE) {
      tell(sent.removeFirst());
    }
    List<DeviceLines.Row> these = rows;
    rows = new ArrayList<>(LINES);
    size = 0;
    sent.addLast(new Sent(these, threads.submit(() -> answer(these))));
  }

  private JsonNode answer(List<DeviceLines.Row> these) throws CommandFailure, InterruptedException {
    ObjectNode body = usual.deepCopy();
    ArrayNode devices = body.putArray("devices");
    these.stream().filter(row -> row.fault().isEmpty()).forEach(row -> devices.add(row.device()));
    if (devices.isEmpty()) {
      return ApiCommand.body();
    }
    long wait = pause.toMillis();
    for (int attempt = 1; ; attempt++) {
      try {
        return api.post(ApiClient.path("manufacturing-batches"), body);
      } catch (CommandFailure failure) {
        if (!failure.mayPass() || attempt == ATTEMPTS) {
          throw failure;
        }
        Thread.sleep(wait);
        wait *= 2;
      }
    }
  }

  private void tell(Sent batch) throws IOException, CommandFailure {
    JsonNode answer = awaited(batch.answer());
    registered += answer.path("registered").asLong(0);
    known += answer.path("known").asLong(0);
    Deque<JsonNode> refusals = new ArrayDeque<>();
    answer.path("refused").forEach(refusals::add);
    int place = 0;
    for (DeviceLines.Row row : batch.rows()) {
      if (row.fault().isPresent()) {
        refuse(row, "request-malformed", row.fault().get());
        continue;
      }
      JsonNode next = refusals.peek();
      if (next != null && next.path("line").asInt(-1) == place) {
        refuse(row, next.path("code").asString(""), next.path("detail").asString(""));
        refusals.remove();
      }
      place++;
    }
    if (!refusals.isEmpty()) {
      throw CommandFailure.refused("The server told of lines that were not sent.");
    }
    nextLine = batch.rows().getLast().number() + 1;
  }

  private void refuse(DeviceLines.Row row, String code, String detail) throws IOException {
    refused++;
    report.add(row.number(), row.device().path("id").asString(""), code, detail);
  }

  private static JsonNode awaited(Future<JsonNode> answer) throws CommandFailure {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CommandFailure failure) {
        throw failure;
      }
      throw new IllegalStateException("a call ended otherwise than calls do", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.unreachable("Interrupted.");
    }
  }

  /// About as long as it will be in UTF-8.
  private static long length(JsonNode node) {
    long length = 2;
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      length += member.getKey().length() + 6;
      length +=
          member.getValue().isString()
              ? length(member.getValue().asString())
              : length(member.getValue());
    }
    return length;
  }

  private static long length(String text) {
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < ' ' ? 6 : c == '"' || c == '\\' ? 2 : c < 128 ? 1 : 3;
    }
    return length;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

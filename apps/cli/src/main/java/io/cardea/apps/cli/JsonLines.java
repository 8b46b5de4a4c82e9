package io.cardea.apps.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Devices as JSON, one object a line. What is wrong with a line is found here, as the server would
/// refuse all that came with it.
final class JsonLines implements DeviceLines {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final BufferedReader in;
  private long number;

  JsonLines(BufferedReader in) {
    this.in = in;
  }

  @Override
  public Optional<Row> next() throws IOException {
    while (true) {
      String line = in.readLine();
      if (line == null) {
        return Optional.empty();
      }
      number++;
      if (!line.isBlank()) {
        return Optional.of(row(line));
      }
    }
  }

  private Row row(String line) {
    JsonNode read;
    try {
      read = JSON.readTree(line);
    } catch (JacksonException e) {
      return Row.bad(number, "this is not JSON");
    }
    if (!(read instanceof ObjectNode device)) {
      return Row.bad(number, "this is no JSON object");
    }
    for (Map.Entry<String, JsonNode> member : device.properties()) {
      boolean fits =
          member.getKey().equals("labels")
              ? member.getValue().isObject()
                  && member.getValue().valueStream().allMatch(JsonNode::isString)
              : FACTS.contains(member.getKey()) && member.getValue().isString();
      if (!fits) {
        return Row.bad(
            number,
            "member: "
                + member.getKey()
                + " is unknown or of another kind (expected: text under one of "
                + String.join(", ", FACTS)
                + ", or labels with texts)");
      }
    }
    return Row.good(number, device);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

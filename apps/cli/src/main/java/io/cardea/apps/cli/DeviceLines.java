package io.cardea.apps.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Devices in a file, one after the other: the file may be longer than the memory.
interface DeviceLines extends AutoCloseable {
  /// What is said of a device apart from its labels.
  List<String> FACTS =
      List.of(
          "id",
          "class",
          "serial",
          "owner",
          "environment",
          "site",
          "birth_certificate",
          "birth_serial_number");

  /// A line.
  ///
  /// @param number of the line in the file, from 1
  record Row(long number, ObjectNode device, Optional<String> fault) {
    static Row good(long number, ObjectNode device) {
      return new Row(number, device, Optional.empty());
    }

    /// One that the server need not see.
    static Row bad(long number, String fault) {
      return new Row(number, ApiCommand.body(), Optional.of(fault));
    }
  }

  Optional<Row> next() throws IOException, CommandFailure;

  @Override
  void close() throws IOException;
}

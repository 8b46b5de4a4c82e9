package io.cardea.platform.store;

import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Scope;
import io.cardea.life.rotation.Selection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A selection of devices: as the columns in which an order about them keeps it, and as the
/// conditions of a query.
final class SelectionColumns {
  static final String NAMES =
      "scope_classes, scope_environments, scope_owners, class, environment, owner, labels,"
          + " authority, devices";

  static final String PLACES = "?, ?, ?, ?, ?, ?, ?, ?, ?";

  private SelectionColumns() {}

  /// Sets the parameters from this one on.
  static void set(PreparedStatement statement, int from, Selection selection) throws SQLException {
    Connection connection = statement.getConnection();
    Scope scope = selection.scope();
    int at = from;
    texts(connection, statement, at++, scope.classes());
    texts(
        connection, statement, at++, scope.environments().stream().map(Environment::word).toList());
    texts(connection, statement, at++, scope.owners());
    statement.setString(at++, selection.deviceClass().orElse(null));
    statement.setString(at++, selection.environment().map(Environment::word).orElse(null));
    statement.setString(at++, selection.owner().orElse(null));
    texts(connection, statement, at++, Labels.toColumn(selection.labels()));
    statement.setString(at++, selection.authority().orElse(null));
    texts(connection, statement, at, selection.devices().stream().map(DeviceId::value).toList());
  }

  private static void texts(
      Connection connection, PreparedStatement statement, int at, Collection<String> values)
      throws SQLException {
    statement.setArray(at, connection.createArrayOf("text", values.toArray()));
  }

  static Selection read(ResultSet row) throws SQLException {
    return new Selection(
        new Scope(
            Set.of(Mappers.texts(row, "scope_classes")),
            Stream.of(Mappers.texts(row, "scope_environments"))
                .map(SelectionColumns::environment)
                .collect(Collectors.toSet()),
            Set.of(Mappers.texts(row, "scope_owners"))),
        Optional.ofNullable(row.getString("class")),
        Optional.ofNullable(row.getString("environment")).map(SelectionColumns::environment),
        Optional.ofNullable(row.getString("owner")),
        Labels.fromColumn(Mappers.texts(row, "labels")),
        Optional.ofNullable(row.getString("authority")),
        Stream.of(Mappers.texts(row, "devices")).map(DeviceId::new).toList());
  }

  private static Environment environment(String word) {
    return Environment.valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// The conditions on a device, each after an `and`; the one on a credential `c`, likewise; and
  /// their values.
  record Where(String devices, String credentials, Map<String, Object> values) {
    static Where of(Selection selection) {
      Map<String, Object> values = new HashMap<>();
      List<String> conditions = new ArrayList<>();
      equal(conditions, values, "class", selection.deviceClass());
      equal(conditions, values, "environment", selection.environment().map(Environment::word));
      equal(conditions, values, "owner", selection.owner());
      Scope scope = selection.scope();
      among(conditions, values, "class", scope.classes().stream());
      among(
          conditions, values, "environment", scope.environments().stream().map(Environment::word));
      among(conditions, values, "owner", scope.owners().stream());
      among(conditions, values, "id", selection.devices().stream().map(DeviceId::value));
      if (!selection.labels().isEmpty()) {
        conditions.add("labels @> :labels::text[]");
        values.put("labels", Labels.toColumn(selection.labels()).toArray(String[]::new));
      }
      selection.authority().ifPresent(authority -> values.put("authority", authority));
      return new Where(
          conditions.stream().map(condition -> " and " + condition).collect(Collectors.joining()),
          selection.authority().isPresent() ? " and c.authority = :authority" : "",
          values);
    }

    private static void equal(
        List<String> conditions,
        Map<String, Object> values,
        String column,
        Optional<String> value) {
      value.ifPresent(text -> {
        conditions.add(column + " = :" + column);
        values.put(column, text);
      });
    }

    private static void among(
        List<String> conditions, Map<String, Object> values, String column, Stream<String> some) {
      String[] allowed = some.toArray(String[]::new);
      if (allowed.length > 0) {
        conditions.add(column + " = any(:among_" + column + "::text[])");
        values.put("among_" + column, allowed);
      }
    }
  }
}

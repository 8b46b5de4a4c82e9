package io.cardea.platform.store;

import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.inventory.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The question for a page of devices. Its plan depends on how often its values occur, so that it
/// is planned anew each time (see [StoreReads]).
record DeviceQuery(String sql, Map<String, Object> values) {
  /// What a text is looked for in: the expression of the index `device_by_text`, to the letter.
  private static final String TEXT = "(id || ' ' || coalesce(serial, ''))";

  /// Behind every id that begins with a prefix: no id has a character beyond ASCII.
  private static final String BEHIND = "\u007f";

  static DeviceQuery of(DeviceFilter filter, Scope scope, String after, int limit) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("after", after);
    values.put("limit", limit);
    StringBuilder sql = new StringBuilder("select * from device where id > :after");
    filter.deviceClass().ifPresent(its -> also(sql, values, "class", its));
    filter.state().ifPresent(its -> also(sql, values, "state", its));
    filter.owner().ifPresent(its -> also(sql, values, "owner", its));
    alsoIn(sql, values, "class", scope.classes());
    alsoIn(
        sql,
        values,
        "environment",
        scope.environments().stream().map(Environment::word).collect(Collectors.toSet()));
    alsoIn(sql, values, "owner", scope.owners());
    if (!filter.labels().isEmpty()) {
      sql.append(" and labels @> :labels::text[]");
      values.put("labels", Labels.toColumn(filter.labels()).toArray(String[]::new));
    }
    filter
        .prefix()
        .ifPresent(prefix -> {
          sql.append(" and id >= :prefix and id < :behind");
          values.put("prefix", prefix);
          values.put("behind", prefix + BEHIND);
        });
    filter
        .text()
        .ifPresent(text -> {
          sql.append(" and ").append(TEXT).append(" ilike :text");
          values.put("text", "%" + text.replaceAll("[\\\\%_]", "\\\\$0") + "%");
        });
    return new DeviceQuery(sql.append(" order by id limit :limit").toString(), values);
  }

  /// @param column one of ours, never a caller's
  private static void also(
      StringBuilder sql, Map<String, Object> values, String column, String value) {
    sql.append(" and ").append(column).append(" = :").append(column);
    values.put(column, value);
  }

  /// @param column one of ours, never a caller's
  private static void alsoIn(
      StringBuilder sql, Map<String, Object> values, String column, Set<String> allowed) {
    if (!allowed.isEmpty()) {
      String name = "scope_" + column;
      sql.append(" and ").append(column).append(" = any(:").append(name).append("::text[])");
      values.put(name, allowed.toArray(String[]::new));
    }
  }
}

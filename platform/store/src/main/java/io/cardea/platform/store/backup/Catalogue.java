package io.cardea.platform.store.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the database itself says it holds: never a list of ours, which would forget the next table.
final class Catalogue {
  private static final String HISTORY = "flyway_schema_history";

  private final Connection connection;

  Catalogue(Connection connection) {
    this.connection = connection;
  }

  /// The tables with the columns that are stored, each after those that it refers to.
  List<Contents.Table> tables() throws SQLException {
    Map<String, List<String>> columns = new TreeMap<>();
    query(
        """
        select c.relname, a.attname from pg_class c
        join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
          and not c.relispartition and c.relname <> '%s'
          and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by c.relname, a.attnum
        """
            .formatted(HISTORY),
        row ->
            columns
                .computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                .add(row.getString(2)));
    Map<String, Set<String>> needs = new HashMap<>();
    query(
        """
        select t.relname, r.relname from pg_constraint f
        join pg_class t on t.oid = f.conrelid join pg_class r on r.oid = f.confrelid
        where f.contype = 'f' and f.connamespace = current_schema()::regnamespace
          and f.conrelid <> f.confrelid
        """,
        row -> needs.computeIfAbsent(row.getString(1), _ -> new HashSet<>()).add(row.getString(2)));
    List<Contents.Table> ordered = new ArrayList<>();
    Set<String> placed = new HashSet<>();
    columns.keySet().forEach(name -> place(name, columns, needs, placed, ordered));
    return ordered;
  }

  /// Tables that refer to each other in a circle stand in the order of their names.
  private static void place(
      String name,
      Map<String, List<String>> columns,
      Map<String, Set<String>> needs,
      Set<String> placed,
      List<Contents.Table> ordered) {
    if (!columns.containsKey(name) || !placed.add(name)) {
      return;
    }
    needs.getOrDefault(name, Set.of()).stream()
        .sorted()
        .forEach(needed -> place(needed, columns, needs, placed, ordered));
    ordered.add(new Contents.Table(name, columns.getOrDefault(name, List.of()), 0, ""));
  }

  /// The version of the last migration; empty when there was none.
  String schema() throws SQLException {
    List<String> versions = new ArrayList<>();
    if (has(HISTORY)) {
      query(
          """
          select version from %s where success and version is not null
          order by installed_rank desc limit 1
          """
              .formatted(HISTORY),
          row -> versions.add(row.getString(1)));
    }
    return versions.isEmpty() ? "" : versions.getFirst();
  }

  boolean has(String table) throws SQLException {
    return !strings("select 1 where to_regclass('" + table + "') is not null").isEmpty();
  }

  boolean hasColumn(String table, String column) throws SQLException {
    return !strings(
            "select 1 from pg_attribute where attrelid = to_regclass('%s') and attname = '%s'"
                .formatted(table, column))
        .isEmpty();
  }

  /// Whether anything at all is in the schema.
  boolean isEmpty() throws SQLException {
    return strings(
            """
            select 1 from pg_class where relnamespace = current_schema()::regnamespace limit 1
            """)
        .isEmpty();
  }

  /// How many rows there are, as the last analysis saw it.
  long estimatedRows() throws SQLException {
    return strings(
            """
            select coalesce(sum(greatest(reltuples, 0)), 0)::bigint from pg_class
            where relnamespace = current_schema()::regnamespace and relkind = 'r'
            """)
        .stream()
        .mapToLong(Long::parseLong)
        .sum();
  }

  /// What slows loading down: how to take it away, and how to put it back.
  record Obstacle(String drop, String create) {}

  /// Foreign keys first, then keys, then other indexes: in the order of taking away. They are put
  /// back in the opposite one.
  List<Obstacle> obstacles() throws SQLException {
    List<Obstacle> all = new ArrayList<>();
    query(
        """
        select conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid)
        from pg_constraint
        where connamespace = current_schema()::regnamespace and contype in ('f', 'u', 'p', 'x')
          and conparentid = 0 and conrelid <> to_regclass('%s')
        order by contype = 'f' desc, conrelid::regclass::text, conname
        """
            .formatted(HISTORY),
        row -> {
          String table = "alter table " + row.getString(1);
          all.add(
              new Obstacle(
                  table + " drop constraint " + row.getString(2),
                  table + " add constraint " + row.getString(2) + " " + row.getString(3)));
        });
    query(
        """
        select i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
        from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = current_schema()::regnamespace and not c.relispartition
          and i.indrelid <> to_regclass('%s')
          and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid
            and k.contype in ('u', 'p', 'x'))
        order by 1
        """
            .formatted(HISTORY),
        row -> all.add(new Obstacle("drop index " + row.getString(1), row.getString(2))));
    return all;
  }

  /// Sequences behind columns, as `sequence table column`.
  List<String[]> sequences() throws SQLException {
    List<String[]> all = new ArrayList<>();
    query(
        """
        select s.oid::regclass, t.oid::regclass, quote_ident(a.attname)
        from pg_class s
        join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass
          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        join pg_class t on t.oid = d.refobjid
        join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
        where s.relkind = 'S' and s.relnamespace = current_schema()::regnamespace
        """,
        row -> all.add(new String[] {row.getString(1), row.getString(2), row.getString(3)}));
    return all;
  }

  /// Statements that put this transaction into every column that names a transaction.
  List<String> transactionColumns() throws SQLException {
    return strings(
        """
        select format('update %s set %I = pg_current_xact_id()', c.oid::regclass, a.attname)
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
          and not c.relispartition and a.attnum > 0 and not a.attisdropped
          and a.atttypid = 'xid8'::regtype
        """);
  }

  /// Statements that take away everything in the schema.
  List<String> clearing() throws SQLException {
    List<String> all = new ArrayList<>();
    all.addAll(
        strings(
            """
            select format('drop %s %s cascade',
              case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
              oid::regclass)
            from pg_class
            where relnamespace = current_schema()::regnamespace
              and relkind in ('r', 'p', 'v', 'm') and not relispartition
            order by relkind = 'v' desc, relkind = 'm' desc, relname
            """));
    all.addAll(
        strings(
            """
            select format('drop function if exists %s cascade', oid::regprocedure) from pg_proc p
            where pronamespace = current_schema()::regnamespace
              and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
            """));
    all.addAll(
        strings(
            """
            select format('drop sequence if exists %s cascade', oid::regclass) from pg_class
            where relnamespace = current_schema()::regnamespace and relkind = 'S'
            """));
    return all;
  }

  List<String> strings(String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    query(sql, row -> all.add(row.getString(1)));
    return all;
  }

  @FunctionalInterface
  private interface Row {
    void take(ResultSet row) throws SQLException;
  }

  private void query(String sql, Row each) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        each.take(rows);
      }
    }
  }
}

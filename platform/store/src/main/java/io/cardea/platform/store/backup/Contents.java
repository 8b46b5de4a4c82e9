package io.cardea.platform.store.backup;

import io.cardea.life.ledger.Chain;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a backup says about itself, in lines of words.
///
/// @param product the release that made it
/// @param schema the version of the last migration that the database had
/// @param tables in an order in which each stands after those that it refers to
/// @param ledger the ledger's head at the snapshot
/// @param facts what else was so at the snapshot: authorities, numbers of revocation lists
public record Contents(
    Instant made,
    String product,
    String schema,
    List<Table> tables,
    Chain ledger,
    List<String> facts) {
  private static final int FORMAT = 1;

  public Contents {
    tables = List.copyOf(tables);
    facts = List.copyOf(facts);
  }

  /// One table.
  ///
  /// @param rows and digest of what PostgreSQL wrote; 0 and empty in the opening
  public record Table(String name, List<String> columns, long rows, String digest) {
    public Table {
      columns = List.copyOf(columns);
      for (String each : columns) {
        requireName(each);
      }
      requireName(name);
    }

    private static void requireName(String name) {
      if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
        throw new IllegalArgumentException("name: " + name + " (expected: lower case)");
      }
    }

    Table counted(long itsRows, String itsDigest) {
      return new Table(name, columns, itsRows, itsDigest);
    }
  }

  public long rows() {
    return tables.stream().mapToLong(Table::rows).sum();
  }

  /// What is known before the first row.
  byte[] opening() {
    StringBuilder text = new StringBuilder();
    text.append("format ").append(FORMAT).append('\n');
    text.append("made ").append(made).append('\n');
    text.append("product ").append(product).append('\n');
    text.append("schema ").append(schema).append('\n');
    for (Table table : tables) {
      text.append("table ").append(table.name()).append(' ');
      text.append(String.join(",", table.columns())).append('\n');
    }
    for (String fact : facts) {
      text.append("fact ").append(fact).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// What is known after the last row.
  byte[] closing() {
    StringBuilder text = new StringBuilder();
    for (Table table : tables) {
      text.append("rows ").append(table.name()).append(' ').append(table.rows());
      text.append(' ').append(table.digest()).append('\n');
    }
    text.append("ledger ").append(ledger.number()).append(' ').append(ledger.hex()).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Contents ofOpening(byte[] opening) throws BackupException {
    Optional<Instant> made = Optional.empty();
    String product = "";
    String schema = "";
    List<Table> tables = new ArrayList<>();
    List<String> facts = new ArrayList<>();
    try {
      for (String line : new String(opening, StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
          case "format" -> {
            if (Integer.parseInt(words[1]) != FORMAT) {
              throw new BackupException("form " + words[1] + " of a newer release: use that one");
            }
          }
          case "made" -> made = Optional.of(Instant.parse(words[1]));
          case "product" -> product = words[1];
          case "schema" -> schema = words[1];
          case "table" -> tables.add(new Table(words[1], List.of(words[2].split(",")), 0, ""));
          case "fact" -> facts.add(line.substring("fact ".length()));
          default -> throw new BackupException("damaged: the opening says " + words[0]);
        }
      }
      return new Contents(made.orElseThrow(), product, schema, tables, Chain.START, facts);
    } catch (RuntimeException e) {
      // Whatever a stranger wrote there, it is not an opening.
      throw new BackupException("damaged: the opening cannot be read", e);
    }
  }

  /// These contents with what the closing says.
  Contents closedBy(byte[] closing) throws BackupException {
    List<Table> counted = new ArrayList<>();
    Optional<Chain> head = Optional.empty();
    try {
      for (String line : new String(closing, StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.split(" ", 4);
        if (words[0].equals("ledger")) {
          head = Optional.of(Chain.of(Long.parseLong(words[1]), words[2]));
        } else {
          Table table = tables.get(counted.size());
          if (!words[0].equals("rows") || !words[1].equals(table.name())) {
            throw new BackupException("damaged: the closing does not fit the opening");
          }
          counted.add(table.counted(Long.parseLong(words[2]), words[3]));
        }
      }
      if (counted.size() != tables.size()) {
        throw new BackupException("damaged: the closing leaves tables out");
      }
      return new Contents(made, product, schema, counted, head.orElseThrow(), facts);
    } catch (RuntimeException e) {
      throw new BackupException("damaged: the closing cannot be read", e);
    }
  }
}

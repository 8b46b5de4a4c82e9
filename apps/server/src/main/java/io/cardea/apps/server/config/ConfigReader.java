package io.cardea.apps.server.config;

import io.cardea.platform.keys.SecretFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Brings file, environment and defaults together. The environment beats the file, the file beats
/// the default.
final class ConfigReader {
  private static final long MAX_PASSWORD_FILE = 4096;

  private final Map<String, String> environment;
  private final String user;

  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Raw> raws = new HashMap<>();

  private record Raw(String text, Origin origin) {}

  ConfigReader(Map<String, String> environment, String user) {
    this.environment = Map.copyOf(environment);
    this.user = user;
  }

  ConfigReport read(Optional<Path> file) {
    if (file.isPresent()) {
      try {
        String yaml = Files.readString(file.get());
        readYaml(file.get().toString(), yaml);
        refuseReadableSecrets(file.get());
      } catch (NoSuchFileException e) {
        problems.add(new Problem(file.get().toString(), "there is no such file"));
      } catch (MalformedInputException e) {
        problems.add(new Problem(file.get().toString(), "is not UTF-8"));
      } catch (IOException e) {
        problems.add(new Problem(file.get().toString(), "cannot be read: " + e.getMessage()));
      }
    }
    return report();
  }

  ConfigReport read(String file, String yaml) {
    readYaml(file, yaml);
    return report();
  }

  ConfigReport read(Map<String, String> values) {
    new TreeMap<>(values)
        .forEach((name, text) -> {
          Origin origin = new Origin.Program();
          if (Keys.named(name).isPresent()) {
            raws.put(name, new Raw(text, origin));
          } else {
            problems.add(new Problem(origin.toString(), unknown(name)));
          }
        });
    return report();
  }

  private void readYaml(String file, String yaml) {
    YamlSource source = YamlSource.read(file, yaml);
    problems.addAll(source.problems());
    for (YamlSource.Given given : source.given()) {
      Optional<Key<?>> key = Keys.named(given.name());
      String where = given.origin().toString();
      if (key.isEmpty()) {
        problems.add(new Problem(where, unknown(given.name())));
      } else if (given.sequence() && !key.get().kind().list()) {
        problems.add(new Problem(where, given.name() + ": takes one value, not a sequence"));
      } else {
        raws.put(given.name(), new Raw(given.text(), given.origin()));
      }
    }
  }

  private static String unknown(String name) {
    List<String> members =
        Keys.ALL.stream().map(Key::name).filter(key -> key.startsWith(name + ".")).toList();
    if (!members.isEmpty()) {
      return name + ": is no key but a group of keys: " + String.join(", ", members);
    }
    return name
        + ": unknown key"
        + Suggestion.nearest(name, Keys.ALL.stream().map(Key::name).toList())
            .map(near -> " (did you mean " + near + "?)")
            .orElse(" (all keys: cardea config reference)");
  }

  private ConfigReport report() {
    readEnvironment();
    Values values = new Values();
    List<Setting> settings = new ArrayList<>();
    for (Key<?> key : Keys.ALL) {
      values.take(key).ifPresent(settings::add);
    }
    Assembly assembly = new Assembly(values, user);
    Optional<Config> config = assembly.assemble(problems, settings);
    return new ConfigReport(
        settings,
        problems,
        assembly.dataDirectory(),
        problems.isEmpty() ? config : Optional.empty());
  }

  /// A variable that is nearly one of ours is refused like a misspelt key. Others are left alone:
  /// orchestrators set `CARDEA_SERVICE_HOST` and the like by themselves for a service of this name.
  private void readEnvironment() {
    Map<String, String> names = new HashMap<>();
    Keys.ALL.forEach(key -> names.put(key.variable(), key.name()));
    new TreeMap<>(environment)
        .forEach((variable, text) -> {
          String name = names.get(variable);
          if (name != null) {
            raws.put(name, new Raw(text, new Origin.Environment(variable)));
          } else if (variable.startsWith("CARDEA_")) {
            names.keySet().stream()
                .filter(known -> Suggestion.distance(known, variable) <= 2)
                .min(String::compareTo)
                .ifPresent(near ->
                    problems.add(
                        new Problem(variable, "unknown variable (did you mean " + near + "?)")));
          }
        });
  }

  private void refuseReadableSecrets(Path file) throws IOException {
    for (Key<?> key : Keys.ALL) {
      Raw raw = raws.get(key.name());
      if (key.secret() && raw != null && SecretFile.isOpenToOthers(file)) {
        problems.add(
            new Problem(
                raw.origin().toString(),
                key.name() + ": stands in a file that others can read: chmod 600 " + file));
      }
    }
  }

  /// The password that the file holds, or a problem.
  static Optional<Secret> readPassword(Path file, String where, List<Problem> problems) {
    try {
      if (Files.size(file) > MAX_PASSWORD_FILE) {
        problems.add(new Problem(where, "database.password-file: is larger than 4 KiB"));
      } else if (SecretFile.isOpenToOthers(file)) {
        problems.add(
            new Problem(
                where,
                "database.password-file: is open to others than its owner: chmod 600 " + file));
      } else {
        String password = Files.readString(file).replaceFirst("\\R\\z", "");
        if (!password.isEmpty()) {
          return Optional.of(new Secret(password));
        }
        problems.add(new Problem(where, "database.password-file: is empty: " + file));
      }
    } catch (NoSuchFileException e) {
      problems.add(new Problem(where, "database.password-file: there is no such file: " + file));
    } catch (IOException e) {
      problems.add(new Problem(where, "database.password-file: cannot be read: " + file));
    }
    return Optional.empty();
  }

  /// The texts that stood the test of their kind, read again by whoever wants the value.
  final class Values {
    private final Set<String> good = new LinkedHashSet<>();

    /// Judges the text of a key: a setting when it is good, a problem when it is not, neither when
    /// there is none.
    private Optional<Setting> take(Key<?> key) {
      Optional<Raw> raw = raw(key);
      if (raw.isEmpty()) {
        if (key.required()) {
          problems.add(
              new Problem(
                  key.name(),
                  "must be set, to "
                      + key.kind().expected()
                      + "; or by the environment: "
                      + key.variable()));
        }
        return Optional.empty();
      }
      String text = raw.get().text();
      if (!key.kind().accepts(text)) {
        String shown = key.secret() ? "" : " \"" + abbreviated(text) + "\"";
        problems.add(
            new Problem(
                raw.get().origin().toString(),
                key.name() + ":" + shown + " (expected: " + key.kind().expected() + ")"));
        return Optional.empty();
      }
      good.add(key.name());
      return Optional.of(
          new Setting(key.name(), key.secret() ? "(hidden)" : text, raw.get().origin()));
    }

    <T> Optional<T> get(Key<T> key) {
      return good.contains(key.name())
          ? raw(key).map(raw -> key.kind().reader().apply(raw.text()))
          : Optional.empty();
    }

    /// Where the value of a key stands, for a problem with it.
    String where(Key<?> key) {
      return raw(key).map(raw -> raw.origin().toString()).orElse(key.name());
    }

    private Optional<Raw> raw(Key<?> key) {
      return Optional.ofNullable(raws.get(key.name()))
          .or(() -> key.fallback().map(text -> new Raw(text, new Origin.Default())));
    }

    private static String abbreviated(String text) {
      String line = text.replaceAll("\\p{Cntrl}", "?");
      return line.length() > 80 ? line.substring(0, 80) + "…" : line;
    }
  }
}

package io.cardea.apps.server.config;

import java.util.stream.Collectors;

/// The reference of all keys, made from the keys themselves.
public final class ConfigReference {
  private ConfigReference() {}

  /// The Markdown page that `docs/operations/configuration.md` must equal.
  public static String markdown() {
    return """
    # Configuration

    <!-- Made from the keys: ./cardea config reference > docs/operations/configuration.md -->

    One YAML file, given with `--config`, else `./cardea.yaml`, else `/etc/cardea/cardea.yaml`, if there is one.
    Groups may be nested or dotted: `log.level: debug` and `log: {level: debug}` are the same. Each key can also be
    set by the environment, which wins: `tls.names` is `CARDEA_TLS_NAMES`, a list separated by commas. An unknown
    key, a key given twice and a value out of its range stop the start, all of them at once:
    `cardea config check` shows them, and each value in effect with where it comes from.

    ```yaml
    public.url: http://pki.example.org
    data.directory: /var/lib/cardea
    tls.names: [cardea.example.org, 192.0.2.7]
    drain.timeout: 30s
    log:
      level: info
      format: json
    ```

    | key | default | value | meaning |
    | --- | --- | --- | --- |
    """
        + Keys.ALL.stream().map(ConfigReference::row).collect(Collectors.joining());
  }

  private static String row(Key<?> key) {
    String fallback = key.fallback().map(text -> "`" + text + "`").orElse(key.fallbackMeaning());
    return "| `%s` | %s | %s | %s |\n"
        .formatted(key.name(), fallback, key.kind().expected(), key.meaning());
  }
}

package io.cardea.apps.server.config;

import io.cardea.apps.server.oidc.RoleRule;
import io.cardea.life.inventory.Role;
import io.cardea.protocols.edge.Proxies.Network;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/// How the text of a value becomes a `T`, and what a person is told when it does not.
///
/// @param expected completes "expected: …"
/// @param list whether the file may give a sequence; its items are joined by commas
/// @param reader throws [IllegalArgumentException] for a text that it does not take
record Kind<T>(String expected, boolean list, Function<String, T> reader) {
  private static final Pattern HOST =
      Pattern.compile(
          "(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
  private static final Pattern TRUST_DOMAIN =
      Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  private Kind(String expected, Function<String, T> reader) {
    this(expected, false, reader);
  }

  /// Whether the reader takes this text. A blank one is nobody's value.
  boolean accepts(String text) {
    try {
      return !text.isBlank() && reader.apply(text) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  static Kind<String> text(String expected) {
    return new Kind<>(expected, text -> text);
  }

  static Kind<Secret> secret() {
    return new Kind<>("a password", Secret::new);
  }

  static Kind<Path> path() {
    return new Kind<>(
        "a path",
        text -> {
          try {
            return Path.of(text).toAbsolutePath().normalize();
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }

  static Kind<Integer> integer(int min, int max) {
    return new Kind<>(
        "a whole number from " + min + " to " + max,
        text -> {
          int number = Integer.parseInt(text);
          within(min <= number && number <= max);
          return number;
        });
  }

  /// A duration in one unit; the shortest and the longest one are given as they are written.
  static Kind<Duration> duration(String min, String max) {
    Duration shortest = Durations.parse(min);
    Duration longest = Durations.parse(max);
    return new Kind<>(
        "a duration from " + min + " to " + max + ", written like 500ms, 10s, 5m, 2h or 90d",
        text -> {
          Duration duration = Durations.parse(text);
          within(duration.compareTo(shortest) >= 0 && duration.compareTo(longest) <= 0);
          return duration;
        });
  }

  /// A number of bytes; the smallest and the largest one are given as they are written.
  static Kind<Integer> size(String min, String max) {
    long smallest = Sizes.parse(min);
    long largest = Sizes.parse(max);
    return new Kind<>(
        "a size from " + min + " to " + max + ", written like 512B, 64KiB or 1MiB",
        text -> {
          long size = Sizes.parse(text);
          within(smallest <= size && size <= largest);
          return Math.toIntExact(size);
        });
  }

  static Kind<Listen> listen() {
    return new Kind<>("host:port, written like 0.0.0.0:8443 or [::]:8443", Listen::parse);
  }

  static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
    List<String> words =
        Arrays.stream(type.getEnumConstants()).map(e -> e.name().toLowerCase(Locale.ROOT)).toList();
    return new Kind<>(
        String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast(),
        text -> {
          within(words.contains(text));
          return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        });
  }

  /// DNS names and IP addresses, in their order, each once.
  static Kind<List<String>> hostNames() {
    return new Kind<>(
        "DNS names and IP addresses",
        true,
        text -> {
          LinkedHashSet<String> names = new LinkedHashSet<>();
          for (String item : text.split(",", -1)) {
            String name = item.strip();
            within(isHost(name));
            names.add(name);
          }
          return List.copyOf(names);
        });
  }

  /// Who may have which role.
  static Kind<List<RoleRule>> roleRules() {
    return new Kind<>(
        "rules like ops=fleet-operator or line-7=reader@class:pumps+environment:field+owner:acme, with the roles "
            + Arrays.stream(Role.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList(),
        true,
        text ->
            Arrays.stream(text.split(",", -1)).map(String::strip).map(RoleRule::parse).toList());
  }

  static Kind<URI> httpsUrl() {
    return new Kind<>(
        "an https:// URL with a host and without user, query or fragment",
        text -> {
          URI url = URI.create(text);
          within("https".equals(url.getScheme()) && url.getHost() != null);
          within(url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null);
          return url;
        });
  }

  /// Of a service of the operator's own; it may be on the same host, without TLS.
  static Kind<URI> serviceUrl() {
    return new Kind<>(
        "an http:// or https:// URL with a host and without user, query or fragment",
        text -> {
          URI url = URI.create(text);
          within("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
          within(url.getHost() != null && url.getUserInfo() == null);
          within(url.getQuery() == null && url.getFragment() == null);
          return url;
        });
  }

  static Kind<Boolean> bool() {
    return new Kind<>(
        "true or false",
        text -> {
          within(text.equals("true") || text.equals("false"));
          return Boolean.valueOf(text);
        });
  }

  static Kind<List<Network>> networks() {
    return new Kind<>(
        "networks like 192.0.2.0/24 or 2001:db8::/32",
        true,
        text -> Arrays.stream(text.split(",", -1)).map(String::strip).map(Network::new).toList());
  }

  /// As `openssl x509 -fingerprint -sha256` prints them, or without the colons.
  static Kind<List<String>> fingerprints() {
    return new Kind<>(
        "SHA-256 fingerprints of 64 hexadecimal digits, with colons between the bytes or without",
        true,
        text ->
            Arrays.stream(text.split(",", -1))
                .map(one -> one.strip().replace(":", "").toLowerCase(Locale.ROOT))
                .peek(one -> within(one.matches("[0-9a-f]{64}")))
                .toList());
  }

  /// Names as PostgreSQL takes them for an application.
  static Kind<List<String>> names() {
    return new Kind<>(
        "names of 1 to 63 printable ASCII characters, separated by commas",
        true,
        text -> {
          LinkedHashSet<String> names = new LinkedHashSet<>();
          for (String item : text.split(",", -1)) {
            String name = item.strip();
            within(!name.isEmpty() && name.length() <= 63);
            within(name.chars().allMatch(c -> c >= ' ' && c < 127));
            names.add(name);
          }
          return List.copyOf(names);
        });
  }

  /// An address that goes into certificates: plain HTTP, since whoever fetches a CRL or an issuer
  /// must not need the answer to trust the connection it comes over.
  static Kind<URI> plainHttpUrl() {
    return new Kind<>(
        "an http:// URL with a host and without user, query or fragment, like http://pki.example.org",
        text -> {
          URI url = URI.create(text);
          within("http".equals(url.getScheme()) && url.getHost() != null);
          within(url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null);
          String path = url.getPath();
          return path.endsWith("/") ? URI.create(text.replaceFirst("/+$", "")) : url;
        });
  }

  static Kind<String> trustDomain() {
    return new Kind<>(
        "a name like fleet.example.org: lower-case letters, digits, dots and hyphens",
        text -> {
          within(isTrustDomain(text));
          return text;
        });
  }

  static boolean isTrustDomain(String text) {
    return TRUST_DOMAIN.matcher(text).matches();
  }

  /// A JDBC URL without a password in it, so that it can be shown.
  static Kind<String> postgresqlUrl() {
    return new Kind<>(
        "jdbc:postgresql://host/database, without a password in it: that goes to database.password-file",
        text -> {
          String lower = text.toLowerCase(Locale.ROOT);
          within(
              lower.startsWith("jdbc:postgresql:") && text.length() > "jdbc:postgresql:".length());
          within(!lower.contains("password=") && !lower.contains("@"));
          return text;
        });
  }

  static boolean isHost(String name) {
    return name.length() <= 253 && (HOST.matcher(name).matches() || IPV6.matcher(name).matches());
  }

  private static void within(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }
}

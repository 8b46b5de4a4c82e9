package io.cardea.apps.server.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What is between the server and a database of one's own.
///
/// A driver that is told nothing of TLS takes whatever the other side offers, unencrypted too, and
/// checks no certificate: whoever sits in between has the fleet. So to another machine the URL has
/// to say which it is.
public final class DatabaseLink {
  private static final Pattern HOSTS = Pattern.compile("(?i)jdbc:postgresql://([^/?]*).*");
  private static final Pattern SAYS = Pattern.compile("(?i).*[?&]sslmode=[^&]+.*");
  private static final Pattern PORT = Pattern.compile(":[0-9]*$");
  private static final Pattern LOOPBACK =
      Pattern.compile("|localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

  private DatabaseLink() {}

  /// What is wrong with this URL, if anything is.
  public static Optional<String> complaint(String url) {
    var hosts = HOSTS.matcher(url);
    if (!hosts.matches() || SAYS.matcher(url).matches()) {
      return Optional.empty();
    }
    boolean here =
        Arrays.stream(hosts.group(1).toLowerCase(Locale.ROOT).split(",", -1))
            .map(host -> PORT.matcher(host).replaceFirst(""))
            .allMatch(host -> LOOPBACK.matcher(host).matches());
    return here
        ? Optional.empty()
        : Optional.of(
            "says nothing of TLS, and the database is not on this host (expected:"
                + " ?sslmode=verify-full&sslrootcert=FILE, or sslmode=disable on purpose)");
  }
}

package io.cardea.platform.store;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Where a PostgreSQL is and as whom we come. `toString` shows no password, and the URL may hold
/// none.
public record DatabaseAddress(String url, String user, String password) {
  private static final String PREFIX = "jdbc:postgresql:";

  public DatabaseAddress {
    if (!url.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "database.url does not start with " + PREFIX + " (expected: " + PREFIX + "//host/name)");
    }
    if (url.matches("(?i).*[?&](password|user)=.*")) {
      throw new IllegalArgumentException(
          "database.url holds a user or password (expected: database.user, database.password)");
    }
  }

  /// A database behind a Unix socket, without TCP and without TLS (nothing leaves the machine).
  public static DatabaseAddress ofSocket(Path socket, String name, String user, String password) {
    return new DatabaseAddress(
        PREFIX
            + "//localhost/"
            + name
            + "?sslmode=disable&gssEncMode=disable&socketFactory="
            + UnixSocketFactory.class.getName()
            + "&socketFactoryArg="
            + URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8),
        user,
        password);
  }

  /// Connections without a pool and without limits of time, for migrations and for looking around.
  public DataSource dataSource() {
    return pgDataSource();
  }

  PGSimpleDataSource pgDataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setUser(user);
    source.setPassword(password);
    // The details of an error quote the row, which may hold a secret.
    source.setLogServerErrorDetail(false);
    return source;
  }

  @Override
  public String toString() {
    return "DatabaseAddress[" + url.replaceFirst("\\?.*", "") + ", user " + user + "]";
  }
}

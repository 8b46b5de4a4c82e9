package io.cardea.trials.faults;

import io.cardea.platform.store.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// A PostgreSQL that is the operator's and not the server's, reached through a [CommitCutter].
final class OwnDatabase implements AutoCloseable {
  private static final String SOCKET = "socketFactoryArg=";

  private final EmbeddedPostgres postgres;
  private final CommitCutter cutter;
  private final Path passwordFile;

  private OwnDatabase(EmbeddedPostgres postgres, CommitCutter cutter, Path passwordFile) {
    this.postgres = postgres;
    this.cutter = cutter;
    this.passwordFile = passwordFile;
  }

  static OwnDatabase start(Path folder) throws IOException {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("database"));
    boolean open = false;
    try {
      Path passwordFile =
          Files.createFile(
              folder.resolve("database-password"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(passwordFile, postgres.address().password());
      OwnDatabase started =
          new OwnDatabase(postgres, CommitCutter.open(socket(postgres)), passwordFile);
      open = true;
      return started;
    } finally {
      if (!open) {
        postgres.close();
      }
    }
  }

  private static Path socket(EmbeddedPostgres postgres) {
    String url = postgres.address().url();
    String encoded = url.substring(url.indexOf(SOCKET) + SOCKET.length());
    return Path.of(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
  }

  CommitCutter cutter() {
    return cutter;
  }

  EmbeddedPostgres postgres() {
    return postgres;
  }

  /// How a server is told to use it.
  Map<String, String> keys() {
    return Map.of(
        "database.url",
        "jdbc:postgresql://localhost:"
            + cutter.port()
            + "/cardea?sslmode=disable&gssEncMode=disable",
        "database.user",
        postgres.address().user(),
        "database.password-file",
        passwordFile.toString());
  }

  @Override
  public void close() throws IOException {
    try {
      cutter.close();
    } finally {
      postgres.close();
    }
  }
}

package io.cardea.apps.cli;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.DataDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/// Which server a command talks to, whom it trusts, and with which token. On the server's own host
/// all of it is found in the data directory. A token is never an argument: arguments show up in
/// process lists and shell histories.
final class Connection {
  private static final Set<PosixFilePermission> OF_OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The API of the server. Default: CARDEA_SERVER, else https://127.0.0.1:9443.")
  private Optional<URI> server = Optional.empty();

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "PEM file with the authority to trust. Default: CARDEA_CA_FILE, else ca.pem in the data directory.")
  private Optional<Path> authorityFile = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the bearer token, readable by its owner alone. Default: the token itself in CARDEA_TOKEN, else"
              + " administrator.token in the data directory.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--data-directory",
      paramLabel = "DIRECTORY",
      description =
          "The server's data directory. Default: as the server finds it (cardea config check).")
  private Optional<Path> dataDirectory = Optional.empty();

  ApiClient open() throws CommandFailure {
    return open(System.getenv());
  }

  ApiClient open(Map<String, String> environment) throws CommandFailure {
    URI url =
        server.orElseGet(
            () -> URI.create(environment.getOrDefault("CARDEA_SERVER", "https://127.0.0.1:9443")));
    if (!"https".equals(url.getScheme()) || url.getHost() == null) {
      throw CommandFailure.refused(
          url + " (expected: https://host:port): a token goes over TLS alone");
    }
    DataDirectory data =
        dataDirectory
            .map(path -> new DataDirectory(path.toAbsolutePath()))
            .orElseGet(() -> Config.check(ConfigCommand.usualFile(), environment).dataDirectory());
    Path trusted =
        authorityFile
            .or(() -> Optional.ofNullable(environment.get("CARDEA_CA_FILE")).map(Path::of))
            .orElseGet(data::trustedAuthorities);
    return new ApiClient(url, trusted, token(environment, data));
  }

  private String token(Map<String, String> environment, DataDirectory data) throws CommandFailure {
    String given = environment.get("CARDEA_TOKEN");
    if (given != null && tokenFile.isEmpty()) {
      return given.strip();
    }
    Path file = tokenFile.orElseGet(data::administratorToken);
    try {
      if (Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
        throw CommandFailure.refused(file + " is open to others than its owner: chmod 600 " + file);
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw CommandFailure.refused(
          "No bearer token: "
              + file
              + " cannot be read. Set CARDEA_TOKEN, or give --token-file or --data-directory.");
    }
  }
}

package io.cardea.apps.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A device for the person who watches: registered, with a token, and three lines to copy.
public record OwnDevice(String id, List<String> lines) {
  private static final String CLASS = "device";
  private static final String OWNER = "you";
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  /// Registers it and makes its token.
  ///
  /// @param authorities the PEM file that the server's certificate chains to
  public static OwnDevice register(ControlPlane api, String id, Path authorities, int port)
      throws IOException {
    api.register(id, CLASS, OWNER);
    String token = api.enrolmentToken(id, TOKEN_LIFE);
    return new OwnDevice(id, lines(id, token, authorities.toAbsolutePath(), port));
  }

  /// A key that never leaves, a request sent by EST, and the certificate that comes back.
  private static List<String> lines(String id, String token, Path authorities, int port) {
    String key =
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
            + id
            + ".key -subj /CN="
            + id
            + " -outform DER -out "
            + id
            + ".csr";
    String request =
        "openssl base64 -A -in "
            + id
            + ".csr | curl -sSf --cacert "
            + quoted(authorities.toString())
            + " -u "
            + id
            + ":"
            + token
            + " -H 'Content-Type: application/pkcs10' --data-binary @- -o "
            + id
            + ".p7 https://localhost:"
            + port
            + "/.well-known/est/simpleenroll";
    String answer =
        "openssl base64 -d -A -in "
            + id
            + ".p7 | openssl pkcs7 -inform DER -print_certs | tee "
            + id
            + ".pem | openssl x509 -noout -subject -issuer -enddate";
    return List.of(key, request, answer);
  }

  /// For a shell that may find anything in a path.
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /// Without the token, which is in the lines alone.
  @Override
  public String toString() {
    return "OwnDevice[" + id + "]";
  }
}

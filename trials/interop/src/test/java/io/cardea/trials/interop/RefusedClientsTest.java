package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Clients that are refused get an answer with a code: the handshake proves a key and no more.
@ExtendWith(WholeServer.Shared.class)
@NeedsTool({"openssl", "curl"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedClientsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CURL = "curl -sSi --cacert ca.pem ";
  private static final String BODY =
      "-H 'Content-Type: application/pkcs10' --data-binary @new.csr ";

  private final WholeServer server;
  private Bash bash;

  RefusedClientsTest(WholeServer server, @TempDir Path folder) throws Exception {
    this.server = server;
    this.bash = server.bash(folder);
  }

  /// Makes a certificate of each kind that is refused.
  @BeforeAll
  void prepare() throws Exception {
    server.api().saveProfile("seconds", Duration.ofSeconds(10), Duration.ofSeconds(5));
    ObjectNode deviceClass = JSON.createObjectNode();
    deviceClass.put("name", "seconds").put("profile", "seconds");
    deviceClass
        .put("longest_silence_seconds", 3)
        .put("grace_seconds", 0)
        .put("settling_seconds", 3);
    server.api().call("POST", "/api/v1/classes", deviceClass);
    enrol("expired", server.token("expired", "seconds"));
    enrol("device", server.token("device"));
    enrol("quarantined", server.token("quarantined"));
    server
        .api()
        .call(
            "POST",
            "/api/v1/devices/quarantined/quarantine",
            JSON.createObjectNode().put("reason", "odd"));
    Files.writeString(bash.folder().resolve("walkers-token"), server.token("walker"));
    Files.writeString(
        bash.folder().resolve("bearer"),
        "Authorization: Bearer "
            + Files.readString(server.dataDirectory().resolve("administrator.token")).strip());
    ObjectNode walker = JSON.createObjectNode();
    walker.put("name", "walker").put("role", "administrator");
    Files.writeString(
        bash.folder().resolve("replaced"),
        "Authorization: Bearer "
            + server.api().call("POST", "/api/v1/api-tokens", walker).path("token").asString());
    server.api().call("POST", "/api/v1/api-tokens", walker);
    enrol("revoked", server.token("revoked"));
    server
        .api()
        .call(
            "POST",
            "/api/v1/devices/revoked/revoke",
            JSON.createObjectNode().put("reason", "cessation-of-operation"));
    bash.must(
        selfSigned("unknown", "-newkey ec -pkeyopt ec_paramgen_curve:P-256"),
        selfSigned("ed25519", "-newkey ed25519"),
        selfSigned("brainpool", "-newkey ec -pkeyopt ec_paramgen_curve:brainpoolP256r1"),
        selfSigned(
            "explicit",
            "-newkey ec -pkeyopt ec_paramgen_curve:P-256" + " -pkeyopt ec_param_enc:explicit"),
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout new.key"
            + " -subj / | openssl req -outform DER | openssl base64 -A >new.csr",
        "while openssl x509 -in expired.pem -noout -checkend 0 >wait; do sleep 0.2; done");
  }

  private void enrol(String device, String token) throws Exception {
    bash.with("LOGIN", device + ":" + token);
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
            + device
            + ".key -subj / | openssl req -outform DER | openssl base64 -A >"
            + device
            + ".csr",
        "curl -sSf --cacert ca.pem -u $LOGIN -H 'Content-Type: application/pkcs10'"
            + " --data-binary @"
            + device
            + ".csr $CARDEA/.well-known/est/simpleenroll | openssl base64 -d -A"
            + " | openssl pkcs7 -inform DER -print_certs -out "
            + device
            + ".pem");
  }

  private static String selfSigned(String name, String key) {
    return "openssl req -x509 -days 2 -nodes -subj /CN="
        + name
        + " "
        + key
        + " -keyout "
        + name
        + ".key -out "
        + name
        + ".pem";
  }

  private static String as(String name, String tls) {
    return CURL
        + "--tlsv"
        + tls
        + " --tls-max "
        + tls
        + " --cert "
        + name
        + ".pem --key "
        + name
        + ".key ";
  }

  @ParameterizedTest
  @CsvSource({
    "expired, 1.2, 401 Unauthorized, credential-expired",
    "expired, 1.3, 401 Unauthorized, credential-expired",
    "unknown, 1.2, 401 Unauthorized, credential-unknown",
    "unknown, 1.3, 401 Unauthorized, credential-unknown",
    "revoked, 1.2, 403 Forbidden, credential-revoked",
    "revoked, 1.3, 403 Forbidden, credential-revoked"
  })
  void renewal_isRefusedByCode(String who, String tls, String status, String code)
      throws Exception {
    assertThat(bash.must(as(who, tls) + BODY + "$CARDEA/.well-known/est/simplereenroll"))
        .startsWith("HTTP/1.1 " + status)
        .containsIgnoringCase("Cardea-Code: " + code + "\r\n");
    assertThat(bash.must(as(who, tls) + "$CARDEA/.well-known/cardea/self"))
        .startsWith("HTTP/1.1 403")
        .containsIgnoringCase("Cardea-Code: " + code + "\r\n");
  }

  /// By another client, whose handshake nobody repeats or smooths.
  @ParameterizedTest
  @CsvSource({
    "expired, -tls1_2, credential-expired",
    "expired, -tls1_3, credential-expired",
    "unknown, -tls1_2, credential-unknown",
    "unknown, -tls1_3, credential-unknown",
    "revoked, -tls1_2, credential-revoked",
    "revoked, -tls1_3, credential-revoked"
  })
  void handshakeOfOpenssl_endsInACode(String who, String tls, String code) throws Exception {
    String answer =
        bash.must(
            "printf 'GET /.well-known/cardea/self HTTP/1.1\\r\\nHost: localhost\\r\\n"
                + "Connection: close\\r\\n\\r\\n' | openssl s_client -quiet -verify_return_error"
                + " -CAfile ca.pem -connect localhost:"
                + server.devicePort()
                + " "
                + tls
                + " -cert "
                + who
                + ".pem -key "
                + who
                + ".key");
    assertThat(answer)
        .startsWith("HTTP/1.1 403")
        .containsIgnoringCase("Cardea-Code: " + code + "\r\n");
  }

  /// The TLS engine cannot read these keys, or the client does not offer them: either way nobody is
  /// there, and is told what would be read.
  @ParameterizedTest
  @CsvSource({"ed25519, 1.2", "ed25519, 1.3", "brainpool, 1.3"})
  void unreadableKey_arrivesAnonymousAndIsTold(String who, String tls) throws Exception {
    for (String path : new String[] {"est/simplereenroll", "cardea/self"}) {
      assertThat(
              bash.must(
                  as(who, tls)
                      + (path.startsWith("est") ? BODY : "")
                      + "$CARDEA/.well-known/"
                      + path))
          .startsWith("HTTP/1.1 401")
          .containsIgnoringCase("Cardea-Code: authentication-required\r\n")
          .containsIgnoringCase("Cardea-Accepted-Keys: ec-p256, ec-p384, rsa-2048+\r\n");
    }
  }

  /// What the engine refuses by itself before anybody is asked; written down as our limit in
  /// `docs/protocols/est.md`.
  @ParameterizedTest
  @CsvSource({"brainpool, 1.2", "explicit, 1.2", "explicit, 1.3"})
  void keyOnAnotherCurve_endsTheHandshakeByAnAlert(String who, String tls) throws Exception {
    Bash.Result result = bash.run(as(who, tls) + "$CARDEA/.well-known/cardea/self");
    assertThat(result.err()).contains("alert decode error");
    assertThat(result.out()).isEmpty();
  }

  /// RFC 7030 §3.5.
  @Test
  void challengePassword_isRefusedAndNothingStored() throws Exception {
    bash.with("LOGIN", "challenged-1:" + server.token("challenged-1"));
    assertThat(
            bash.must(
                "printf '[req]\\ndistinguished_name=dn\\nattributes=attributes\\nprompt=no\\n"
                    + "[dn]\\nCN=challenged-1\\n[attributes]\\nchallengePassword=secret123\\n' >cnf",
                "openssl req -new -config cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
                    + " -keyout challenged.key -outform DER -out challenged.csr",
                CURL
                    + "-u $LOGIN -H 'Content-Type: application/pkcs10'"
                    + " --data-binary @challenged.csr $CARDEA/.well-known/est/simpleenroll"))
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("Cardea-Code: challenge-password-unchecked\r\n");
    assertThat(
            server.api().call("GET", "/api/v1/credentials?device=challenged-1", null).path("items"))
        .isEmpty();
    JsonNode why = server.api().call("GET", "/api/v1/devices/challenged-1/why", null);
    assertThat(why.toString()).contains("challenge-password-unchecked");
  }

  /// RFC 7030 §4.4.
  @ParameterizedTest
  @ValueSource(strings = {"serverkeygen", "fullcmc"})
  void whatIsNotOffered_saysSo(String operation) throws Exception {
    assertThat(bash.must(CURL + BODY + "$CARDEA/.well-known/est/" + operation))
        .startsWith("HTTP/1.1 501")
        .containsIgnoringCase("Cardea-Code: not-offered\r\n")
        .endsWith("not-offered: This operation is deliberately not offered.\n");
  }

  /// The name of RFC 9773 §4.1, made without any code of ours.
  @Test
  void renewalInfo_answersTheCertId() throws Exception {
    enrol("renewal-1", server.token("renewal-1"));
    String answer =
        bash.must(
            "aki=$(openssl x509 -in renewal-1.pem -noout -ext authorityKeyIdentifier"
                + " | grep -oE '([0-9A-F]{2}:){19}[0-9A-F]{2}' | tr -d :)",
            "serial=$(openssl x509 -in renewal-1.pem -noout -serial | cut -d = -f 2)",
            "case $serial in [89A-F]*) serial=00$serial ;; esac",
            "part() { printf %s $1 | basenc --base16 -d | basenc --base64url -w 0 | tr -d =; }",
            CURL + "$CARDEA/.well-known/cardea/renewal-info/$(part $aki).$(part $serial)");
    assertThat(answer).startsWith("HTTP/1.1 200").containsPattern("(?i)Retry-After: [1-9][0-9]*\r");
    JsonNode body = JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    long start = body.path("relative").path("start_seconds").asLong();
    long end = body.path("relative").path("end_seconds").asLong();
    assertThat(start).isBetween(Duration.ofDays(30).toSeconds(), end);
    assertThat(end).isLessThan(Duration.ofDays(90).toSeconds());
    assertThat(body.path("suggestedWindow").path("start").asString()).endsWith("Z");
    assertThat(bash.must(CURL + "$CARDEA/.well-known/cardea/renewal-info/AAECAw.AQIDBA"))
        .startsWith("HTTP/1.1 404")
        .containsIgnoringCase("Cardea-Code: not-found\r\n");
  }

  /// What an operator sees at night: the device is quiet, and this says why.
  @Test
  void deviceThatDistrustsTheServer_isFoundByWhereItCameFrom() throws Exception {
    enrol("distrustful", server.token("distrustful"));
    bash.must(as("distrustful", "1.3") + "$CARDEA/.well-known/cardea/self");
    bash.must("! curl -sS --cacert unknown.pem $CARDEA/.well-known/cardea/self");

    JsonNode failed = failedHandshakesOf("distrustful");

    assertThat(failed.path("reason").asString()).isEqualTo("alert");
    assertThat(failed.path("detail").asString()).isEqualTo("unknown_ca");
    assertThat(failed.path("source").asString()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(server.api().call("GET", "/api/v1/handshakes/failed", null).path("items"))
        .isNotEmpty();
  }

  private JsonNode failedHandshakesOf(String device) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (System.nanoTime() < end) {
      JsonNode why = server.api().call("GET", "/api/v1/devices/" + device + "/why", null);
      if (!why.path("failed_handshakes").isEmpty()) {
        return why.path("failed_handshakes").get(0);
      }
      bash.must("sleep 0.5");
    }
    throw new AssertionError("no handshake of " + device + " was found");
  }

  /// Each port takes its own kind of credential and no other, whoever else would take it.
  @ParameterizedTest
  @CsvSource({
    "devices, /.well-known/cardea/self, nothing, 401",
    "devices, /.well-known/cardea/self, bearer, 401",
    "devices, /.well-known/cardea/self, enrolment token, 401",
    "devices, /.well-known/cardea/self, forwarded certificate, 401",
    "devices, /.well-known/cardea/self, device, 200",
    "devices, /.well-known/cardea/self, quarantined, 403",
    "devices, /.well-known/cardea/self, expired, 403",
    "devices, /.well-known/cardea/self, revoked, 403",
    "devices, /.well-known/cardea/self, unknown, 403",
    "devices, /api/v1/devices, bearer, 404",
    "devices, /metrics, bearer, 404",
    "people, /api/v1/devices, nothing, 401",
    "people, /api/v1/devices, bearer, 200",
    "people, /api/v1/devices, replaced bearer, 401",
    "people, /api/v1/devices, enrolment token, 401",
    "people, /api/v1/devices, enrolment token as bearer, 401",
    "people, /api/v1/devices, device, 401",
    "people, /api/v1/devices, forwarded certificate, 401",
    "people, /.well-known/est/cacerts, bearer, 404",
    "people, /.well-known/cardea/self, device, 404",
    "world, /api/v1/devices, bearer, 404",
    "world, /metrics, bearer, 404",
    "world, /.well-known/est/simpleenroll, enrolment token, 404",
    "world, /.well-known/cardea/self, forwarded certificate, 404"
  })
  void port_takesItsOwnKindOfCredentialAlone(
      String port, String path, String credential, int status) throws Exception {
    assertThat(
            bash.must(
                "curl -sS -o answer -w '%{http_code}' --cacert ca.pem "
                    + shown(credential)
                    + " "
                    + base(port)
                    + path))
        .isEqualTo(Integer.toString(status));
  }

  private String base(String port) {
    return switch (port) {
      case "devices" -> "$CARDEA";
      case "people" -> "https://localhost:" + server.apiPort();
      default -> "http://localhost:" + server.httpPort();
    };
  }

  private static String shown(String credential) {
    return switch (credential) {
      case "nothing" -> "";
      case "bearer" -> "-H @bearer";
      case "replaced bearer" -> "-H @replaced";
      case "enrolment token" -> "-u walker:$(cat walkers-token)";
      case "enrolment token as bearer" -> "-H \"Authorization: Bearer $(cat walkers-token)\"";
      case "forwarded certificate" ->
          "-H \"Client-Cert: :$(openssl x509 -in device.pem -outform DER | base64 -w0):\"";
      default -> "--cert " + credential + ".pem --key " + credential + ".key";
    };
  }
}

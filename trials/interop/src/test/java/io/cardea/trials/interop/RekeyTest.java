package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.agent.Agent;
import io.cardea.apps.agent.AgentEvent;
import io.cardea.apps.agent.AgentEvents;
import io.cardea.apps.agent.AgentSettings;
import io.cardea.apps.agent.RetryPace;
import io.cardea.apps.agent.Surroundings;
import io.cardea.apps.agent.TokenSource;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Pem;
import io.cardea.life.testing.NeedsTool;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.trials.interop.RelyingParties.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Root and issuing authority get new keys while devices renew: with the real agent, and with
/// relying parties of four makes judging from the old root and from the new.
@ExtendWith(WholeServer.Changing.class)
@NeedsTool({"openssl", "curl", "ocsptool", "pki"})
class RekeyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ENROL =
      "openssl base64 -A -in device.csr | curl -sSf --cacert ca.pem -u $LOGIN"
          + " -H 'Content-Type: application/pkcs10' --data-binary @-"
          + " $CARDEA/.well-known/est/simpleenroll"
          + " | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out ";

  @TempDir Path folder;

  private final WholeServer server;
  private Bash bash;
  private RelyingParties parties;

  RekeyTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder);
    parties = new RelyingParties(folder, bash);
  }

  @Test
  void generationsFollowOnEachOther_andDevicesRenewAcross() throws Exception {
    JsonNode oldRoot = usual("root");
    JsonNode oldIssuing = usual("issuing");
    generation("old", oldRoot, oldIssuing);
    enrol("across-1", "before");
    ask("old", "before");
    parties.allSay(Verdict.GOOD);
    ObjectNode quick = JSON.createObjectNode().put("like", "device").put("life_seconds", 15);
    server.api().call("PUT", "/api/v1/profiles/quick", quick.put("backdate_seconds", 0));
    server
        .api()
        .call(
            "POST",
            "/api/v1/classes",
            // On a machine that stands still, one may expire: it renews all the same (R6).
            JSON.createObjectNode()
                .put("name", "quick")
                .put("profile", "quick")
                .put("grace_seconds", 3600));
    Watching events = new Watching();
    try (Agent agent = agent(server.token("agent-1", "quick"), oldRoot, events)) {
      agent.start();
      await(() -> events.confirmed(null));

      JsonNode newRoot = rekey(oldRoot);
      JsonNode newIssuing = rekey(oldIssuing);

      assertThat(newRoot.path("id")).isNotEqualTo(oldRoot.path("id"));
      assertThat(newRoot.path("name")).isEqualTo(oldRoot.path("name"));
      assertThat(newIssuing.path("issuer_id")).isEqualTo(newRoot.path("id"));
      assertThat(rekey(oldIssuing)).as("again").isEqualTo(newIssuing);
      assertThat(shown(oldIssuing).path("state").asString()).isEqualTo("retired");
      generation("new", newRoot, newIssuing);
      Certificate issuer = Pem.certificates(pem(newIssuing, "certificate_pem")).getFirst();
      await(() -> events.confirmed(issuer));
      assertThat(events.all)
          .noneMatch(event -> event instanceof AgentEvent.Refused)
          .noneMatch(event -> event instanceof AgentEvent.GivenUp);
      across(newRoot);
    }
  }

  @Test
  void emergency_movesWhoComes_andRevokesTheRestAtTheDeadline() throws Exception {
    bash.with("ALL", server.authorities().toString());
    bash.must("cp $ALL ca.pem");
    enrol("urgent-1", "before-it");
    enrol("asleep-1", "asleep");
    assertThat(self("before-it")).isEqualTo("200");
    assertThat(self("asleep")).isEqualTo("200");
    String compromised = usual("issuing").path("id").asString();

    JsonNode declared =
        server
            .api()
            .call(
                "POST",
                "/api/v1/emergencies",
                JSON.createObjectNode()
                    .put("authority", compromised)
                    .put("comment", "the HSM was opened")
                    .put("deadline_seconds", 20)
                    .put("canary", 1_000)
                    .put("per_minute", 60_000));
    String path = "/api/v1/emergencies/" + declared.path("id").asString();
    String called =
        "/api/v1/campaigns/" + declared.path("campaign").asString() + "/devices?standing=called";
    await(() -> asked(called).toString().contains("\"device\":\"urgent-1\""));
    bash.must(
        "cp $ALL ca.pem",
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout moved.key"
            + " -subj / -outform DER -out device.csr",
        "openssl base64 -A -in device.csr | curl -sSf --cacert ca.pem --cert before-it.pem"
            + " --key before-it.key -H 'Content-Type: application/pkcs10' --data-binary @-"
            + " $CARDEA/.well-known/est/simplereenroll"
            + " | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out moved.pem");
    assertThat(self("moved")).isEqualTo("200");
    await(() -> asked(path).path("state").asString().equals("safe"));

    assertThat(self("moved")).isEqualTo("200");
    assertThat(self("before-it")).isEqualTo("403");
    assertThat(self("asleep")).isEqualTo("403");
    assertThat(shown(usual("issuing")).path("id").asString()).isNotEqualTo(compromised);
    assertThat(server.api().call("GET", path, null).path("moved").asInt()).isPositive();
  }

  private JsonNode asked(String path) {
    try {
      return server.api().call("GET", path, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the device port says to whoever shows this certificate.
  private String self(String file) throws Exception {
    return bash.must(
            "curl -sS -o said.json -w '%{http_code}' --cacert ca.pem --cert "
                + file
                + ".pem --key "
                + file
                + ".key $CARDEA/.well-known/cardea/self")
        .strip();
  }

  /// What each relying party says of both generations, whichever root it knows.
  private void across(JsonNode newRoot) throws Exception {
    Files.writeString(folder.resolve("both-ways.pem"), pem(newRoot, "roll_over_pem"));
    ask("old", "before");
    parties.allSay(Verdict.GOOD);
    // The server's own chain holds from either root; curl has the old one alone.
    bash.must("cp old-root.pem ca.pem");
    enrol("across-2", "after");
    bash.with("ALL", server.authorities().toString());
    bash.must(
        "curl -sSf --cacert new-root.pem $CARDEA/.well-known/est/cacerts | openssl base64 -d -A"
            + " | openssl pkcs7 -inform DER -print_certs -out told.pem",
        "cat old-issuing.pem new-issuing.pem both-ways.pem >between.pem",
        "for leaf in before.pem after.pem; do for root in old-root.pem new-root.pem; do",
        "  openssl verify -CAfile $root -untrusted between.pem $leaf",
        "done; openssl verify -CAfile told.pem $leaf; openssl verify -CAfile $ALL $leaf; done",
        // strongSwan goes round in circles when it is given both ways at once; with the one that
        // leads to the root that it knows, it gets there, and without it does not.
        "openssl x509 -in both-ways.pem -out old-with-new.pem",
        "sed '1,/-----END/d' both-ways.pem | openssl x509 -out new-with-old.pem",
        "judge() { leaf=$1; shift; for one in \"$@\"; do set -- \"$@\" --cacert $one.pem; shift;",
        "  done; pki --verify --in $leaf.pem \"$@\" 2>&1; }",
        "judge before old-root old-issuing",
        "judge before new-root old-with-new old-issuing",
        "judge after new-root new-issuing",
        "judge after old-root new-with-old new-issuing",
        "if judge after old-root new-issuing; then exit 1; fi",
        "if judge before new-root old-issuing; then exit 1; fi");
    assertThat(bash.must("grep -c BEGIN both-ways.pem").strip()).isEqualTo("2");
    // The device from before renews with what it has, and gets one of the new generation.
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout third.key"
            + " -subj / -outform DER -out device.csr",
        "openssl base64 -A -in device.csr | curl -sSf --cacert old-root.pem --cert before.pem"
            + " --key before.key -H 'Content-Type: application/pkcs10' --data-binary @-"
            + " $CARDEA/.well-known/est/simplereenroll"
            + " | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out third.pem",
        "openssl verify -CAfile new-root.pem -untrusted new-issuing.pem third.pem");
    ask("new", "after");
    parties.allSay(Verdict.GOOD);
    revoke("across-2");
    parties.allSay(Verdict.REVOKED);
    // The old generation answers on for what it issued.
    revoke("across-1");
    ask("old", "before");
    parties.allSay(Verdict.REVOKED);
  }

  private void enrol(String device, String file) throws Exception {
    bash.with("LOGIN", device + ":" + server.token(device));
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
            + file
            + ".key -subj / -outform DER -out device.csr",
        ENROL + file + ".pem");
  }

  /// Lets the relying parties know this generation alone, and this device.
  private void ask(String generation, String device) throws Exception {
    bash.must(
        "cp " + generation + "-root.pem root.pem",
        "cp " + generation + "-issuing.pem issuing.pem",
        "cat root.pem issuing.pem >ca.pem",
        "cp " + device + ".pem device.pem");
  }

  private void generation(String name, JsonNode root, JsonNode issuing) throws IOException {
    Files.writeString(folder.resolve(name + "-root.pem"), pem(root, "certificate_pem"));
    Files.writeString(folder.resolve(name + "-issuing.pem"), pem(issuing, "certificate_pem"));
  }

  private void revoke(String device) throws IOException {
    JsonNode listed =
        server.api().call("GET", "/api/v1/credentials?device=" + device, null).path("items");
    for (JsonNode one : listed) {
      server
          .api()
          .call(
              "POST",
              "/api/v1/credentials/" + one.path("id").asString() + "/revoke",
              JSON.createObjectNode().put("reason", "superseded"));
    }
  }

  private Agent agent(String token, JsonNode root, AgentEvents events) throws IOException {
    try {
      Set<X509Certificate> anchors = new HashSet<>();
      for (Certificate one : Pem.certificates(pem(root, "certificate_pem"))) {
        anchors.add(one.toX509());
      }
      return Agent.open(
          AgentSettings.of(
                  new DeviceId("agent-1"),
                  new ConnectionSettings(URI.create(server.devices()), anchors),
                  folder.resolve("agent"))
              .withToken(TokenSource.of(token))
              .withPace(
                  new RetryPace(
                      Duration.ofMillis(400), Duration.ofSeconds(2), Duration.ofSeconds(4))),
          events,
          Surroundings.real());
    } catch (io.cardea.life.Refused e) {
      throw new IOException(e);
    }
  }

  private static final class Watching implements AgentEvents {
    private final Queue<AgentEvent> all = new ConcurrentLinkedQueue<>();

    @Override
    public void happened(AgentEvent event) {
      all.add(event);
    }

    /// Whether one was confirmed, of this issuer if there is one.
    boolean confirmed(@org.jspecify.annotations.Nullable Certificate issuer) {
      return all.stream()
          .filter(AgentEvent.Confirmed.class::isInstance)
          .map(event -> ((AgentEvent.Confirmed) event).certificate())
          .anyMatch(certificate -> issuer == null || signed(certificate, issuer));
    }

    private static boolean signed(X509Certificate certificate, Certificate issuer) {
      try {
        certificate.verify(issuer.toX509().getPublicKey());
        return true;
      } catch (java.security.GeneralSecurityException e) {
        return false;
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a minute and a half").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private JsonNode rekey(JsonNode old) throws IOException {
    return server
        .api()
        .call(
            "POST",
            "/api/v1/authorities/" + old.path("id").asString() + "/rekey",
            JSON.createObjectNode().put("replaces", old.path("id").asString()));
  }

  private JsonNode shown(JsonNode authority) throws IOException {
    return server.api().call("GET", "/api/v1/authorities/" + authority.path("id").asString(), null);
  }

  private String pem(JsonNode authority, String member) throws IOException {
    return shown(authority).path(member).asString();
  }

  /// The one that was there first.
  private JsonNode usual(String kind) throws IOException {
    List<JsonNode> found =
        server
            .api()
            .call("GET", "/api/v1/authorities", null)
            .path("items")
            .valueStream()
            .filter(one -> one.path("kind").asString("").equals(kind))
            .filter(one -> one.path("name").asString().startsWith("Cardea "))
            .filter(one -> one.path("state").asString().equals("active"))
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }
}

package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.cardea.apps.server.api.ApiWorld.Reaction;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.secrets.SecretAnswer;
import io.cardea.life.sessions.Reporter;
import io.cardea.life.testing.FirstDay;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiServerTest {
  private ApiWorld world;

  @BeforeAll
  void open() throws Exception {
    world = new ApiWorld();
  }

  @AfterAll
  void close() {
    world.close();
  }

  // What is served

  @Test
  void document_listsWhatIsServed() {
    JsonNode document =
        new YAMLMapper().readTree(ApiServer.class.getResourceAsStream("openapi.yaml"));
    List<String> described = new ArrayList<>();
    Map<String, String> permissions = new TreeMap<>();
    document
        .path("paths")
        .propertyStream()
        .forEach(path ->
            Stream.of("get", "post", "put", "patch", "delete")
                .filter(path.getValue()::has)
                .forEach(method -> {
                  String route = method.toUpperCase(Locale.ROOT) + " " + path.getKey();
                  described.add(route);
                  JsonNode operation = path.getValue().path(method);
                  permissions.put(
                      route,
                      operation.has("security")
                          ? "open"
                          : operation.path("x-permission").asString());
                }));

    assertThat(described)
        .containsExactlyInAnyOrderElementsOf(
            ApiServer.endpoints(world.parts).stream().map(Endpoint::route).toList());
    assertThat(permissions)
        .isEqualTo(
            ApiServer.endpoints(world.parts).stream()
                .collect(
                    Collectors.toMap(
                        Endpoint::route,
                        endpoint -> endpoint.permission().map(Words::of).orElse("open"))));
    assertThat(world.get("/api/v1/openapi.yaml").response().body()).startsWith("openapi: 3.1.0");
  }

  @Test
  void stranger_isToldHowToComeIn() {
    Reaction refused = world.send("GET", "/api/v1/devices", Optional.empty(), null);

    assertThat(refused.header("www-authenticate")).startsWith("Bearer");
    assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
    assertThat(refused.text("code")).isEqualTo("authentication-required");
    assertThat(refused.text("next_step")).contains("Bearer");
    assertThat(refused.text("transaction")).isEqualTo(refused.header("cardea-transaction"));
  }

  /// RFC 9113 §8.1: a server may answer before it has the whole request, but a stream that it
  /// resets with an error is no answer to a client that still sends.
  @Test
  void refusalBeforeTheBody_arrivesThough() {
    for (String path : List.of("/api/v1/devices", "/api/v1/ledger", "/nowhere")) {
      CompletableFuture<HttpResponse<String>> exchange;
      try (SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
        exchange =
            world.client.sendAsync(
                world
                    .request(path)
                    .header("content-type", "application/json")
                    .POST(BodyPublishers.fromPublisher(body, 1))
                    .build(),
                BodyHandlers.ofString());

        // This client looks at an answer once its body is sent, and at a reset at once.
        assertThatThrownBy(() -> exchange.get(1, TimeUnit.SECONDS))
            .isInstanceOf(TimeoutException.class);
        body.submit(ByteBuffer.wrap(new byte[] {'{'}));
      }
      assertThat(exchange.join().statusCode()).isIn(401, 404, 405);
    }
  }

  // Audiences

  @Test
  void audience_isSavedShownAndRemoved_andItsSessionsAreListed() throws Refused {
    Answer.Issued pump = world.enrolled("pump-of-an-audience");
    String path = "/api/v1/audiences/hall-broker";
    String body =
        "{\"kind\":\"broker\",\"reports\":true,\"may_prove\":true,\"classes\":[\"device\"],"
            + "\"points\":[\"pump-of-an-audience\"]}";

    assertThat(world.send("PUT", path, Optional.of(world.admin), body).status()).isEqualTo(200);

    assertThat(world.get(path).text("kind")).isEqualTo("broker");
    assertThat(world.get("/api/v1/audiences").response().body()).contains("hall-broker");
    world
        .parts
        .audiences()
        .sessions()
        .open(
            new Reporter("hall-broker", "run-1"),
            "mqtt-7",
            Fingerprint.of(pump.certificate()),
            true,
            Optional.empty());
    JsonNode session =
        world.get("/api/v1/devices/pump-of-an-audience/sessions").json().path("items").path(0);
    assertThat(session.path("session").asString()).isEqualTo("mqtt-7");
    assertThat(session.path("credential").asString()).isEqualTo(pump.credential().toString());
    assertThat(world.post(path + "/remove", "{\"reason\":\"moved\"}").status()).isEqualTo(200);
    assertThat(world.get(path).status()).isEqualTo(404);
    assertThat(
            world
                .send("PUT", path, Optional.of(world.admin), "{\"kind\":\"wall\",\"reports\":true}")
                .text("detail"))
        .contains("wall", "embedded-broker, broker");
  }

  // Devices

  @Test
  void device_isRegisteredOnceAndShown() {
    String body =
        "{\"id\":\"pump-1\",\"class\":\"device\",\"serial\":\"SN 7\",\"environment\":\"lab\","
            + "\"labels\":{\"line\":\"2\"}}";

    Reaction first = world.post("/api/v1/devices", body);
    Reaction again = world.post("/api/v1/devices", body);
    Reaction other = world.post("/api/v1/devices", "{\"id\":\"pump-1\",\"class\":\"device\"}");

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header("location")).isEqualTo("/api/v1/devices/pump-1");
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.text("code")).isEqualTo("already-exists");
    JsonNode shown = world.get("/api/v1/devices/pump-1").json();
    assertThat(shown).isEqualTo(first.json());
    assertThat(shown.path("state").asString()).isEqualTo("registered");
    assertThat(shown.path("labels").path("line").asString()).isEqualTo("2");
    assertThat(shown.path("site").isNull()).isTrue();
  }

  @Test
  void devices_arePagedByKeyAndFiltered() {
    for (int i = 0; i < 5; i++) {
      world.post(
          "/api/v1/devices",
          "{\"id\":\"page-"
              + i
              + "\",\"class\":\"device\",\"owner\":\"pager\",\"labels\":{\"even\":\""
              + (i % 2 == 0)
              + "\"}}");
    }

    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = world.get("/api/v1/devices?owner=pager&limit=2&after=" + cursor).json();
      page.path("items").forEach(item -> seen.add(item.path("id").asString()));
      cursor = page.path("next").asString("");
    } while (!cursor.isEmpty());

    assertThat(seen).containsExactly("page-0", "page-1", "page-2", "page-3", "page-4");
    assertThat(world.get("/api/v1/devices?owner=pager&label=even%3Dfalse").json().path("items"))
        .hasSize(2);
    assertThat(world.get("/api/v1/devices?owner=pager&state=enrolled").json().path("items"))
        .isEmpty();
    assertThat(world.get("/api/v1/devices?class=none").json().path("items")).isEmpty();
  }

  @Test
  void searchWithoutItsIndex_isRefused_andAPrefixIsNot() {
    world.day.store.findsText(false);
    try {
      assertThat(world.get("/api/v1/devices?search=age-").text("code"))
          .isEqualTo("search-not-indexed");
      assertThat(world.get("/api/v1/devices?prefix=page-").status()).isEqualTo(200);
    } finally {
      world.day.store.findsText(true);
    }
    assertThat(world.get("/api/v1/devices?search=age-").status()).isEqualTo(200);
  }

  @Test
  void device_livesItsLifeUpToTheEnd() throws Exception {
    Answer.Issued issued = world.enrolled("life-1");
    String path = "/api/v1/devices/life-1";

    JsonNode why = world.get(path + "/why").json();
    assertThat(why.path("next_step").asString()).startsWith("Nothing now; renew between ");
    assertThat(why.path("slots").path(0).path("credentials").path(0).path("id").asString())
        .isEqualTo(issued.credential().toString());
    assertThat(why.path("contacts").path(0).path("what").asString()).isNotEmpty();

    assertThat(world.post(path + "/settle", "{\"reason\":\"same\"}").text("code"))
        .isEqualTo("conflict");
    assertThat(world.post(path + "/quarantine", "{\"reason\":\"odd\"}").text("state"))
        .isEqualTo("quarantined");
    assertThat(world.get("/api/v1/devices?state=quarantined").json().path("items")).hasSize(1);
    assertThat(world.get(path + "/why").text("next_step")).contains("cardea device release life-1");
    assertThat(world.post(path + "/release", "{\"reason\":\"fine\"}").text("state"))
        .isEqualTo("enrolled");
    assertThat(
            world
                .post(path + "/revoke", "{\"reason\":\"superseded\",\"comment\":\"swap\"}")
                .status())
        .isEqualTo(200);
    assertThat(world.get("/api/v1/credentials/" + issued.credential()).text("state"))
        .isEqualTo("revoked");
    assertThat(world.post(path + "/scrap", "{\"reason\":\"broken\"}").text("state"))
        .isEqualTo("scrapped");
    assertThat(world.post(path + "/tokens", "{}").text("code")).isEqualTo("device-scrapped");
    assertThat(world.get(path + "/why").text("next_step")).contains("scrapped");
    assertThat(ledger())
        .anySatisfy(entry -> {
          assertThat(entry.path("kind").asString()).isEqualTo("device.scrapped");
          assertThat(entry.path("facts").path("why").asString()).isEqualTo("broken");
          assertThat(entry.path("actor").asString()).isEqualTo("api-token:administrator");
        });
  }

  @Test
  void token_isShownOnceAndEnrols() throws Exception {
    world.post("/api/v1/devices", "{\"id\":\"token-1\",\"class\":\"device\"}");

    Reaction made = world.post("/api/v1/devices/token-1/tokens", "{\"life_seconds\":120}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().path("expires_in_seconds").asLong()).isEqualTo(120);
    assertThat(world.day.enrol("token-1", made.text("token"), world.day.key()))
        .isInstanceOf(Answer.Issued.class);
    assertThat(ledger().toString()).doesNotContain(made.text("token"));
    assertThat(world.post("/api/v1/devices/token-1/tokens", "{\"life_seconds\":1}").status())
        .isEqualTo(400);
  }

  // Credentials

  @Test
  void credential_isShownWithTheCertificateItself() throws Exception {
    Answer.Issued issued = world.enrolled("shown-1");

    JsonNode list = world.get("/api/v1/credentials?device=shown-1").json().path("items");
    Reaction shown = world.get("/api/v1/credentials/" + issued.credential());

    assertThat(list).hasSize(1);
    assertThat(list.path(0).has("certificate_pem")).isFalse();
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        shown.text("certificate_pem").getBytes(StandardCharsets.US_ASCII)));
    assertThat(certificate.getEncoded()).isEqualTo(issued.certificate());
    assertThat(shown.text("renew_from")).isLessThan(shown.text("renew_until"));
    assertThat(shown.json().path("predecessor").path("kind").asString()).isEqualTo("token");
  }

  @Test
  void judgement_saysWhatADoorWouldSayAndLeavesNoTrace() throws Exception {
    Answer.Issued good = world.enrolled("judged-1");
    Answer.Issued bad = world.enrolled("judged-2");
    world.post(
        "/api/v1/credentials/" + bad.credential() + "/revoke", "{\"reason\":\"key-compromise\"}");
    String question =
        "{\"certificates\":[\""
            + String.join(
                "\",\"",
                Fingerprint.of(good.certificate()).hex(),
                Fingerprint.of(bad.certificate()).hex(),
                "0".repeat(64))
            + "\"]}";
    int before = ledger().size();

    JsonNode judged =
        world
            .send("POST", "/api/v1/credentials/judge", Optional.of(world.reader), question)
            .json()
            .path("items");

    assertThat(judged.path(0).path("admitted").asBoolean()).isTrue();
    assertThat(judged.path(0).path("device").asString()).isEqualTo("judged-1");
    assertThat(judged.path(1).path("admitted").asBoolean()).isFalse();
    assertThat(judged.path(1).path("code").asString()).isEqualTo("credential-revoked");
    assertThat(judged.path(2).path("code").asString()).isEqualTo("credential-unknown");
    assertThat(ledger()).hasSize(before);
    assertThat(world.get("/api/v1/credentials/" + good.credential()).text("state"))
        .isEqualTo("staged");
  }

  @Test
  void judgement_isBounded() {
    String many = "\"" + "0".repeat(64) + "\",";
    assertThat(
            world
                .post(
                    "/api/v1/credentials/judge",
                    "{\"certificates\":[" + many.repeat(900) + "\"x\"]}")
                .status())
        .isEqualTo(400);
  }

  // Classes, profiles, authorities, ledger, tokens

  @Test
  void class_isCreatedOnceWithWhatFollowsFromIt() {
    String body = "{\"name\":\"meters\",\"profile\":\"device\",\"longest_silence_seconds\":3600}";

    Reaction made = world.post("/api/v1/classes", body);

    assertThat(made.status()).isEqualTo(201);
    assertThat(world.post("/api/v1/classes", body).json()).isEqualTo(made.json());
    assertThat(world.post("/api/v1/classes", body.replace("3600", "7200")).text("code"))
        .isEqualTo("already-exists");
    JsonNode derived = world.get("/api/v1/classes/meters").json().path("derived");
    assertThat(derived.path("overlap_seconds").asLong()).isEqualTo(3600);
    assertThat(derived.path("life_seconds").asLong()).isEqualTo(36_000);
    assertThat(derived.path("renewal_window_starts_after_seconds").asLong()).isEqualTo(21_600);
    assertThat(derived.path("renewal_window_ends_after_seconds").asLong()).isEqualTo(27_000);
    assertThat(world.get("/api/v1/classes?limit=1").json().path("next").asString())
        .isEqualTo("device");
    assertThat(world.get("/api/v1/classes?after=device").json().path("items").path(0))
        .isEqualTo(made.json());
    assertThat(
            world.post("/api/v1/classes", "{\"name\":\"x\",\"profile\":\"none\"}").text("detail"))
        .isEqualTo("profile: none");
  }

  @Test
  void authorities_areFoundByIdAndByName() {
    JsonNode items = world.get("/api/v1/authorities").json().path("items");

    assertThat(items).hasSize(2);
    Reaction root = world.get("/api/v1/authorities/Root");
    assertThat(root.text("id")).isEqualTo(world.root.id().value());
    assertThat(root.text("certificate_pem")).startsWith("-----BEGIN CERTIFICATE-----\n");
    assertThat(world.get("/api/v1/authorities/" + root.text("id")).json()).isEqualTo(root.json());
    assertThat(world.get("/api/v1/profiles/device").json().path("life_seconds").asLong())
        .isEqualTo(36_000);
    assertThat(world.get("/api/v1/profiles").json().path("items")).hasSize(1);
  }

  @Test
  void ledger_isPagedAndHoldsTheRecordedBytes() {
    JsonNode page = world.get("/api/v1/ledger?limit=1").json();
    JsonNode entry = page.path("items").path(0);

    assertThat(page.path("next").asString()).isEqualTo(entry.path("number").asString());
    String canonical =
        new String(
            Base64.getDecoder().decode(entry.path("canonical").asString()), StandardCharsets.UTF_8);
    assertThat(canonical).contains("\"kind\":\"" + entry.path("kind").asString() + "\"");
    assertThat(
            world
                .get("/api/v1/ledger?limit=1&after=" + page.path("next").asString())
                .json()
                .path("items")
                .path(0)
                .path("number")
                .asLong())
        .isGreaterThan(entry.path("number").asLong());
  }

  @Test
  void apiToken_worksAtOnceAndItsSecretIsInNoList() {
    Reaction made = world.post("/api/v1/api-tokens", "{\"name\":\"probe\",\"role\":\"reader\"}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(world.send("GET", "/api/v1/devices", Optional.of(made.text("token")), null).status())
        .isEqualTo(200);
    String list = world.get("/api/v1/api-tokens").response().body();
    assertThat(list)
        .contains("\"probe\"")
        .doesNotContain(made.text("token"))
        .doesNotContain("hash");
  }

  @Test
  void newCertificate_servesFromTheNextConnectionOn() throws Exception {
    assertThat(served(world.client())).isEqualTo(world.identity.get().certificates().getFirst());

    world.identity.set(world.identity());

    assertThat(served(world.client())).isEqualTo(world.identity.get().certificates().getFirst());
  }

  @Test
  void bothVersionsOfHttp_areSpoken() throws Exception {
    for (HttpClient.Version version : HttpClient.Version.values()) {
      try (HttpClient fresh = world.client()) {
        assertThat(
                fresh
                    .send(
                        world.request("/health/live").version(version).build(),
                        BodyHandlers.ofString())
                    .version())
            .isEqualTo(version);
      }
    }
  }

  private X509Certificate served(HttpClient fresh) throws Exception {
    try (fresh) {
      return (X509Certificate)
          fresh
              .send(world.request("/health/live").build(), BodyHandlers.ofString())
              .sslSession()
              .orElseThrow()
              .getPeerCertificates()[0];
    }
  }

  private List<JsonNode> ledger() {
    List<JsonNode> entries = new ArrayList<>();
    world.get("/api/v1/ledger?limit=1000").json().path("items").forEach(entries::add);
    return entries;
  }

  // Credentials that are no certificates

  @Test
  void apiKeyOfAProgram_isMadeShownAgainUsedAndListed() throws Exception {
    slot("api-key", "api-key");
    world.post(
        "/api/v1/devices",
        "{\"id\":\"billing\",\"class\":\"device\",\"owner\":\"it\",\"environment\":\"lab\"}");
    String path = "/api/v1/devices/billing/slots/api-key/api-keys";

    Reaction made = world.post(path, "{}");

    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    String key = made.text("api_key");
    Reaction self = world.send("GET", "/api/v1/self", Optional.of(key), null);
    assertThat(self.json().path("admitted").asBoolean()).isTrue();
    assertThat(self.text("device")).isEqualTo("billing");
    assertThat(self.text("state")).isEqualTo("current");
    JsonNode listed = world.get("/api/v1/credentials?device=billing").json().path("items").path(0);
    assertThat(listed.path("kind").asString()).isEqualTo("api-key");
    assertThat(listed.path("predecessor").path("kind").asString()).isEqualTo("act");
    assertThat(listed.path("serial_number").isNull()).isTrue();
    assertThat(world.get("/api/v1/devices/billing/why").response().body())
        .contains("was issued api-key")
        .doesNotContain(key);
    assertThat(world.post(path, "{}").status()).isEqualTo(201);
    assertThat(world.post(path, "{}").text("code")).isEqualTo("too-many-requests");

    String id = listed.path("id").asString();
    world.post("/api/v1/credentials/" + id + "/revoke", "{\"reason\":\"key-compromise\"}");
    assertThat(world.send("GET", "/api/v1/self", Optional.of(key), null).text("code"))
        .isEqualTo("credential-revoked");
    assertThat(world.send("GET", "/api/v1/devices", Optional.of(key), null).status())
        .isEqualTo(401);
  }

  @Test
  void tokenOfADevice_isVerifiedByItsPublishedKeyAndProvesIt() throws Exception {
    slot("tokens", "token-signing-key");
    Answer.Issued identity = world.enrolled("signer");
    KeyPair own = world.day.key();
    SecretAnswer.Issued issued =
        (SecretAnswer.Issued)
            world.day.secrets.request(
                Fingerprint.of(identity.certificate()), "tokens", Optional.of(FirstDay.csr(own)));
    String jwks = "/api/v1/devices/signer/slots/tokens/jwks";

    JWKSet keys = JWKSet.parse(world.send("GET", jwks, Optional.empty(), null).response().body());
    SignedJWT token = token(own, issued.credential().toString(), "cardea");

    assertThat(
            token.verify(
                new ECDSAVerifier(keys.getKeyByKeyId(issued.credential().toString()).toECKey())))
        .isTrue();
    for (SignedJWT wrong :
        List.of(
            token(own, issued.credential().toString(), "another"),
            token(world.day.key(), issued.credential().toString(), "cardea"),
            token(own, identity.credential().toString(), "cardea"))) {
      assertThat(
              world.send("GET", "/api/v1/self", Optional.of(wrong.serialize()), null).text("code"))
          .isEqualTo("credential-unknown");
    }
    assertThat(
            world.send("GET", "/api/v1/self", Optional.of(token.serialize()), null).text("state"))
        .isEqualTo("current");
    assertThat(
            world
                .send("GET", jwks.replace("signer", "nobody"), Optional.empty(), null)
                .response()
                .body())
        .isEqualTo("{\"keys\":[]}");
  }

  private SignedJWT token(KeyPair key, String credential, String audience) throws Exception {
    Instant now = world.day.time.instant();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(credential).build(),
            new JWTClaimsSet.Builder()
                .subject("signer")
                .audience(audience)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)))
                .build());
    token.sign(new ECDSASigner((ECPrivateKey) key.getPrivate()));
    return token;
  }

  private void slot(String name, String kind) {
    Reaction saved =
        world.send(
            "PUT",
            "/api/v1/classes/device/slots/" + name,
            Optional.of(world.admin),
            "{\"kind\":\"" + kind + "\",\"life_seconds\":864000}");
    assertThat(saved.status()).as(saved.toString()).isEqualTo(200);
    assertThat(world.get("/api/v1/classes/device/slots").response().body()).contains(name);
  }
}

package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.api.ApiWorld.Reaction;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// Every route by every role, with and without a scope.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesTest {
  private static final Scope PUMPS_OF_NORTH =
      new Scope(Set.of("device"), Set.of(Environment.FIELD), Set.of("north"));

  /// What each role may do, written down a second time: the code has to agree with it.
  private static final Map<Role, Set<Permission>> MAY =
      Map.of(
          Role.ADMINISTRATOR,
          Set.of(Permission.values()),
          Role.PKI_OFFICER,
          Set.of(Permission.SEE, Permission.AUDIT, Permission.REVOKE, Permission.CERTIFY),
          Role.FLEET_OPERATOR,
          Set.of(Permission.SEE, Permission.OPERATE, Permission.REVOKE),
          Role.AUDITOR,
          Set.of(Permission.SEE, Permission.AUDIT),
          Role.READER,
          Set.of(Permission.SEE));

  private ApiWorld world;

  @BeforeAll
  void open() throws Exception {
    world = new ApiWorld();
  }

  @AfterAll
  void close() {
    world.close();
  }

  @TestFactory
  Stream<DynamicTest> route_isClosedToStrangers() {
    return routes(endpoint -> {
      List<Integer> statuses =
          List.of(
              status(endpoint, Optional.empty()),
              status(endpoint, Optional.of("cardea_" + "A".repeat(43))),
              status(endpoint, Optional.of("")));
      if (endpoint.permission().isPresent()) {
        assertThat(statuses).containsOnly(401);
      } else {
        assertThat(statuses).containsOnly(status(endpoint, Optional.of(world.admin)));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> route_isOpenToTheRolesThatHaveItsPermission() {
    return routes(endpoint -> {
      int admin = status(endpoint, Optional.of(world.admin));
      assertThat(admin).isNotIn(401, 403, 405, 500);
      for (Role role : Role.values()) {
        boolean may = endpoint.permission().isEmpty() || may(role, endpoint.permission().get());
        assertThat(status(endpoint, Optional.ofNullable(world.bearers.get(role))))
            .as(role.name())
            .isEqualTo(may ? admin : 403);
      }
    });
  }

  /// What is about the whole fleet is not for those who act for a part of it.
  @TestFactory
  Stream<DynamicTest> route_isOpenToAPartOnlyWhereItIsAboutDevices() throws Refused {
    Set<Permission> ofAPart = Set.of(Permission.SEE, Permission.OPERATE, Permission.REVOKE);
    String officer = world.bearer(Role.PKI_OFFICER, PUMPS_OF_NORTH);
    String operator = world.bearer(Role.FLEET_OPERATOR, PUMPS_OF_NORTH);
    return routes(endpoint -> {
      int admin = status(endpoint, Optional.of(world.admin));
      for (Map.Entry<Role, String> each :
          Map.of(Role.PKI_OFFICER, officer, Role.FLEET_OPERATOR, operator).entrySet()) {
        boolean may =
            endpoint.permission().isEmpty()
                || (may(each.getKey(), endpoint.permission().get())
                    && ofAPart.contains(endpoint.permission().get()));
        assertThat(status(endpoint, Optional.of(each.getValue())))
            .as(each.getKey().name())
            .isEqualTo(may ? admin : 403);
      }
    });
  }

  @Test
  void deviceOutsideOfTheScope_isNotThere() throws Refused {
    register("inside-1", "north", "field");
    register("inside-2", "north", "field");
    register("other-owner", "south", "field");
    register("other-environment", "north", "lab");
    Answer.Issued others = world.enrolled("enrolled-elsewhere");
    String operator = world.bearer(Role.FLEET_OPERATOR, PUMPS_OF_NORTH);

    assertThat(ids(send(operator, "GET", "/api/v1/devices", null)))
        .containsExactly("inside-1", "inside-2");
    assertThat(send(operator, "GET", "/api/v1/devices?owner=south", null).json().path("items"))
        .isEmpty();
    for (String hidden : List.of("other-owner", "other-environment", "enrolled-elsewhere", "no")) {
      String path = "/api/v1/devices/" + hidden;
      for (Reaction reaction :
          List.of(
              send(operator, "GET", path, null),
              send(operator, "GET", path + "/why", null),
              send(operator, "GET", "/api/v1/credentials?device=" + hidden, null),
              send(operator, "POST", path + "/tokens", "{}"),
              send(operator, "POST", path + "/scrap", "{\"reason\":\"x\"}"),
              send(operator, "POST", path + "/quarantine", "{\"reason\":\"x\"}"),
              send(operator, "POST", path + "/release", "{\"reason\":\"x\"}"),
              send(operator, "POST", path + "/settle", "{\"reason\":\"x\"}"),
              send(operator, "POST", path + "/revoke", "{\"reason\":\"key-compromise\"}"))) {
        assertThat(reaction.text("code")).as(reaction.toString()).isEqualTo("device-unknown");
      }
    }
    String credential = "/api/v1/credentials/" + others.credential();
    for (Reaction reaction :
        List.of(
            send(operator, "GET", credential, null),
            send(operator, "POST", credential + "/revoke", "{\"reason\":\"superseded\"}"))) {
      assertThat(reaction.text("code")).isEqualTo("not-found");
      assertThat(reaction.response().body()).doesNotContain("enrolled-elsewhere");
    }
    assertThat(world.get("/api/v1/devices/enrolled-elsewhere").text("state")).isEqualTo("enrolled");
  }

  @Test
  void judgementOfACertificateOutsideOfTheScope_namesNoDevice() throws Refused {
    Answer.Issued others = world.enrolled("judged-elsewhere");
    String operator = world.bearer(Role.FLEET_OPERATOR, PUMPS_OF_NORTH);
    String question = "{\"certificates\":[\"" + Fingerprint.of(others.certificate()).hex() + "\"]}";

    Reaction judged = send(operator, "POST", "/api/v1/credentials/judge", question);

    assertThat(judged.json().path("items").path(0).path("code").asString())
        .isEqualTo("credential-unknown");
    assertThat(judged.response().body())
        .doesNotContain("judged-elsewhere", others.credential().toString());
    assertThat(world.post("/api/v1/credentials/judge", question).response().body())
        .contains("judged-elsewhere");
  }

  @Test
  void registrationOutsideOfTheScope_isForbidden() throws Refused {
    String operator = world.bearer(Role.FLEET_OPERATOR, PUMPS_OF_NORTH);

    assertThat(send(operator, "POST", "/api/v1/devices", device("mine", "north", "field")).status())
        .isEqualTo(201);
    assertThat(
            send(operator, "POST", "/api/v1/devices", device("not", "south", "field")).text("code"))
        .isEqualTo("forbidden");
  }

  @Test
  void tokenOfAPart_isMadeAndShown() {
    Reaction made =
        world.post(
            "/api/v1/api-tokens",
            "{\"name\":\"line-7\",\"role\":\"fleet-operator\",\"life_seconds\":3600,"
                + "\"scope\":{\"classes\":[\"device\"],\"environments\":[\"lab\"]}}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().path("scope").path("environments").path(0).asString()).isEqualTo("lab");
    assertThat(made.text("expires_at")).isNotEmpty();
    assertThat(send(made.text("token"), "GET", "/api/v1/devices", null).status()).isEqualTo(200);
    assertThat(send(made.text("token"), "GET", "/api/v1/ledger", null).text("detail"))
        .contains("api-token:line-7 is fleet-operator", "read the ledger");
    assertThat(
            world
                .post(
                    "/api/v1/api-tokens",
                    "{\"name\":\"x\",\"role\":\"reader\",\"scope\":{\"environments\":[\"moon\"]}}")
                .text("detail"))
        .contains("moon", "production, field, partner, lab");
  }

  /// A script that found no class must not make a token for all of them.
  @Test
  void scopeThatNarrowsNothing_isRefused() {
    for (String scope : List.of("{}", "{\"classes\":[]}", "{\"classes\":[],\"owners\":[\"x\"]}")) {
      Reaction refused =
          world.post(
              "/api/v1/api-tokens",
              "{\"name\":\"narrow\",\"role\":\"reader\",\"scope\":" + scope + "}");
      assertThat(refused.status()).as(scope).isEqualTo(400);
      assertThat(refused.text("detail")).contains("scope");
    }
  }

  private static boolean may(Role role, Permission permission) {
    return MAY.getOrDefault(role, Set.of()).contains(permission);
  }

  private void register(String id, String owner, String environment) {
    assertThat(world.post("/api/v1/devices", device(id, owner, environment)).status())
        .isEqualTo(201);
  }

  private static String device(String id, String owner, String environment) {
    return "{\"id\":\"%s\",\"class\":\"device\",\"owner\":\"%s\",\"environment\":\"%s\"}"
        .formatted(id, owner, environment);
  }

  private static Set<String> ids(Reaction reaction) {
    Set<String> ids = new TreeSet<>();
    for (JsonNode device : reaction.json().path("items")) {
      ids.add(device.path("id").asString());
    }
    return ids;
  }

  private Reaction send(String bearer, String method, String path, @Nullable String body) {
    return world.send(method, path, Optional.of(bearer), body);
  }

  private int status(Endpoint endpoint, Optional<String> bearer) {
    String path = endpoint.path().replaceAll("\\{\\w+}", "nobody");
    String body = endpoint.method().equals("GET") ? null : "{}";
    return world.send(endpoint.method(), path, bearer, body).status();
  }

  private Stream<DynamicTest> routes(RouteCheck check) {
    return ApiServer.endpoints(world.parts).stream()
        .map(endpoint -> DynamicTest.dynamicTest(endpoint.route(), () -> check.of(endpoint)));
  }

  @FunctionalInterface
  private interface RouteCheck {
    void of(Endpoint endpoint);
  }
}

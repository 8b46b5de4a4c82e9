package io.cardea.connectors.mosquitto;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.cardea.life.inventory.DeviceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The dynamic security plugin of one Mosquitto (2.0), by its control topic.
///
/// A device is a client of the name that stands in its certificate (`use_identity_as_username`),
/// with a role of its own that lets it publish under `devices/ID/` and read there and at
/// `commands/ID`.
///
/// Guarantees that a device which is shut out has no live session when [#shutOut] returns, and that
/// nothing it publishes or subscribes to is let through after that. Does not guarantee that its
/// connection is refused: Mosquitto asks the plugin about a login by password alone, so a
/// certificate that its TLS accepts still connects, to a session that may do nothing.
public final class DynamicSecurity implements AutoCloseable {
  private static final String CONTROL = "$CONTROL/dynamic-security/v1";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// What a command may find already done.
  private static final Set<String> DONE_BEFORE =
      Set.of("Client already exists", "Role already exists", "Client not found", "Role not found");

  private final Mqtt5AsyncClient client;
  private final MosquittoSettings settings;
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

  private record Waiting(int commands, List<JsonNode> answers, CompletableFuture<Void> all) {}

  private DynamicSecurity(Mqtt5AsyncClient client, MosquittoSettings settings) {
    this.client = client;
    this.settings = settings;
  }

  /// Connects as the administrator.
  public static DynamicSecurity connect(MosquittoSettings settings) throws IOException {
    Mqtt5ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("cardea-" + UUID.randomUUID())
            .serverHost(settings.host())
            .serverPort(settings.port());
    if (settings.trust().isPresent()) {
      builder = builder.sslConfig().trustManagerFactory(settings.trust().get()).applySslConfig();
    }
    DynamicSecurity made = new DynamicSecurity(builder.buildAsync(), settings);
    boolean ready = false;
    try {
      made.client.publishes(MqttGlobalPublishFilter.ALL, made::answered);
      var _ =
          made.await(
              made.client
                  .connectWith()
                  .simpleAuth()
                  .username(settings.user())
                  .password(settings.password().getBytes(StandardCharsets.UTF_8))
                  .applySimpleAuth()
                  .send());
      var _ =
          made.await(
              made.client
                  .subscribeWith()
                  .topicFilter(CONTROL + "/response")
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .send());
      ready = true;
      return made;
    } finally {
      if (!ready) {
        made.close();
      }
    }
  }

  /// Lets a device in. Called again it changes nothing.
  public void letIn(DeviceId device) throws IOException {
    String id = device.value();
    ObjectNode role = command("createRole").put("rolename", role(id));
    ArrayNode rules = role.putArray("acls");
    rule(rules, "publishClientSend", "devices/" + id + "/#");
    rule(rules, "subscribePattern", "devices/" + id + "/#");
    rule(rules, "subscribeLiteral", "commands/" + id);
    ObjectNode create = command("createClient").put("username", id);
    create.putArray("roles").addObject().put("rolename", role(id));
    List<JsonNode> answers = send(List.of(role, create, command("getClient").put("username", id)));
    JsonNode there = answers.getLast().path("data").path("client");
    // Only what is missing: giving a role again is an error, and each change ends live sessions.
    List<ObjectNode> missing = new ArrayList<>();
    if (there.path("roles").isEmpty()) {
      missing.add(command("addClientRole").put("username", id).put("rolename", role(id)));
    }
    if (there.path("disabled").asBoolean(false)) {
      missing.add(command("enableClient").put("username", id));
    }
    if (!missing.isEmpty()) {
      var _ = send(missing);
    }
  }

  /// Ends the device's sessions, and lets through nothing more of it.
  public void shutOut(DeviceId device) throws IOException {
    String id = device.value();
    List<JsonNode> answers = send(List.of(command("getClient").put("username", id)));
    JsonNode there = answers.getLast().path("data").path("client");
    List<ObjectNode> wanted = new ArrayList<>();
    // The role first: between the two, a session that comes back would have it still.
    if (!there.path("roles").isEmpty()) {
      wanted.add(command("removeClientRole").put("username", id).put("rolename", role(id)));
    }
    wanted.add(command("disableClient").put("username", id));
    var _ = send(wanted);
  }

  private static String role(String id) {
    return "device-" + id;
  }

  private static ObjectNode command(String name) {
    return JSON.createObjectNode().put("command", name);
  }

  private static void rule(ArrayNode rules, String type, String topic) {
    rules
        .addObject()
        .put("acltype", type)
        .put("topic", topic)
        .put("priority", 0)
        .put("allow", true);
  }

  private List<JsonNode> send(List<ObjectNode> commands) throws IOException {
    String number = UUID.randomUUID().toString();
    ObjectNode all = JSON.createObjectNode();
    ArrayNode array = all.putArray("commands");
    commands.forEach(each -> array.add(each.put("correlationData", number)));
    Waiting answers = new Waiting(commands.size(), new ArrayList<>(), new CompletableFuture<>());
    waiting.put(number, answers);
    try {
      var _ =
          await(
              client
                  .publishWith()
                  .topic(CONTROL)
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .payload(JSON.writeValueAsBytes(all))
                  .send());
      var _ = await(answers.all());
    } finally {
      waiting.remove(number);
    }
    for (JsonNode answer : answers.answers()) {
      String error = answer.path("error").asString("");
      if (!error.isEmpty() && !DONE_BEFORE.contains(error)) {
        throw new IOException(answer.path("command").asString("") + ": " + error);
      }
    }
    return answers.answers();
  }

  private void answered(Mqtt5Publish publish) {
    JsonNode answers;
    try {
      answers = JSON.readTree(publish.getPayloadAsBytes()).path("responses");
    } catch (JacksonException e) {
      return; // whoever waits for it learns that it did not come
    }
    for (JsonNode answer : answers) {
      Waiting asked = waiting.get(answer.path("correlationData").asString(""));
      if (asked != null) {
        synchronized (asked) {
          asked.answers().add(answer);
          if (asked.answers().size() == asked.commands()) {
            asked.all().complete(null);
          }
        }
      }
    }
  }

  private <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("Mosquitto did not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (client.getState().isConnected()) {
      var _ = client.disconnect().exceptionally(gone -> null);
    }
  }
}

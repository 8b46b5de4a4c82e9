package io.cardea.trials.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.config.Config;
import io.cardea.life.testing.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What operators install is what systemd and Kubernetes take, and its keys are the server's.
class DeployTest {
  private static final Path DEPLOY = Documents.root().resolve("deploy");
  private static final Path UNIT = DEPLOY.resolve("systemd/cardea.service");
  private static final Pattern VARIABLE = Pattern.compile("(?m)^#? *Environment=(CARDEA_[A-Z_]+)=");
  private static final Pattern KEY = Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\|");

  @Test
  @NeedsTool({"systemd-analyze", "setpriv"})
  void unit_isTakenBySystemdAndLittleExposed(@TempDir Path folder) throws Exception {
    Path unit = folder.resolve("cardea.service");
    Files.writeString(
        unit,
        Files.readString(UNIT).replaceAll("(?m)^(ExecStart(Pre)?)=/opt/cardea.*", "$1=/bin/true"));

    assertThat(said("systemd-analyze", "verify", "--man=no", unit.toString())).isEmpty();
    // Of ten; what is left is the network, and the JVM's compiler.
    assertThat(
            said(
                "systemd-analyze", "security", "--offline=true", "--threshold=20", unit.toString()))
        .contains("Overall exposure level");
  }

  @Test
  void variablesOfTheUnit_areKeys() throws Exception {
    List<String> variables =
        VARIABLE.matcher(Files.readString(UNIT)).results().map(match -> match.group(1)).toList();

    assertThat(variables).contains("CARDEA_DATA_DIRECTORY", "CARDEA_DATABASE_PASSWORD_FILE");
    String keys = Files.readString(Documents.root().resolve("docs/operations/configuration.md"));
    assertThat(
            KEY.matcher(keys)
                .results()
                .map(key ->
                    "CARDEA_" + key.group(1).toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")))
        .containsAll(variables);
  }

  @Test
  void kubernetes_runsItWithoutRightsAndWithProbes() throws Exception {
    List<JsonNode> parts = kubernetes();
    assertThat(parts)
        .extracting(part -> part.path("kind").asString())
        .containsExactly(
            "ConfigMap", "Deployment", "PodDisruptionBudget", "Service", "Service", "Service");
    JsonNode pod = parts.get(1).path("spec").path("template").path("spec");
    JsonNode container = pod.path("containers").path(0);
    assertThat(pod.path("securityContext").path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    JsonNode rights = container.path("securityContext");
    assertThat(rights.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(rights.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(rights.path("capabilities").path("drop").path(0).asString()).isEqualTo("ALL");
    assertThat(path(container, "livenessProbe")).isEqualTo("/health/live");
    assertThat(path(container, "readinessProbe")).isEqualTo("/health/ready");
    assertThat(parts.get(2).path("spec").path("minAvailable").asInt()).isEqualTo(1);
    for (JsonNode part : parts.subList(2, parts.size())) {
      JsonNode selector = part.path("spec").path("selector");
      assertThat(selector.has("matchLabels") ? selector.path("matchLabels") : selector)
          .isEqualTo(parts.get(1).path("spec").path("selector").path("matchLabels"));
    }
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(20);
  }

  @Test
  void configurationOfKubernetes_isOneThatTheServerTakes(@TempDir Path folder) throws Exception {
    List<JsonNode> parts = kubernetes();
    JsonNode pod = parts.get(1).path("spec").path("template").path("spec");
    Path secret =
        Files.createFile(
            folder.resolve("database-password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, "x");
    String text = parts.get(0).path("data").path("cardea.yaml").asString();
    assertThat(text).contains("/run/cardea/secrets/database-password");
    Path file =
        Files.writeString(
            folder.resolve("cardea.yaml"),
            text.replace("/run/cardea/secrets/database-password", secret.toString()));

    Config config = Config.check(Optional.of(file), Map.of()).orThrow();

    assertThat(config.drainTimeout().toSeconds())
        .isLessThan(pod.path("terminationGracePeriodSeconds").asInt());
    List<String> ports = new ArrayList<>();
    pod.path("containers")
        .path(0)
        .path("ports")
        .forEach(port -> ports.add(port.path("containerPort").asString()));
    assertThat(ports)
        .containsExactly(
            "" + config.deviceListen().address().getPort(),
            "" + config.apiListen().address().getPort(),
            "" + config.httpListen().address().getPort());
  }

  private static String path(JsonNode container, String probe) {
    JsonNode get = container.path(probe).path("httpGet");
    assertThat(get.path("scheme").asString()).isEqualTo("HTTPS");
    assertThat(get.path("port").asString()).isEqualTo("people");
    return get.path("path").asString();
  }

  private static List<JsonNode> kubernetes() throws Exception {
    String all = Files.readString(DEPLOY.resolve("kubernetes/cardea.yaml"));
    try (MappingIterator<JsonNode> parts =
        new YAMLMapper().readerFor(JsonNode.class).readValues(all)) {
      return parts.readAll();
    }
  }

  private static String said(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}

package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.findings.Alarm;
import io.cardea.life.testing.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What operators load into Prometheus and Grafana is about numbers that a server tells.
@ExtendWith(WholeServer.Shared.class)
class DashboardsTest {
  private static final Path ROOT = Documents.root();
  private static final Path RULES = ROOT.resolve("deploy/prometheus/cardea.rules.yaml");
  private static final Path DASHBOARD = ROOT.resolve("deploy/grafana/cardea.json");
  private static final Pattern METRIC = Pattern.compile("\\bcardea_[a-z_]+\\b");

  private final WholeServer server;

  DashboardsTest(WholeServer server) {
    this.server = server;
  }

  @Test
  @NeedsTool({"openssl", "curl"})
  void everyMetricOfRulesAndDashboard_isTold(@TempDir Path folder) throws Exception {
    String token = server.token("measured");
    Bash bash = server.bash(folder);
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout d.key -subj /"
            + " -outform DER -out d.csr",
        "openssl base64 -A -in d.csr > d.b64",
        "curl -sSf --cacert ca.pem --user measured:"
            + token
            + " -H 'Content-Type: application/pkcs10' --data-binary @d.b64"
            + " $CARDEA/.well-known/est/simpleenroll",
        "curl -sS --cacert ca.pem --user measured:wrong"
            + " -H 'Content-Type: application/pkcs10' --data-binary @d.b64"
            + " $CARDEA/.well-known/est/simpleenroll");
    // The first checks end soon after the start; until then their numbers are not told.
    bash.must(
        "until curl -sSf --cacert ca.pem https://localhost:"
            + server.apiPort()
            + "/metrics > metrics && grep -q certificate_not_after metrics; do sleep 0.2; done");

    assertThat(metrics(folder.resolve("metrics"))).containsAll(metrics(RULES));
    assertThat(metrics(RULES)).hasSizeGreaterThan(4);
    assertThat(metrics(folder.resolve("metrics"))).containsAll(metrics(DASHBOARD));
    assertThat(metrics(DASHBOARD)).hasSizeGreaterThan(8);
  }

  @Test
  @NeedsTool("promtool")
  void rules_areTakenByPrometheus(@TempDir Path folder) throws Exception {
    server.bash(folder).must("promtool check rules " + RULES);
  }

  @Test
  void everyAlarm_hasItsSectionInTheRunbook() throws IOException {
    Set<String> sections =
        Files.readAllLines(ROOT.resolve("docs/operations/alarms.md")).stream()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3))
            .collect(Collectors.toSet());

    assertThat(sections)
        .isEqualTo(Arrays.stream(Alarm.values()).map(Alarm::code).collect(Collectors.toSet()));
  }

  private static Set<String> metrics(Path file) throws IOException {
    return METRIC
        .matcher(Files.readString(file))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

package io.cardea.trials.arrows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The arrows hold over the product; and each rule finds what was planted for it, so that none of
/// them is silent because it looks at nothing.
class ArrowsTest {
  private static final String PLANTED = ArrowsTest.class.getPackageName() + ".planted";

  private static final JavaClasses PRODUCT =
      new ClassFileImporter().withImportOption(ArrowsTest::isNoTest).importPackages("io.cardea");

  private static final JavaClasses WRONG = new ClassFileImporter().importPackages(PLANTED);

  /// What each rule must find in the planted tree: a class that breaks it. The rules that are named
  /// after a library find the one that knows them all.
  private static final Map<String, String> FOUND =
      Map.ofEntries(
          Map.entry("life depends on nobody of ours", "life.KnowsAProtocol"),
          Map.entry("protocols know life alone", "protocols.est.KnowsPlatform"),
          Map.entry(
              "protocols do not know each other, but for the edge", "protocols.est.KnowsScep"),
          Map.entry("connectors know life alone", "connectors.hivemq.KnowsPlatform"),
          Map.entry("connectors do not know each other", "connectors.hivemq.KnowsMosquitto"),
          Map.entry("the edge knows the words of life and no use case", "protocols.edge.KnowsLife"),
          Map.entry("a protocol's client knows no server", "protocols.est.client.KnowsTheEdge"),
          Map.entry("platform knows life alone", "platform.store.KnowsAnApp"),
          Map.entry("the parts of platform do not know each other", "platform.store.KnowsKeys"),
          Map.entry("apps do not wire platform, but for the server", "apps.agent.KnowsPlatform"),
          Map.entry("the server knows no other app", "apps.server.KnowsTheAgent"),
          Map.entry("the agent knows no other app", "apps.agent.KnowsTheServer"),
          Map.entry("a device sees the client side alone", "apps.agent.KnowsTheEdge"),
          Map.entry("the product does not know its trials", "apps.server.KnowsATrial"),
          Map.entry("Bouncy Castle stays where keys and bytes are", "apps.server.ReadsDer"),
          Map.entry("nobody asks a clock of their own", "life.AsksAClock"),
          Map.entry("nobody prints", "life.Prints"),
          Map.entry("nobody prints a stack trace", "life.Prints"),
          Map.entry("nobody logs by java.util.logging", "life.LogsByItself"),
          Map.entry("nobody ends the process", "life.EndsTheProcess"));

  /// Neither a module's tests nor the jar of them.
  private static boolean isNoTest(Location location) {
    return !location.contains("/test-classes/") && !location.contains("-tests.jar");
  }

  @TestFactory
  Stream<DynamicTest> product_keepsTo() {
    return new Arrows("io.cardea")
        .rules().entrySet().stream()
            .map(rule ->
                DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(PRODUCT)));
  }

  @TestFactory
  Stream<DynamicTest> planted_isFound() {
    Map<String, ArchRule> rules = new Arrows(PLANTED).rules();
    return rules.entrySet().stream()
        .map(rule ->
            DynamicTest.dynamicTest(
                rule.getKey(),
                () ->
                    assertThatThrownBy(() -> rule.getValue().check(WRONG))
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining(
                            PLANTED
                                + "."
                                + FOUND.getOrDefault(rule.getKey(), "life.KnowsEveryFramework"))));
  }

  @Test
  void reference_isFoundLikeACall() {
    ArchRule clocks =
        Objects.requireNonNull(new Arrows(PLANTED).rules().get("nobody asks a clock of their own"));
    assertThatThrownBy(() -> clocks.check(WRONG))
        .hasMessageContaining("AsksAClock.byReference")
        .hasMessageContaining("AsksAClock.byCall");
  }

  @Test
  void everyModule_isLookedAt() {
    assertThat(
            Stream.of(
                "life.enrolment.Enrolment",
                "platform.store.PostgresStore",
                "platform.keys.SoftwareAuthorityKeys",
                "protocols.edge.EdgeServer",
                "protocols.est.EstServer",
                "protocols.mqtt.MqttDoor",
                "connectors.hivemq.EmbeddedBroker",
                "apps.server.Server",
                "apps.agent.Agent",
                "apps.fleet.Demo",
                "apps.cli.Cardea",
                "trials.faults.DemoMain"))
        .allSatisfy(name ->
            assertThatCode(() -> PRODUCT.get("io.cardea." + name)).doesNotThrowAnyException());
  }
}

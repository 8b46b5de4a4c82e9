package io.cardea.trials.arrows;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Who may know whom, and what is banned where: `apps → protocols, connectors → life ← platform`.
///
/// The order of the packages inside `life` is held there, by its own tests.
record Arrows(String root) {
  /// Those that ask a clock by themselves, and whom everybody else asks (R10).
  private static final Set<String> CLOCKS =
      Set.of("platform.store.TimeSources", "apps.agent.Surroundings", "trials.faults.DemoMain");

  /// Those that a shell starts: the only ones that end the process or own its output.
  private static final Set<String> MAINS =
      Set.of("apps.cli.Cardea", "trials.faults.DemoMain", "trials.faults.explorer.ExplorerMain");

  /// All rules by name. Each must match some class, so a package that moves takes its rule along.
  Map<String, ArchRule> rules() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("life depends on nobody of ours", lifeAlone());
    rules.put("protocols know life alone", none("protocols", "platform", "connectors", "apps"));
    rules.put("protocols do not know each other, but for the edge", protocolsApart());
    rules.put("connectors know life alone", none("connectors", "protocols", "platform", "apps"));
    rules.put("connectors do not know each other", connectorsApart());
    rules.put("the edge knows the words of life and no use case", none("protocols.edge", "life.*"));
    rules.put("a protocol's client knows no server", clientsWithoutEdge());
    rules.put("platform knows life alone", none("platform", "protocols", "connectors", "apps"));
    rules.put("the parts of platform do not know each other", platformApart());
    rules.put("apps do not wire platform, but for the server", oneWiring());
    rules.put("the server knows no other app", serverApart());
    rules.put("the agent knows no other app", none("apps.agent", othersThan("agent")));
    rules.put("a device sees the client side alone", deviceSide());
    rules.put("the product does not know its trials", productWithoutTrials());
    rules.put("Bouncy Castle stays where keys and bytes are", bouncyCastle());
    frameworks().forEach((library, places) -> rules.put(library, onlyIn(library, places)));
    rules.put("nobody asks a clock of their own", clocks());
    rules.put("nobody prints", output());
    rules.put("nobody prints a stack trace", stackTraces());
    rules.put("nobody logs by java.util.logging", logging());
    rules.put("nobody ends the process", exits());
    return rules;
  }

  private ArchRule lifeAlone() {
    return classes()
        .that()
        .resideInAPackage(in("life"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            in("life"),
            "java..",
            "javax.crypto..",
            "javax.security..",
            "org.bouncycastle..",
            "org.slf4j..",
            "org.jspecify..");
  }

  private ArchRule protocolsApart() {
    return slices()
        .matching(root + ".protocols.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            DescribedPredicate.alwaysTrue(),
            JavaClass.Predicates.resideInAPackage(in("protocols.edge")));
  }

  private ArchRule connectorsApart() {
    return slices().matching(root + ".connectors.(*)..").should().notDependOnEachOther();
  }

  private ArchRule clientsWithoutEdge() {
    return noClasses()
        .that()
        .resideInAPackage(root + ".protocols.*.client..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage(in("protocols"))
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAPackage(root + ".protocols.*.client.."))));
  }

  private ArchRule platformApart() {
    return slices().matching(root + ".platform.(*)..").should().notDependOnEachOther();
  }

  /// The server wires, its metrics listen, and its configuration asks who can read a secret.
  private ArchRule oneWiring() {
    return noClasses()
        .that()
        .resideInAPackage(in("apps"))
        .and()
        .resideOutsideOfPackages(
            root + ".apps.server", root + ".apps.server.metrics", root + ".apps.server.config")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(in("platform"));
  }

  private ArchRule serverApart() {
    return none("apps.server", othersThan("server"));
  }

  private ArchRule deviceSide() {
    return noClasses()
        .that()
        .resideInAnyPackage(in("apps.agent"), in("apps.fleet"))
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage(in("protocols"))
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAPackage(root + ".protocols.*.client.."))));
  }

  private ArchRule productWithoutTrials() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            in("life"), in("protocols"), in("connectors"), in("platform"), in("apps"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(in("trials"));
  }

  private ArchRule bouncyCastle() {
    return onlyIn("org.bouncycastle..", "life.pki", "protocols.est", "platform.keys");
  }

  /// Each behind its door.
  private static Map<String, String[]> frameworks() {
    return Map.ofEntries(
        Map.entry("io.netty..", places("protocols.edge", "apps.server.api")),
        Map.entry("com.hivemq..", places("connectors", "protocols.mqtt.client")),
        Map.entry("com.linecorp.armeria..", places("apps.server.api")),
        Map.entry("org.jdbi..", places("platform.store")),
        Map.entry("org.postgresql..", places("platform.store")),
        Map.entry("com.zaxxer..", places("platform.store")),
        Map.entry("org.flywaydb..", places("platform.store")),
        Map.entry("java.sql..", places("platform.store", "apps.server")),
        Map.entry("com.amazon..", places("platform.keys")),
        Map.entry("io.micrometer..", places("apps.server.metrics")),
        Map.entry("io.opentelemetry..", places("apps.server.tracing")),
        Map.entry(
            "tools.jackson..", places("protocols.est.client", "connectors.mosquitto", "apps")),
        Map.entry("picocli..", places("apps.cli", "apps.agent", "apps.fleet", "trials")),
        Map.entry("ch.qos.logback..", places("apps.server.config", "apps.fleet")));
  }

  private static String[] places(String... places) {
    return places;
  }

  private ArchRule clocks() {
    return noClasses()
        .that(areNot(CLOCKS))
        .should()
        .accessTargetWhere(
            describe("read the host's clock", access -> readsAClock(access.getTarget())));
  }

  private static boolean readsAClock(AccessTarget target) {
    JavaClass owner = target.getOwner();
    String name = target.getName();
    if (owner.isEquivalentTo(System.class)) {
      return name.equals("currentTimeMillis");
    }
    if (owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class)) {
      return name.startsWith("system") || name.startsWith("tick");
    }
    if (owner.isEquivalentTo(Date.class)) {
      return target instanceof AccessTarget.ConstructorCallTarget made
          && made.getRawParameterTypes().isEmpty();
    }
    return owner.getPackageName().equals("java.time") && name.equals("now");
  }

  private ArchRule output() {
    return noClasses()
        .that(areNot(MAINS))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err");
  }

  private static ArchRule stackTraces() {
    return noClasses()
        .should()
        .accessTargetWhere(
            describe(
                "print a stack trace",
                access -> access.getTarget().getName().equals("printStackTrace")));
  }

  private static ArchRule logging() {
    return noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");
  }

  private ArchRule exits() {
    return noClasses()
        .that(areNot(MAINS))
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class);
  }

  private ArchRule none(String who, String... whom) {
    return noClasses()
        .that()
        .resideInAPackage(in(who))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Stream.of(whom).map(this::in).toArray(String[]::new));
  }

  private ArchRule onlyIn(String library, String... places) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(Stream.of(places).map(this::in).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .as(library + " is used only in " + String.join(", ", places));
  }

  private static String[] othersThan(String app) {
    return Stream.of("server", "console", "cli", "agent", "fleet")
        .filter(name -> !name.equals(app))
        .map(name -> "apps." + name)
        .toArray(String[]::new);
  }

  /// These classes or what is nested in them.
  private DescribedPredicate<JavaClass> areNot(Set<String> names) {
    return describe(
        "are not " + String.join(", ", names),
        found ->
            names.stream()
                .map(name -> root + "." + name)
                .noneMatch(name ->
                    found.getName().equals(name) || found.getName().startsWith(name + "$")));
  }

  private String in(String packages) {
    return root + "." + packages + "..";
  }
}

package io.cardea.life;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tree tells the life of a device: a package of life uses only those that come before it. */
class PackageOrderTest {
  private static final List<String> ORDER =
      List.of(
          "ledger",
          "inventory",
          "attestation",
          "policy",
          "pki",
          "rotation",
          "enrolment",
          "secrets",
          "sessions",
          "findings");

  private static final JavaClasses LIFE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.cardea.life");

  @TestFactory
  Stream<DynamicTest> package_usesOnlyThoseBeforeIt() {
    return ORDER.stream()
        .limit(ORDER.size() - 1)
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () ->
                    noClasses()
                        .that()
                        .resideInAPackage("io.cardea.life." + name + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                            ORDER.subList(ORDER.indexOf(name) + 1, ORDER.size()).stream()
                                .map(later -> "io.cardea.life." + later + "..")
                                .toArray(String[]::new))
                        .allowEmptyShould(true)
                        .check(LIFE)));
  }

  @Test
  void life_knowsNoDatabaseNoHttpNoFramework() {
    noClasses()
        .that()
        .resideInAPackage("io.cardea.life..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "java.net.http..",
            "io.netty..",
            "com.linecorp..",
            "org.jdbi..",
            "org.postgresql..",
            "tools.jackson..",
            "io.micrometer..")
        .check(LIFE);
  }

  @Test
  void bouncyCastle_staysInPki() {
    noClasses()
        .that()
        .resideInAPackage("io.cardea.life..")
        .and()
        .resideOutsideOfPackage("io.cardea.life.pki..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .allowEmptyShould(true)
        .check(LIFE);
  }
}

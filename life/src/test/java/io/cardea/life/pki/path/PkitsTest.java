package io.cardea.life.pki.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.path.PathQuestion.Policies;
import io.cardea.life.pki.path.PathQuestion.Purpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// NIST's PKITS. No test that is to be refused may be accepted; those that are to be accepted and
/// are not stand here by number, each with the reason.
///
/// The suite is of 2001 and signs with SHA-1 under RSA of 1,024 bits, so the judgement of
/// algorithms is replaced here, and nothing else.
class PkitsTest {
  private static final Instant AT = Instant.parse("2010-06-01T12:00:00Z");
  private static final Path DATA = Path.of("src/test/resources/pkits");
  private static final String POLICY = "2.16.840.1.101.3.2.1.48.";

  private static final String DSA = "DSA is not supported";
  private static final String INDIRECT = "indirect revocation lists are not supported";
  private static final String OTHER_KEY =
      "a revocation list counts that was signed by a key in the path above the certificate";

  /// Refused, and why. docs/protocols/path-validation.md tells it to people.
  private static final Map<String, String> FALSE_REFUSALS =
      Map.ofEntries(
          Map.entry("4.1.4", DSA),
          Map.entry("4.1.5", DSA),
          Map.entry("4.4.19", OTHER_KEY),
          Map.entry("4.5.4", OTHER_KEY),
          Map.entry("4.5.6", OTHER_KEY),
          Map.entry("4.14.22", INDIRECT),
          Map.entry("4.14.24", INDIRECT),
          Map.entry("4.14.25", INDIRECT),
          Map.entry("4.14.28", INDIRECT),
          Map.entry("4.14.29", INDIRECT),
          Map.entry("4.14.30", INDIRECT),
          Map.entry("4.14.33", INDIRECT));

  private static final Signatures OF_2001 =
      new Signatures() {
        private static final String SHA1_WITH_RSA = "300d06092a864886f70d0101050500";

        @Override
        public Optional<String> refusal(
            byte[] issuerKey, byte[] algorithm, byte[] toBeSigned, byte[] signature) {
          if (!HexFormat.of().formatHex(algorithm).equals(SHA1_WITH_RSA)) {
            return Optional.of("not an algorithm of this test");
          }
          try {
            Signature verifier = Signature.getInstance("SHA1withRSA");
            verifier.initVerify(
                KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(issuerKey)));
            verifier.update(toBeSigned);
            return verifier.verify(signature) ? Optional.empty() : Optional.of("wrong");
          } catch (GeneralSecurityException e) {
            return Optional.of("unreadable");
          }
        }

        @Override
        public Optional<String> refusalOf(byte[] key) {
          return Optional.empty();
        }
      };

  private record Line(
      String test, String leaf, boolean accept, Set<String> policies, Set<String> inputs) {}

  private record Pool(List<Certificate> certificates, List<RevocationList> lists) {}

  @TestFactory
  Stream<DynamicTest> every_testIsDecidedAsItShould() throws Exception {
    Pool pool = pool();
    PathValidation validation = new PathValidation(OF_2001);
    return lines().stream()
        .map(line ->
            DynamicTest.dynamicTest(
                line.test() + " " + line.leaf(),
                () -> {
                  boolean expected = line.accept() && !FALSE_REFUSALS.containsKey(line.test());
                  PathJudgement judgement = judge(validation, line, pool);

                  assertThat(judgement.trusted()).as(judgement.refusal()).isEqualTo(expected);
                }));
  }

  @Test
  void falseRefusals_areTestsThatAreToBeAccepted() throws Exception {
    Set<String> accepted =
        lines().stream().filter(Line::accept).map(Line::test).collect(Collectors.toSet());

    assertThat(accepted).containsAll(FALSE_REFUSALS.keySet());
  }

  private static PathJudgement judge(PathValidation validation, Line line, Pool pool)
      throws IOException {
    Certificate leaf;
    try {
      leaf = Certificate.parse(read("certs/" + line.leaf() + "EE.crt"));
    } catch (Refused e) {
      return new PathJudgement(
          List.of(), List.of(new PathStep(PathStep.Outcome.FAILED, "read", "", e.detail(), "DER")));
    }
    Certificate anchor = Certificate.of(read("certs/TrustAnchorRootCertificate.crt"));
    // What the suite hands out with a test: whoever is named above the leaf, and their lists.
    Set<X500Principal> wanted = new HashSet<>(Set.of(leaf.toX509().getIssuerX500Principal()));
    List<Certificate> candidates = new ArrayList<>();
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Certificate each : pool.certificates()) {
        if (wanted.contains(each.toX509().getSubjectX500Principal())
            && !each.equals(anchor)
            && !candidates.contains(each)) {
          candidates.add(each);
          wanted.add(each.toX509().getIssuerX500Principal());
          grown = true;
        }
      }
    }
    List<RevocationList> lists =
        pool.lists().stream().filter(list -> wanted.contains(list.issuerName())).toList();
    return validation.judge(
        new PathQuestion(
            leaf,
            candidates,
            List.of(anchor),
            lists,
            true,
            AT,
            Purpose.ANY,
            new Policies(
                line.policies(),
                line.inputs().contains("explicit"),
                line.inputs().contains("inhibit-mapping"),
                line.inputs().contains("inhibit-any"))));
  }

  private static List<Line> lines() throws IOException {
    return Files.readAllLines(DATA.resolve("expectations.txt"), StandardCharsets.UTF_8).stream()
        .filter(text -> !text.startsWith("#"))
        .map(text -> text.split("\\|"))
        .map(parts ->
            new Line(
                parts[0],
                parts[1],
                parts[2].equals("accept"),
                parts[3].equals("-")
                    ? Set.of()
                    : Arrays.stream(parts[3].split(","))
                        .map(number -> POLICY + number)
                        .collect(Collectors.toSet()),
                Set.of(parts[4])))
        .toList();
  }

  private static Pool pool() throws IOException {
    List<Certificate> certificates = new ArrayList<>();
    List<RevocationList> lists = new ArrayList<>();
    for (Path file : files("certs")) {
      try {
        certificates.add(Certificate.parse(Files.readAllBytes(file)));
      } catch (Refused unreadable) {
        assertThat(file.toString()).contains("NegativeSerialNumber");
      }
    }
    for (Path file : files("crls")) {
      try {
        lists.add(RevocationList.parse(Files.readAllBytes(file)));
      } catch (Refused unreadable) {
        assertThat(file.toString()).contains("NegativeSerialNumber");
      }
    }
    return new Pool(certificates, lists);
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(DATA.resolve(folder))) {
      return files.sorted().toList();
    }
  }

  private static byte[] read(String name) throws IOException {
    return Files.readAllBytes(DATA.resolve(name));
  }
}

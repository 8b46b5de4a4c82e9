package io.cardea.apps.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.HostCeremony;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Pem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A root without a server; `openssl` makes the requests and judges the result.
class CeremonyTest {
  private static final String PASSPHRASE = "correct horse battery";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void request() throws Exception {
    Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
    openssl(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout issuing.key -subj"
            + " /O=Example/CN=Factory -out factory.csr");
  }

  @Test
  void rootAndWhatItSigned_areGoodForOpenSsl() throws Exception {
    assertThat(
            ceremony(
                "--subject",
                "CN=Example Root,O=Example",
                "--request",
                in("factory.csr"),
                "--yes",
                "--crl-url",
                "http://pki.example.com/root.crl",
                "--root-url",
                "http://pki.example.com/root.cer"))
        .as(err.toString())
        .isZero();

    openssl("verify -x509_strict -CAfile root/root.pem " + issued());
    assertThat(openssl("x509 -in " + issued() + " -noout -text"))
        .contains("Subject: O = Example, CN = Factory")
        .containsPattern("Basic Constraints: critical\\s+CA:TRUE, pathlen:0")
        .contains("URI:http://pki.example.com/root.crl")
        .contains("CA Issuers - URI:http://pki.example.com/root.cer");
    assertThat(openssl("pkey -in root/root.key -passin file:passphrase -noout -text"))
        .contains("secp384r1");
    assertThat(Files.getPosixFilePermissions(folder.resolve("root/root.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    String transcript = Files.readString(transcripts().getFirst());
    assertThat(transcript)
        .contains("Alice and Bob: begin, without being asked (--yes)")
        .contains("key made in a file under a passphrase")
        .contains("root made: ")
        .contains("request read: CN=Factory,O=Example, EC_P256; its key proved")
        .contains("issued, as issued-")
        .doesNotContain(PASSPHRASE);
    assertThat(run("ca", "ceremony", "verify", transcripts().getFirst().toString())).isZero();
    assertThat(out.toString()).contains("whole; last digest ");
  }

  @Test
  void rootIsUsedAgain_andItsPassphraseIsAsked() throws Exception {
    assertThat(ceremony("--subject", "CN=Example Root", "--yes")).as(err.toString()).isZero();
    String root = Files.readString(folder.resolve("root/root.pem"));
    Files.writeString(folder.resolve("passphrase"), "something else\n");
    assertThat(ceremony("--request", in("factory.csr"), "--yes")).isEqualTo(1);
    assertThat(err.toString()).contains("the key does not open");
    Files.writeString(folder.resolve("passphrase"), PASSPHRASE);

    assertThat(ceremony("--request", in("factory.csr"), "--yes")).as(err.toString()).isZero();

    assertThat(Files.readString(folder.resolve("root/root.pem"))).isEqualTo(root);
    openssl("verify -CAfile root/root.pem " + issued());
  }

  @Test
  void rootsList_namesWhatWasRevoked_andKeepsItInTheNext() throws Exception {
    assertThat(ceremony("--subject", "CN=Example Root", "--request", in("factory.csr"), "--yes"))
        .as(err.toString())
        .isZero();
    String factory = folder.resolve(issued()).toString();
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout o.key -subj /CN=Other -out other.pem");
    assertThat(ceremony("--list", "--yes")).as(err.toString()).isZero();
    openssl("crl -inform DER -in root/root.crl -CAfile root/root.pem -out first.pem");
    openssl("verify -crl_check -CAfile root/root.pem -CRLfile first.pem " + issued());

    assertThat(ceremony("--revoke", factory, "--reason", "ca-compromise", "--yes"))
        .as(err.toString())
        .isZero();
    assertThat(ceremony("--list", "--list-life", "10d", "--yes")).as(err.toString()).isZero();
    assertThat(ceremony("--revoke", in("other.pem"), "--yes")).isEqualTo(1);

    assertThat(err.toString()).contains("was not signed by this root");
    String list = openssl("crl -inform DER -in root/root.crl -CAfile root/root.pem -noout -text");
    assertThat(list)
        .contains("verify OK")
        .containsPattern("X509v3 CRL Number: \\s+3")
        .containsPattern("Serial Number: [0-9A-F]+\\s")
        .contains("CA Compromise");
    assertThat(list.split("Serial Number: ", -1)).hasSize(2);
  }

  @Test
  void twoPeople_readBackWhatTheySee() throws Exception {
    List<String> asked = new ArrayList<>();
    CeremonyAnswers people =
        (id, question) -> {
          asked.add(question);
          return id.contains("fingerprint") ? lastShown() : "yes";
        };

    hold(people).hold();

    assertThat(asked)
        .hasSize(12)
        .anyMatch(one -> one.startsWith("Alice, read back the last 8 digits"))
        .anyMatch(one -> one.startsWith("Bob, sign CN=Factory,O=Example"));
    assertThat(Files.readString(transcripts().getFirst()))
        .contains("Alice: confirmed: read back the last 8 digits of request-fingerprint")
        .contains("Bob: confirmed: read back the last 8 digits of request-fingerprint");
  }

  @Test
  void ceremoniesOfOneSecond_haveATranscriptEach() throws Exception {
    CeremonyAnswers people = (id, question) -> id.contains("fingerprint") ? lastShown() : "yes";

    hold(people).hold();
    hold(people).hold();

    assertThat(transcripts())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("transcript-20261122T101500Z.txt", "transcript-20261122T101500Z_2.txt");
  }

  @Test
  void personWhoReadsSomethingElse_endsIt() throws Exception {
    CeremonyAnswers people =
        (id, question) ->
            id.equals("request-fingerprint.witness")
                ? "00000000"
                : id.contains("fingerprint") ? lastShown() : "yes";

    Assertions.assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> hold(people).hold())
        .withMessageContaining("Bob did not confirm");

    assertThat(issuedFiles()).isEmpty();
    assertThat(run("ca", "ceremony", "verify", transcripts().getFirst().toString())).isEqualTo(1);
    assertThat(err.toString()).contains("breaks off");
  }

  @Test
  void answersOfAFile_areTakenByQuestion() throws Exception {
    Files.writeString(
        folder.resolve("answers"),
        """
        # for a root alone
        time.operator: yes
        time.witness: yes
        root.operator: yes
        root.witness: no
        """);

    assertThat(ceremony("--subject", "CN=R", "--answers", in("answers"))).isEqualTo(1);

    assertThat(err.toString()).contains("Bob did not confirm: make the root CN=R");
    assertThat(folder.resolve("root/root.pem")).doesNotExist();
  }

  @Test
  void changedTranscript_isFound() throws Exception {
    assertThat(ceremony("--subject", "CN=Example Root", "--yes")).isZero();
    Path file = transcripts().getFirst();
    String text = Files.readString(file);
    Path other = folder.resolve("changed");
    for (String changed :
        List.of(
            text.replaceFirst("Bob", "Eve"),
            text.replaceFirst("(?m)^002.*\n", ""),
            text.substring(0, text.lastIndexOf("\n0") + 1))) {
      Files.writeString(other, changed);
      assertThat(run("ca", "ceremony", "verify", other.toString())).as(changed).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeSigned_isSaidBeforeAnythingIsMade() throws Exception {
    byte[] der = Pem.decode(Files.readString(folder.resolve("factory.csr"))).getFirst().der();
    der[der.length - 3] ^= 1; // in the signature
    Files.writeString(folder.resolve("bad.csr"), Pem.encode(Pem.REQUEST, der));

    assertThat(ceremony("--subject", "CN=R", "--request", in("bad.csr"), "--yes")).isEqualTo(1);
    assertThat(ceremony("--request", in("factory.csr"), "--yes")).isEqualTo(1);
    assertThat(ceremony("--subject", "CN=R", "--witness", "alice", "--yes")).isEqualTo(1);

    assertThat(err.toString()).contains("csr-").contains("give --subject").contains("one person");
    assertThat(folder.resolve("root/root.key")).doesNotExist();
  }

  private Ceremony hold(CeremonyAnswers people) {
    return new Ceremony(
        new Ceremony.Plan(
            folder.resolve("root"),
            Optional.of("CN=Example Root"),
            CertKey.EC_P256,
            Duration.ofDays(3650),
            Optional.of(folder.resolve("factory.csr")),
            Duration.ofDays(365),
            Optional.empty(),
            Optional.empty(),
            Optional.of(folder.resolve("passphrase")),
            Optional.empty()),
        new Ceremony.People(Optional.of("Alice"), Optional.of("Bob"), Optional.of(people)),
        new HostCeremony(Optional.empty()),
        InstantSource.fixed(Instant.parse("2026-11-22T10:15:00Z")),
        new PrintWriter(out, true));
  }

  /// The end of the last fingerprint on the screen.
  private String lastShown() {
    String last =
        out.toString().lines().filter(line -> line.contains("fingerprint: ")).toList().getLast();
    return last.substring(last.length() - 9);
  }

  private int ceremony(String... more) {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "ca",
                    "ceremony",
                    in("root"),
                    "--passphrase-file",
                    in("passphrase"),
                    "--operator",
                    "Alice"),
                Stream.concat(
                    List.of(more).contains("--witness")
                        ? Stream.empty()
                        : Stream.of("--witness", "Bob"),
                    Stream.of(more)))
            .toList();
    return run(all.toArray(String[]::new));
  }

  private int run(String... arguments) {
    return Cardea.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
  }

  private String in(String name) {
    return folder.resolve(name).toString();
  }

  private String issued() throws IOException {
    return "root/" + issuedFiles().getFirst().getFileName();
  }

  private List<Path> issuedFiles() throws IOException {
    return files("issued-");
  }

  private List<Path> transcripts() throws IOException {
    return files("transcript-");
  }

  private List<Path> files(String prefix) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("root"))) {
      return all.filter(one -> one.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  private String openssl(String arguments) throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of("openssl"), Stream.of(arguments.split(" "))).toList();
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}

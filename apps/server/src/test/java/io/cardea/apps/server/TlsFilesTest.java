package io.cardea.apps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.server.config.TlsFileSettings;
import io.cardea.apps.server.watch.Look;
import io.cardea.life.pki.JdkBackend;
import io.cardea.life.pki.OpenSsl;
import io.cardea.life.testing.NeedsTool;
import io.cardea.life.testing.SettableTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server certificate that another program keeps up to date, made by `openssl`.
@NeedsTool("openssl")
class TlsFilesTest {
  @TempDir private Path folder;
  private final SettableTime time = new SettableTime(Instant.now().plusSeconds(60));
  private OpenSsl openssl;

  @BeforeEach
  void makePki() throws Exception {
    openssl = new OpenSsl(folder);
    root("root");
    server("first", "root", "serverAuth", "DNS:*.example.org,IP:192.0.2.7", 30, "ec");
    server("rsa", "root", "serverAuth", "DNS:edge.example.org,IP:192.0.2.7", 30, "rsa");
    use("first");
  }

  @Test
  void replacement_servesWithoutARestart() throws Exception {
    TlsFiles files = TlsFiles.open(settings(), new JdkBackend(), time);
    assertThat(files.look()).isInstanceOf(Look.Fine.class);
    Object before = files.material();
    files.renewIfDue();
    assertThat(files.material()).as("nothing changed").isSameAs(before);
    server("second", "root", "serverAuth", "DNS:edge.example.org,IP:192.0.2.7", 60, "ec");

    use("second");
    files.renewIfDue();

    assertThat(files.material()).isNotSameAs(before);
    assertThat(files.chain().certificates()).as("the root is left out").hasSize(1);
    assertThat(files.chain().certificates().getFirst().getNotAfter().toInstant())
        .isAfter(time.instant().plus(Duration.ofDays(50)));
    assertThat(files.notAfter())
        .as("that of the RSA one, which ends first")
        .isBefore(time.instant().plus(Duration.ofDays(31)));
    assertThat(files.anchors()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "root, serverAuth, 'DNS:other.example.org,IP:192.0.2.7', 30, does not name edge.example.org",
    "root, serverAuth, DNS:edge.example.org, 30, does not name 192.0.2.7",
    "root, clientAuth, 'DNS:edge.example.org,IP:192.0.2.7', 30, not one of a server",
    "other, serverAuth, 'DNS:edge.example.org,IP:192.0.2.7', 30, authority",
    "root, serverAuth, 'DNS:edge.example.org,IP:192.0.2.7', -1, bad.pem"
  })
  void badReplacement_isNotUsed_andSaid(
      String issuer, String use, String names, int days, String why) throws Exception {
    root("other");
    TlsFiles files = TlsFiles.open(settings(), new JdkBackend(), time);
    Object before = files.material();
    server("bad", issuer, use, names, days, "ec");

    use("bad");
    files.renewIfDue();

    assertThat(files.material()).isSameAs(before);
    assertThat(files.look()).isInstanceOf(Look.Wrong.class);
    assertThat(files.look().detail())
        .contains(why.replace("bad.pem", "tls.pem"))
        .contains("the one before is shown, until");
    use("first");
    files.renewIfDue();
    assertThat(files.look()).isInstanceOf(Look.Fine.class);
  }

  @Test
  void keyThatIsAnothersOrOpenOrNone_isNotUsed() throws Exception {
    TlsFiles files = TlsFiles.open(settings(), new JdkBackend(), time);
    Files.copy(in("rsa.key"), in("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    files.renewIfDue();
    assertThat(files.look().detail()).contains("not a key of the certificate's kind");
    server("another", "root", "serverAuth", "DNS:x", 30, "ec");
    Files.copy(in("another.key"), in("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    files.renewIfDue();
    assertThat(files.look().detail()).contains("another's");
    Files.writeString(in("tls.key"), "garbage");
    files.renewIfDue();
    assertThat(files.look().detail()).contains("0 keys in PKCS#8").doesNotContain("garbage");
    Files.delete(in("tls.key"));
    files.renewIfDue();
    assertThat(files.look().detail()).contains("cannot be read");
    use("first");
    Files.setPosixFilePermissions(in("tls.key"), PosixFilePermissions.fromString("rw-r--r--"));
    files.renewIfDue();
    assertThat(files.look().detail()).contains("open to others");
  }

  @Test
  void nothingGood_isNoStart() throws Exception {
    Files.writeString(in("tls.pem"), "");
    assertThatThrownBy(() -> TlsFiles.open(settings(), new JdkBackend(), time))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tls.pem");
  }

  @Test
  void certificateNearItsEnd_isAnAlarm() throws Exception {
    TlsFiles files = TlsFiles.open(settings(), new JdkBackend(), time);
    time.pass(Duration.ofDays(24));
    assertThat(files.look()).isInstanceOf(Look.Fine.class);
    time.pass(Duration.ofDays(2));
    assertThat(files.look()).isInstanceOf(Look.Wrong.class);
  }

  @Test
  void twoOfAKind_areNotUsed() {
    TlsFileSettings.Pair first = new TlsFileSettings.Pair(in("first.pem"), in("first.key"));
    assertThatThrownBy(() ->
            TlsFiles.open(
                new TlsFileSettings(List.of(first, first), in("root.pem"), List.of()),
                new JdkBackend(),
                time))
        .hasMessageContaining("one EC chain, one RSA chain");
  }

  private TlsFileSettings settings() {
    return new TlsFileSettings(
        List.of(
            new TlsFileSettings.Pair(in("tls.pem"), in("tls.key")),
            new TlsFileSettings.Pair(in("rsa.pem"), in("rsa.key"))),
        in("root.pem"),
        List.of("edge.example.org", "192.0.2.7"));
  }

  private Path in(String name) {
    return folder.resolve(name);
  }

  private void use(String name) throws IOException {
    for (String kind : List.of(".pem", ".key")) {
      Files.copy(in(name + kind), in("tls" + kind), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setPosixFilePermissions(in("tls.key"), PosixFilePermissions.fromString("rw-r-----"));
  }

  private void root(String name) throws Exception {
    openssl.run(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        name + ".key",
        "-subj",
        "/CN=" + name,
        "-days",
        "100",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
        "-out",
        name + ".pem");
  }

  private void server(String name, String issuer, String use, String names, int days, String kind)
      throws Exception {
    Files.writeString(
        in("ext"),
        "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage="
            + use
            + "\nsubjectAltName="
            + names
            + "\n");
    openssl.run(
        "req",
        "-new",
        "-newkey",
        kind,
        "-pkeyopt",
        kind.equals("ec") ? "ec_paramgen_curve:P-256" : "rsa_keygen_bits:2048",
        "-nodes",
        "-keyout",
        name + ".key",
        "-subj",
        "/CN=" + name,
        "-out",
        name + ".csr");
    openssl.run(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        issuer + ".pem",
        "-CAkey",
        issuer + ".key",
        "-set_serial",
        "77",
        "-days",
        Integer.toString(days),
        "-extfile",
        "ext",
        "-out",
        name + ".pem");
    Files.setPosixFilePermissions(in(name + ".key"), PosixFilePermissions.fromString("rw-------"));
  }
}

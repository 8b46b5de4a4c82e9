package io.cardea.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.testing.NeedsTool;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The envelope of a sealed backup, with the keys and the eyes of OpenSSL.
@NeedsTool("openssl")
class BackupRecipientTest {
  @TempDir Path folder;

  private final SecretKey key = fresh();

  private static SecretKey fresh() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return new SecretKeySpec(bytes, "AES");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa:3072",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384"
      })
  void recipient_opensIt_andSoDoesOpenSsl(String kind) throws Exception {
    X509Certificate certificate = recipient("r", kind);

    byte[] envelope = BackupRecipient.envelope(key, certificate);

    assertThat(BackupRecipient.open(envelope, privateKey("r")).getEncoded())
        .isEqualTo(key.getEncoded());
    Files.write(folder.resolve("envelope"), envelope);
    openssl("cms -decrypt -inform DER -in envelope -inkey r.key -binary -out opened");
    assertThat(Files.readAllBytes(folder.resolve("opened"))).isEqualTo(key.getEncoded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"})
  void otherKeys_andAlteredEnvelopes_openNothing(String kind) throws Exception {
    byte[] envelope = BackupRecipient.envelope(key, recipient("r", kind));
    recipient("other", kind);
    recipient("rsa", "rsa:2048");
    recipient("ec", "ec -pkeyopt ec_paramgen_curve:P-384");

    for (String other : List.of("other", "rsa", "ec")) {
      assertThatThrownBy(() -> BackupRecipient.open(envelope, privateKey(other)))
          .isInstanceOf(GeneralSecurityException.class);
    }
    PrivateKey right = privateKey("r");
    for (int i = 0; i < envelope.length; i += 7) {
      byte[] altered = envelope.clone();
      altered[i] ^= 1;
      SecretKey opened;
      try {
        opened = BackupRecipient.open(altered, right);
      } catch (GeneralSecurityException e) {
        continue;
      }
      // A name of the recipient may be altered, or a version: never what is opened.
      assertThat(opened.getEncoded()).isEqualTo(key.getEncoded());
    }
  }

  @Test
  void certificateForSignaturesAlone_isNoRecipient() throws Exception {
    X509Certificate signer = recipient("r", "rsa:2048 -addext keyUsage=digitalSignature");

    assertThatThrownBy(() -> BackupRecipient.envelope(key, signer))
        .hasMessageContaining("keyEncipherment");
    X509Certificate edwards = recipient("e", "ed25519");
    assertThatThrownBy(() -> BackupRecipient.envelope(key, edwards))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("RSA or EC");
  }

  @Test
  void privateKey_isReadInEveryForm_andNothingElseIs() throws Exception {
    recipient("r", "ec -pkeyopt ec_paramgen_curve:P-256");
    openssl("ec -in r.key -out sec1.pem");

    assertThat(BackupRecipient.readKey(Files.readString(folder.resolve("sec1.pem"))))
        .isEqualTo(privateKey("r"));
    openssl("pkcs8 -topk8 -in r.key -passout pass:x -out locked.pem");
    for (String file : List.of("locked.pem", "r.pem")) {
      assertThatThrownBy(() -> BackupRecipient.readKey(Files.readString(folder.resolve(file))))
          .isInstanceOf(GeneralSecurityException.class);
    }
  }

  @Test
  void seal_isOfItsWrappingKeyAlone() throws Exception {
    WrappingKey one = WrappingKey.readOrCreate(folder.resolve("one"));
    WrappingKey other = WrappingKey.readOrCreate(folder.resolve("other"));
    byte[] digest = new byte[32];

    assertThat(one.seal(digest))
        .hasSize(32)
        .isEqualTo(WrappingKey.read(folder.resolve("one")).seal(digest))
        .isNotEqualTo(other.seal(digest))
        .isNotEqualTo(one.seal(new byte[] {1}));
    assertThat(one.text()).isEqualTo(Files.readAllBytes(folder.resolve("one")));
  }

  private X509Certificate recipient(String name, String kind) throws Exception {
    openssl(
        "req -x509 -nodes -days 3650 -subj /CN=%1$s -newkey %2$s -keyout %1$s.key -out %1$s.pem"
            .formatted(name, kind));
    try (InputStream pem = Files.newInputStream(folder.resolve(name + ".pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }

  private PrivateKey privateKey(String name) throws Exception {
    return BackupRecipient.readKey(Files.readString(folder.resolve(name + ".key")));
  }

  private void openssl(String arguments) throws Exception {
    Process process =
        new ProcessBuilder(("openssl " + arguments).split(" "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("openssl.log"))).isZero();
  }
}

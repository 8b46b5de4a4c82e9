package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.testing.NeedsTool;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What we issue, as OpenSSL sees it.
@NeedsTool("openssl")
class ChainTest {
  private static final Profile DEVICE = Profile.device("fleet.internal", Duration.ofDays(90));
  private static final Profile DEVICE_OF_ANY_KEY = DEVICE.withKeys(anyForTls());
  private static final String AT = Long.toString(Ceremony.AT.getEpochSecond());

  @TempDir private Path folder;
  private OpenSsl openssl;

  @BeforeEach
  void openssl() {
    openssl = new OpenSsl(folder);
  }

  @ParameterizedTest
  @EnumSource(names = "ML_DSA.*", mode = EnumSource.Mode.MATCH_NONE) // OpenSSL learnt it in 3.5
  void chain_verifiesForAllKindsOfKey(CertKey kind) throws Exception {
    Ceremony ceremony = new Ceremony(kind, kind);
    writeChain(ceremony, issue(ceremony, kind, "pump-17"));
    assertThat(verify("-purpose", "sslclient")).contains("leaf.pem: OK");
  }

  @Test
  void deviceCertificate_saysWhatItShould() throws Exception {
    Ceremony ceremony = new Ceremony();
    writeChain(ceremony, issue(ceremony, CertKey.EC_P256, "pump-17"));
    String text = openssl.run("x509", "-in", "leaf.pem", "-noout", "-text");
    assertThat(text)
        .contains("Version: 3 (0x2)")
        .contains("ecdsa-with-SHA256")
        .contains("Issuer: CN = Test Issuing")
        .contains("Subject: CN = pump-17")
        .contains("Not Before: Nov 21 11:00:00 2026 GMT")
        .contains("Not After : Feb 19 12:00:00 2027 GMT")
        .containsPattern("Basic Constraints: critical\\s+CA:FALSE")
        .containsPattern("Key Usage: critical\\s+Digital Signature\\s*\n")
        .containsPattern("Extended Key Usage: *\\s+TLS Web Client Authentication\\s*\n")
        .contains("URI:spiffe://fleet.internal/device/pump-17")
        .contains("URI:http://pki.example.com:8080/crl/" + ceremony.issuing.id() + "/0.crl")
        .contains(
            "CA Issuers - URI:http://pki.example.com:8080/ca/" + ceremony.issuing.id() + ".cer");
    assertThatThrownBy(() -> verify("-purpose", "sslserver"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unsuitable certificate purpose");
  }

  @Test
  void authorities_sayWhatTheyShould() throws Exception {
    Ceremony ceremony = new Ceremony();
    writeChain(ceremony, issue(ceremony, CertKey.EC_P256, "pump-17"));
    assertThat(openssl.run("x509", "-in", "root.pem", "-noout", "-text"))
        .contains("ASN1 OID: secp384r1")
        .contains("ecdsa-with-SHA384")
        .containsPattern("Basic Constraints: critical\\s+CA:TRUE\\s*\n")
        .containsPattern("Key Usage: critical\\s+Certificate Sign, CRL Sign\\s*\n")
        .contains("Subject Key Identifier")
        .contains("Authority Key Identifier")
        .contains("Not After : Nov 21 12:00:00 2046 GMT");
    assertThat(openssl.run("x509", "-in", "issuing.pem", "-noout", "-text"))
        .contains("ASN1 OID: prime256v1")
        .containsPattern("Basic Constraints: critical\\s+CA:TRUE, pathlen:0")
        .containsPattern("Key Usage: critical\\s+Certificate Sign, CRL Sign\\s*\n")
        .contains("/crl/" + ceremony.root.id() + "/0.crl")
        .contains("/ca/" + ceremony.root.id() + ".cer")
        .contains("Not After : Nov 21 12:00:00 2031 GMT");
  }

  @Test
  void serverCertificate_verifiesForItsHost() throws Exception {
    Ceremony ceremony = new Ceremony();
    IssuanceRequest request =
        IssuanceRequest.forServer(
            List.of("edge.example.com", "192.0.2.7"),
            ceremony.newKey(CertKey.RSA_2048_AND_UP),
            Ceremony.AT);
    Prepared ticket = ceremony.issuer.prepare(Profile.server(Duration.ofDays(30)), request);
    writeChain(ceremony, ceremony.issuer.issue(ticket));
    assertThat(verify("-purpose", "sslserver", "-verify_hostname", "edge.example.com"))
        .contains("OK");
    assertThat(verify("-purpose", "sslserver", "-verify_ip", "192.0.2.7")).contains("OK");
    assertThat(openssl.run("x509", "-in", "leaf.pem", "-noout", "-text"))
        .containsPattern("Key Usage: critical\\s+Digital Signature, Key Encipherment\\s*\n");
    assertThatThrownBy(() -> verify("-verify_hostname", "other.example.com"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void revocationLists_areObeyed() throws Exception {
    Ceremony ceremony = new Ceremony();
    IssuedCertificate good = issue(ceremony, CertKey.EC_P256, "pump-17");
    IssuedCertificate bad = issue(ceremony, CertKey.EC_P256, "pump-18");
    writeCrl("root-crl.pem", ceremony.root, ceremony.rootKey, List.of());
    writeCrl(
        "crl.pem",
        ceremony.issuing,
        ceremony.issuingKey,
        List.of(
            new Crl.Entry(bad.serial(), Ceremony.AT, 1),
            new Crl.Entry(new Serial(BigInteger.TWO.pow(127)), Ceremony.AT, 0)));
    String[] check = {
      "-crl_check_all", "-extended_crl", "-CRLfile", "crl.pem", "-CRLfile", "root-crl.pem"
    };
    writeChain(ceremony, good);
    assertThat(verify(check)).contains("leaf.pem: OK");
    writeChain(ceremony, bad);
    assertThatThrownBy(() -> verify(check))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("certificate revoked");
  }

  @Test
  void revocationListOfARoot_coversItsWholeScope() throws Exception {
    Ceremony ceremony = new Ceremony();
    writeCrl("crl.pem", ceremony.root, ceremony.rootKey, List.of());
    assertThat(openssl.run("crl", "-in", "crl.pem", "-noout", "-text"))
        .contains("No Revoked Certificates")
        .doesNotContain("Issuing Distribution Point");
  }

  @Test
  void revocationList_saysWhatItShould() throws Exception {
    Ceremony ceremony = new Ceremony();
    IssuedCertificate bad = issue(ceremony, CertKey.EC_P256, "pump-18");
    writeCrl(
        "crl.pem",
        ceremony.issuing,
        ceremony.issuingKey,
        List.of(new Crl.Entry(bad.serial(), Ceremony.AT.minusSeconds(60), 4)));
    writeChain(ceremony, bad);
    assertThat(openssl.run("crl", "-in", "crl.pem", "-noout", "-text", "-CAfile", "issuing.pem"))
        .contains("verify OK")
        .contains("Version 2 (0x1)")
        .contains("Last Update: Nov 21 12:00:00 2026 GMT")
        .contains("Next Update: Nov 22 12:00:00 2026 GMT")
        .containsPattern("X509v3 CRL Number: \\s+4711\\s")
        .contains("X509v3 Authority Key Identifier")
        .containsPattern("Issuing Distribution Point: critical\\s+Full Name:")
        .contains("URI:http://pki.example.com:8080/crl/" + ceremony.issuing.id() + "/0.crl")
        .containsIgnoringCase("Serial Number: " + bad.serial().hex().replaceFirst("^00", ""))
        .contains("Revocation Date: Nov 21 11:59:00 2026 GMT")
        .contains("Superseded");
  }

  @Test
  void certificateBag_isReadByOpenSsl() throws Exception {
    Ceremony ceremony = new Ceremony();
    List<Certificate> chain =
        List.of(
            issue(ceremony, CertKey.EC_P256, "pump-17").certificate(),
            ceremony.issuing.certificate(),
            ceremony.root.certificate());
    openssl.write("bag.p7", CertificateBag.encode(chain));
    String printed = openssl.run("pkcs7", "-inform", "DER", "-in", "bag.p7", "-print_certs");
    assertThat(Pem.certificates(printed)).isEqualTo(chain);
  }

  @Test
  void certificateBagOfOpenSsl_isRead() throws Exception {
    Ceremony ceremony = new Ceremony();
    writeChain(ceremony, issue(ceremony, CertKey.EC_P256, "pump-17"));
    openssl.run(
        "crl2pkcs7",
        "-nocrl",
        "-certfile",
        "issuing.pem",
        "-certfile",
        "root.pem",
        "-outform",
        "DER",
        "-out",
        "bag.p7");
    assertThat(CertificateBag.decode(Files.readAllBytes(folder.resolve("bag.p7"))))
        .containsExactlyInAnyOrder(ceremony.issuing.certificate(), ceremony.root.certificate());
  }

  private static Set<CertKey> anyForTls() {
    return Arrays.stream(CertKey.values()).filter(CertKey::fitsTls).collect(Collectors.toSet());
  }

  private static IssuedCertificate issue(Ceremony ceremony, CertKey kind, String id)
      throws Exception {
    IssuanceRequest request = IssuanceRequest.forDevice(id, ceremony.newKey(kind), Ceremony.AT);
    return ceremony.issuer.issue(ceremony.issuer.prepare(DEVICE_OF_ANY_KEY, request));
  }

  private void writeChain(Ceremony ceremony, IssuedCertificate leaf) throws IOException {
    openssl.write("root.pem", Pem.encode(ceremony.root.certificate()));
    openssl.write("issuing.pem", Pem.encode(ceremony.issuing.certificate()));
    openssl.write("leaf.pem", Pem.encode(Pem.CERTIFICATE, leaf.der()));
  }

  private void writeCrl(String file, Authority authority, AuthorityKey key, List<Crl.Entry> entries)
      throws Exception {
    Instant next = Ceremony.AT.plus(Duration.ofDays(1));
    Crl crl =
        Crl.sign(
            authority, key, Ceremony.URLS, 0, BigInteger.valueOf(4711), Ceremony.AT, next, entries);
    openssl.write(file, Pem.encode(Pem.CRL, crl.der()));
  }

  private String verify(String... options) throws IOException, InterruptedException {
    String[] all = new String[options.length + 9];
    System.arraycopy(
        new String[] {
          "verify",
          "-x509_strict",
          "-attime",
          AT,
          "-CAfile",
          "root.pem",
          "-untrusted",
          "issuing.pem"
        },
        0,
        all,
        0,
        8);
    System.arraycopy(options, 0, all, 8, options.length);
    all[all.length - 1] = "leaf.pem";
    return openssl.run(all);
  }
}

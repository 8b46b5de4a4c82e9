package io.cardea.protocols.est;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.pki.CertKey;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.util.ASN1Dump;
import org.bouncycastle.cms.CMSSignedData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// RFC 7030 and RFC 8951, section by section, and so as long as they are.
class EstServerTest {

  private TestFleet fleet;
  private TestClient anonymous;
  private KeyPair key;
  private byte[] csr;

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet();
    anonymous = new TestClient(fleet, Optional.empty());
    key = TestFleet.ec();
    csr = base64(Requests.csr(key));
  }

  @AfterEach
  void stop() {
    anonymous.close();
    fleet.close();
  }

  private static byte[] base64(byte[] der) {
    return Base64.getEncoder().encode(der);
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static List<? extends Certificate> certificates(HttpResponse<String> response)
      throws Exception {
    byte[] der = Base64.getDecoder().decode(response.body());
    Collection<? extends Certificate> all =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(der));
    return List.copyOf(all);
  }

  private void assertRefused(HttpResponse<String> response, int status, Refusal refusal) {
    assertThat(header(response, "Cardea-Code")).isEqualTo(refusal.code());
    assertThat(response.statusCode()).isEqualTo(status);
    if (status == 401) {
      assertThat(response.body()).isEmpty();
      assertThat(header(response, "WWW-Authenticate")).startsWith("Basic realm=");
    } else {
      assertThat(response.body()).startsWith(refusal.code() + ": " + refusal.meaning());
      assertThat(header(response, "Content-Type")).startsWith("text/plain");
    }
  }

  @Nested
  @DisplayName("RFC 7030 §3.2.2 - HTTP URIs for control")
  class Uris {

    @Test
    void knownLabel_isServed() throws Exception {
      assertThat(anonymous.send(anonymous.to("plant/cacerts")).statusCode()).isEqualTo(200);
      assertThat(anonymous.send(anonymous.postWithToken("plant/simpleenroll", csr)).statusCode())
          .isEqualTo(200);
      assertThat(fleet.applicants)
          .singleElement()
          .extracting(applicant -> applicant.deviceClass().orElse("none"))
          .isEqualTo("plant");
    }

    @Test
    void attributesUnderALabel_areThoseOfItsClass() throws Exception {
      HttpResponse<String> own = anonymous.send(anonymous.to("plant/csrattrs"));

      assertThat(own.statusCode()).isEqualTo(200);
      assertThat(own.body()).isNotEqualTo(anonymous.send(anonymous.to("csrattrs")).body());
    }

    @Test
    void unknownLabelAndOperation_areNotFound() throws Exception {
      assertThat(anonymous.send(anonymous.to("other/csrattrs")).statusCode()).isEqualTo(404);
      assertThat(anonymous.send(anonymous.postWithToken("other/simpleenroll", csr)).statusCode())
          .isEqualTo(404);
      assertThat(fleet.applicants).isEmpty();
      assertThat(anonymous.send(anonymous.to("other/cacerts")).statusCode()).isEqualTo(404);
      assertThat(anonymous.send(anonymous.to("nothing")).statusCode()).isEqualTo(404);
    }

    @Test
    void wrongMethod_isNamed() throws Exception {
      HttpResponse<String> response = anonymous.send(anonymous.to("simpleenroll"));
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(header(response, "Allow")).isEqualTo("POST");
    }
  }

  @Nested
  @DisplayName("RFC 7030 §3.2.3 - HTTP-based client authentication")
  class HttpAuthentication {

    @Test
    void anonymousClient_isChallengedWithoutABody() throws Exception {
      HttpResponse<String> response = anonymous.send(anonymous.post("simpleenroll", csr));
      assertRefused(response, 401, Refusal.AUTHENTICATION_REQUIRED);
      assertThat(header(response, "Content-Length")).isEqualTo("0");
      assertThat(header(response, "Cardea-Accepted-Keys")).isEqualTo("ec-p256, ec-p384, rsa-2048+");
    }

    @Test
    void askingFirstWithoutCredentials_isNoFailedAttempt() throws Exception {
      anonymous.send(anonymous.post("simpleenroll", csr));
      assertThat(fleet.applicants).isEmpty();
      assertThat(fleet.refusals).isEmpty();
    }

    @Test
    void idWithColons_isDividedAtTheLastOne() throws Exception {
      fleet.scripted.add(new Answer.Wait(Duration.ofSeconds(1)));
      anonymous.send(
          anonymous
              .post("simpleenroll", csr)
              .header("Authorization", TestClient.basic("urn:dev:17", TestFleet.TOKEN)));
      assertThat(fleet.applicants)
          .containsExactly(
              new Applicant(
                  Optional.empty(),
                  false,
                  Optional.of(new Applicant.Login("urn:dev:17", TestFleet.TOKEN, "7f000001"))));
    }

    @Test
    void wrongToken_isChallengedAgain() throws Exception {
      HttpResponse<String> response =
          anonymous.send(
              anonymous
                  .post("simpleenroll", csr)
                  .header("Authorization", TestClient.basic(TestFleet.DEVICE, "wrong")));
      assertRefused(response, 401, Refusal.TOKEN_INVALID);
    }

    @Test
    void otherScheme_isChallenged() throws Exception {
      HttpResponse<String> response =
          anonymous.send(anonymous.post("simpleenroll", csr).header("Authorization", "Bearer abc"));
      assertRefused(response, 401, Refusal.AUTHENTICATION_REQUIRED);
    }

    @Test
    void malformedBasic_isRefused() throws Exception {
      String noColon = Base64.getEncoder().encodeToString("abc".getBytes(StandardCharsets.UTF_8));
      String notUtf8 = Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, ':', 'a'});
      for (String credentials : new String[] {"%%%", noColon, notUtf8, ""}) {
        HttpResponse<String> response =
            anonymous.send(
                anonymous
                    .post("simpleenroll", csr)
                    .header("Authorization", "Basic " + credentials + " "));
        assertThat(response.statusCode()).as(credentials).isIn(400, 401);
        assertThat(response.body()).doesNotContain(noColon);
      }
      assertThat(fleet.applicants).isEmpty();
    }
  }

  @Nested
  @DisplayName("RFC 7030 §3.3.2 - TLS-based client authentication")
  class TlsAuthentication {

    @Test
    void handshake_countsAsOneUse() throws Exception {
      try (TestClient device = new TestClient(fleet, Optional.of(fleet.enrolled()))) {
        device.send(device.post("simplereenroll", csr));
        device.send(device.post("simplereenroll", csr));
      }
      assertThat(fleet.applicants)
          .extracting(Applicant::freshHandshake)
          .containsExactly(true, false);
    }

    @Test
    void handshakeThatTheServerCouldNotJudge_isStillFresh() throws Exception {
      fleet.scripted.add(new Answer.Declined(Refusal.STORE_UNAVAILABLE, "jdbc:secret"));
      try (TestClient device = new TestClient(fleet, Optional.of(fleet.enrolled()))) {
        assertRefused(
            device.send(device.post("simplereenroll", csr)), 503, Refusal.STORE_UNAVAILABLE);
        device.send(device.post("simplereenroll", csr));
      }
      assertThat(fleet.applicants)
          .extracting(Applicant::freshHandshake)
          .containsExactly(true, true);
    }

    @Test
    void unknownCertificate_isChallengedForAToken() throws Exception {
      TestFleet other = new TestFleet();
      other.close();
      TestFleet.Identity stranger = other.enrolled();
      try (TestClient device = new TestClient(fleet, Optional.of(stranger))) {
        assertRefused(
            device.send(device.post("simpleenroll", csr)), 401, Refusal.CREDENTIAL_UNKNOWN);
        assertThat(device.send(device.postWithToken("simpleenroll", csr)).statusCode())
            .isEqualTo(200);
      }
    }
  }

  @Nested
  @DisplayName("RFC 7030 §3.5 - Linking identity and proof of possession")
  class Linking {

    @Test
    void challengePassword_isRefusedAndNeverIgnored() throws Exception {
      byte[] body = base64(Requests.withChallengePassword(key));
      assertRefused(
          anonymous.send(anonymous.postWithToken("simpleenroll", body)),
          400,
          Refusal.CHALLENGE_PASSWORD_UNCHECKED);
    }
  }

  @Nested
  @DisplayName("RFC 7030 §4.1 - Distribution of CA certificates")
  class CaCertificates {

    @Test
    void answer_holdsIssuingAndRoot() throws Exception {
      HttpResponse<String> response = anonymous.send(anonymous.to("cacerts"));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(certificates(response))
          .isEqualTo(List.of(fleet.issuing.certificate(), fleet.root.certificate()));
    }

    @Test
    void answer_isCertsOnlyInDer() throws Exception {
      String body = anonymous.send(anonymous.to("cacerts")).body();
      byte[] der = Base64.getDecoder().decode(body);
      CMSSignedData cms = new CMSSignedData(der);
      assertThat(cms.getSignerInfos().size()).isZero();
      assertThat(cms.getSignedContent()).isNull();
      assertThat(cms.getCRLs().getMatches(null)).isEmpty();
      ASN1Primitive read = ASN1Primitive.fromByteArray(der);
      assertThat(read.getEncoded("DER")).as(ASN1Dump.dumpAsString(read)).isEqualTo(der);
    }
  }

  @Nested
  @DisplayName("RFC 7030 §4.2.1 - Simple enrollment of clients")
  class SimpleEnroll {

    @Test
    void type_mayHaveParametersAndAnyCase() throws Exception {
      HttpResponse<String> response =
          anonymous.send(
              anonymous
                  .postWithToken("simpleenroll", csr)
                  .setHeader("Content-Type", "Application/PKCS10 ; charset=us-ascii"));
      assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void otherType_isRefused() throws Exception {
      for (String type :
          new String[] {"application/x-www-form-urlencoded", "application/pkcs10x"}) {
        HttpResponse<String> response =
            anonymous.send(
                anonymous.postWithToken("simpleenroll", csr).setHeader("Content-Type", type));
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(header(response, "Cardea-Code")).isEqualTo("request-malformed");
      }
      assertThat(fleet.applicants).isEmpty();
      assertThat(fleet.refusals)
          .containsExactly(Refusal.REQUEST_MALFORMED, Refusal.REQUEST_MALFORMED);
    }

    @Test
    void bodyThatIsNoRequest_isRefused() throws Exception {
      for (byte[] body :
          List.of(
              new byte[0],
              "\r\n".getBytes(StandardCharsets.US_ASCII),
              "not base64!".getBytes(StandardCharsets.US_ASCII),
              base64("no request".getBytes(StandardCharsets.US_ASCII)),
              "-----BEGIN CERTIFICATE REQUEST-----\n".getBytes(StandardCharsets.US_ASCII))) {
        assertRefused(
            anonymous.send(anonymous.postWithToken("simpleenroll", body)),
            400,
            Refusal.CSR_MALFORMED);
      }
    }

    @Test
    void requestThatIsTooLong_isRefused() throws Exception {
      byte[] large = base64(new byte[17 * 1024]);
      assertRefused(
          anonymous.send(anonymous.postWithToken("simpleenroll", large)),
          413,
          Refusal.CSR_TOO_LARGE);
    }

    @Test
    void spoiltSignature_isRefused() throws Exception {
      byte[] der = Requests.csr(key);
      der[der.length - 1] ^= 1;
      HttpResponse<String> response =
          anonymous.send(anonymous.postWithToken("simpleenroll", base64(der)));
      assertRefused(response, 400, Refusal.CSR_BAD_PROOF);
    }
  }

  @Nested
  @DisplayName("RFC 7030 §4.2.2 - Simple re-enrollment of clients")
  class SimpleReenroll {

    @Test
    void credentialOfTheLineage_renews() throws Exception {
      try (TestClient device = new TestClient(fleet, Optional.of(fleet.enrolled()))) {
        HttpResponse<String> response = device.send(device.post("simplereenroll", csr));
        assertThat(response.statusCode()).isEqualTo(200);
        X509Certificate made = (X509Certificate) certificates(response).getFirst();
        assertThat(made.getPublicKey()).isEqualTo(key.getPublic());
      }
    }

    @Test
    void unreadCertificate_isToldWhichKeysAreRead() throws Exception {
      HttpResponse<String> response = anonymous.send(anonymous.post("simplereenroll", csr));
      assertRefused(response, 401, Refusal.AUTHENTICATION_REQUIRED);
      assertThat(header(response, "Cardea-Accepted-Keys")).isNotEmpty();
    }
  }

  @Nested
  @DisplayName("RFC 7030 §4.2.3 - Simple enroll and re-enroll response")
  class EnrollResponse {

    @Test
    void answer_holdsTheIssuedCertificateAlone() throws Exception {
      HttpResponse<String> response = anonymous.send(anonymous.postWithToken("simpleenroll", csr));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(header(response, "Content-Type"))
          .isEqualTo("application/pkcs7-mime; smime-type=certs-only");
      List<? extends Certificate> certificates = certificates(response);
      assertThat(certificates).hasSize(1);
      assertThat(certificates.getFirst().getPublicKey()).isEqualTo(key.getPublic());
    }

    @Test
    void wait_isAnEmpty202() throws Exception {
      fleet.scripted.add(new Answer.Wait(Duration.ofMillis(90_500)));
      HttpResponse<String> response = anonymous.send(anonymous.postWithToken("simpleenroll", csr));
      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(header(response, "Retry-After")).isEqualTo("91");
      assertThat(header(response, "Content-Length")).isEqualTo("0");
      assertThat(response.body()).isEmpty();
    }

    @Test
    void tooOften_saysOnceWhenToComeAgain() throws Exception {
      for (Refusal refusal : List.of(Refusal.TOO_MANY_REQUESTS, Refusal.OVERLOADED)) {
        fleet.scripted.add(new Answer.TooOften(refusal, Duration.ofMillis(7_200)));
        HttpResponse<String> response =
            anonymous.send(anonymous.postWithToken("simpleenroll", csr));
        assertRefused(response, refusal == Refusal.OVERLOADED ? 503 : 429, refusal);
        assertThat(response.headers().allValues("Retry-After")).containsExactly("8");
      }
    }

    @Test
    void serversFault_isRetriedLaterAndShowsNothing() throws Exception {
      fleet.scripted.add(new Answer.Declined(Refusal.AUTHORITY_UNAVAILABLE, "pin 1234"));
      HttpResponse<String> response = anonymous.send(anonymous.postWithToken("simpleenroll", csr));
      assertRefused(response, 503, Refusal.AUTHORITY_UNAVAILABLE);
      assertThat(header(response, "Retry-After")).isEqualTo("30");
      assertThat(response.body()).doesNotContain("1234");
    }

    @Test
    void detail_staysOnOneLineAndShort() throws Exception {
      fleet.scripted.add(
          new Answer.Declined(Refusal.PROFILE_VIOLATION, "a\r\nSet-Cookie: b" + "c".repeat(900)));
      HttpResponse<String> response = anonymous.send(anonymous.postWithToken("simpleenroll", csr));
      assertRefused(response, 400, Refusal.PROFILE_VIOLATION);
      assertThat(response.body().strip()).doesNotContain("\n", "\r").hasSizeLessThan(600);
    }
  }

  @Nested
  @DisplayName("RFC 7030 §4.3 and §4.4 - Full CMC, server-side key generation")
  class NotOffered {

    @Test
    void bothOperations_sayThatTheyAreNotOffered() throws Exception {
      for (String operation : new String[] {"serverkeygen", "fullcmc", "plant/serverkeygen"}) {
        assertRefused(
            anonymous.send(anonymous.postWithToken(operation, csr)), 501, Refusal.NOT_OFFERED);
      }
      assertThat(fleet.applicants).isEmpty();
    }
  }

  @Nested
  @DisplayName("RFC 7030 §4.5 - CSR attributes")
  class CsrAttrs {

    private String dump() throws Exception {
      HttpResponse<String> response = anonymous.send(anonymous.to("csrattrs"));
      assertThat(header(response, "Content-Type")).isEqualTo("application/csrattrs");
      assertThat(header(response, "Content-Transfer-Encoding")).isEqualTo("base64");
      byte[] der = Base64.getDecoder().decode(response.body());
      return ASN1Primitive.fromByteArray(der).toString();
    }

    @Test
    void hint_namesThePreferredKey() throws Exception {
      assertThat(dump())
          .isEqualTo("[[1.2.840.10045.2.1, [1.2.840.10045.3.1.7]], 1.2.840.10045.4.3.2]");
      fleet.keys = Set.of(CertKey.EC_P384);
      assertThat(dump()).isEqualTo("[[1.2.840.10045.2.1, [1.3.132.0.34]], 1.2.840.10045.4.3.3]");
      fleet.keys = Set.of(CertKey.RSA_2048_AND_UP);
      assertThat(dump()).isEqualTo("[[1.2.840.113549.1.1.1, [3072]], 1.2.840.113549.1.1.11]");
    }

    @Test
    void noOpinion_isNoContent() throws Exception {
      fleet.keys = Set.of();
      HttpResponse<String> response = anonymous.send(anonymous.to("csrattrs"));
      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(response.body()).isEmpty();
    }
  }

  @Nested
  @DisplayName("RFC 8951 §3 - Transfer encoding and base64")
  class Base64Bodies {

    @Test
    void brokenAndUnbrokenBodies_areRead() throws Exception {
      String text = new String(csr, StandardCharsets.US_ASCII);
      for (String end : new String[] {"\n", "\r\n", " \r\n\r\n"}) {
        String broken = text.replaceAll("(.{64})", "$1" + end) + end;
        assertThat(
                anonymous
                    .send(
                        anonymous.postWithToken(
                            "simpleenroll", broken.getBytes(StandardCharsets.US_ASCII)))
                    .statusCode())
            .isEqualTo(200);
      }
    }

    @Test
    void transferEncoding_meansNothing() throws Exception {
      for (String encoding : new String[] {"base64", "binary", "8bit"}) {
        assertThat(
                anonymous
                    .send(
                        anonymous
                            .postWithToken("simpleenroll", csr)
                            .header("Content-Transfer-Encoding", encoding))
                    .statusCode())
            .isEqualTo(200);
      }
    }

    @Test
    void plainDer_isRead() throws Exception {
      assertThat(
              anonymous
                  .send(anonymous.postWithToken("simpleenroll", Requests.csr(key)))
                  .statusCode())
          .isEqualTo(200);
    }

    @Test
    void answers_areUnbrokenAndHaveTheirLength() throws Exception {
      for (HttpResponse<String> response :
          List.of(
              anonymous.send(anonymous.to("cacerts")),
              anonymous.send(anonymous.postWithToken("simpleenroll", csr)))) {
        assertThat(response.body()).doesNotContain("\r", "\n");
        assertThat(header(response, "Content-Transfer-Encoding")).isEqualTo("base64");
        assertThat(header(response, "Content-Length"))
            .isEqualTo(Integer.toString(response.body().length()));
      }
    }
  }

  @Test
  void everyRefusal_hasAnAnswerWithItsCode() {
    for (Refusal refusal : Refusal.values()) {
      int status = EstRefusals.response(refusal, "detail").status();
      assertThat(status >= 500).isEqualTo(refusal.fault() == Refusal.Fault.SERVER || status == 501);
      assertThat(EstRefusals.response(refusal, "").header("Cardea-Code")).isEqualTo(refusal.code());
      assertThat(EstRefusals.response(refusal, "").header("Retry-After").isEmpty())
          .isEqualTo(status != 503 && status != 429);
    }
  }
}

package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cardea.life.Refused;
import io.cardea.life.testing.SettableTime;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Bouncy Castle writes the questions and reads the answers.
class OcspTest {
  private static final Instant AT = Ceremony.AT;
  private static final BigInteger GOOD = BigInteger.TWO.pow(100);
  private static final BigInteger REVOKED = GOOD.add(BigInteger.ONE);

  private final Ceremony ceremony = new Ceremony();
  private final SettableTime time = new SettableTime(AT);
  private final Map<BigInteger, CertificateStatus> statuses =
      new HashMap<>(
          Map.of(
              GOOD, new CertificateStatus.Good(),
              REVOKED, new CertificateStatus.Revoked(AT.minusSeconds(60), 4)));
  private final OcspIssuer issuer = new OcspIssuer(ceremony.issuing);
  private final OcspSigner signer = OcspSigner.certified(ceremony.issuer, ceremony.backend, AT);

  OcspTest() throws Refused {}

  /// Knows statuses and nothing else.
  private final class Statuses implements Revocations {
    @Override
    public Optional<Shard> shard(AuthorityId authority, int shard) {
      return Optional.empty();
    }

    @Override
    public List<Revoked> revoked(AuthorityId authority, int shard, long after, int limit) {
      return List.of();
    }

    @Override
    public boolean publish(AuthorityId authority, int shard, long before, Listed next) {
      return false;
    }

    @Override
    public CertificateStatus status(AuthorityId authority, Serial serial) {
      return statuses.getOrDefault(serial.value(), new CertificateStatus.Unknown());
    }
  }

  private OCSPResp ask(boolean nonces, byte[] question) throws Exception {
    OcspResponder responder =
        new OcspResponder(new Statuses(), _ -> signer, time, Duration.ofHours(1), nonces);
    return new OCSPResp(responder.answer(issuer, OcspRequest.parse(question)).response());
  }

  private BasicOCSPResp answer(byte[] question) throws Exception {
    OCSPResp response = ask(false, question);
    assertThat(response.getStatus()).isZero();
    BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
    X509CertificateHolder responder = basic.getCerts()[0];
    assertThat(basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(responder)))
        .isTrue();
    assertThat(
            responder.isSignatureValid(
                new JcaContentVerifierProviderBuilder()
                    .build(ceremony.issuing.certificate().toX509())))
        .isTrue();
    return basic;
  }

  /// By another implementation of each algorithm than the one that signed.
  @ParameterizedTest
  @EnumSource
  void answerForAuthorityOfAnyKind_verifies(CertKey kind) throws Exception {
    Ceremony other = new Ceremony(kind, kind);
    OcspSigner by = OcspSigner.certified(other.issuer, other.backend, AT);
    OcspCertId.Form form = OcspCertId.Form.SHA1;
    OcspCertId asked =
        new OcspCertId(
            form,
            form.hash(other.issuing.certificate().subjectDer()),
            form.hash(OcspIssuer.bits(other.issuing.key().publicKey())),
            new Serial(GOOD));
    OcspResponder responder =
        new OcspResponder(new Statuses(), _ -> by, time, Duration.ofHours(1), false);
    byte[] response =
        responder
            .answer(
                new OcspIssuer(other.issuing),
                OcspRequest.parse(question(null, CertID.getInstance(asked.encoded()))))
            .response();

    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(response).getResponseObject();
    JcaContentVerifierProviderBuilder verifiers =
        new JcaContentVerifierProviderBuilder().setProvider(new BouncyCastleProvider());
    X509CertificateHolder delegate = basic.getCerts()[0];
    assertThat(basic.isSignatureValid(verifiers.build(delegate))).isTrue();
    assertThat(
            delegate.isSignatureValid(
                verifiers.build(new X509CertificateHolder(other.issuing.certificate().der()))))
        .isTrue();
    assertThat(by.certificate().certificate().publicKey().kind())
        .isEqualTo(kind == CertKey.EC_P384 ? CertKey.EC_P256 : kind);
  }

  private CertID certId(String hash, BigInteger serial) throws IOException {
    OcspCertId.Form form =
        hash.equals("SHA-1") ? OcspCertId.Form.SHA1 : OcspCertId.Form.SHA256_BARE;
    return CertID.getInstance(
        new OcspCertId(
                form,
                form.hash(ceremony.issuing.certificate().subjectDer()),
                form.hash(OcspIssuer.bits(ceremony.issuing.key().publicKey())),
                new Serial(serial))
            .encoded());
  }

  private static byte[] question(@Nullable Extensions extensions, CertID... asked)
      throws IOException {
    ASN1EncodableVector list = new ASN1EncodableVector();
    for (CertID each : asked) {
      list.add(new Request(each, null));
    }
    return new OCSPRequest(new TBSRequest(null, new DERSequence(list), extensions), null)
        .getEncoded();
  }

  private static Extensions extension(ASN1ObjectIdentifier id, boolean critical, byte[] value) {
    return new Extensions(new Extension(id, critical, new DEROctetString(value)));
  }

  private static void refused(OcspFailure.Kind kind, byte[] question) {
    assertThatExceptionOfType(OcspFailure.class)
        .isThrownBy(() -> OcspRequest.parse(question))
        .returns(kind, OcspFailure::kind);
  }

  @Nested
  @DisplayName("RFC 6960 §2.2 - Response")
  class Response {
    @Test
    void goodRevokedAndUnknown_areWhatTheStoreSays() throws Exception {
      BasicOCSPResp basic =
          answer(
              question(
                  null,
                  certId("SHA-1", GOOD),
                  certId("SHA-256", REVOKED),
                  certId("SHA-1", BigInteger.TEN)));

      SingleResp[] singles = basic.getResponses();
      assertThat(singles).hasSize(3);
      assertThat(singles[0].getCertStatus()).isNull();
      RevokedStatus revoked = (RevokedStatus) singles[1].getCertStatus();
      assertThat(revoked.getRevocationTime().toInstant()).isEqualTo(AT.minusSeconds(60));
      assertThat(revoked.getRevocationReason()).isEqualTo(4);
      assertThat(singles[2].getCertStatus()).isInstanceOf(UnknownStatus.class);
      assertThat(singles[0].getThisUpdate().toInstant()).isEqualTo(AT);
      assertThat(singles[0].getNextUpdate().toInstant()).isEqualTo(AT.plusSeconds(3600));
      assertThat(singles[2].getNextUpdate()).as("nobody remembers it").isNull();
    }
  }

  @Nested
  @DisplayName("RFC 6960 §4.1.1 - CertID")
  class CertIds {
    @Test
    void answer_repeatsTheQuestionsCertId() throws Exception {
      CertID asked = certId("SHA-256", GOOD);

      assertThat(answer(question(null, asked)).getResponses()[0].getCertID().toASN1Primitive())
          .isEqualTo(asked);
    }

    @Test
    void issuersNameWithAnotherKey_isUnauthorized() throws Exception {
      CertID asked = certId("SHA-1", GOOD);
      CertID other =
          new CertID(
              asked.getHashAlgorithm(),
              asked.getIssuerNameHash(),
              new DEROctetString(new byte[20]),
              asked.getSerialNumber());

      assertThatExceptionOfType(OcspFailure.class)
          .isThrownBy(() -> ask(false, question(null, other)))
          .returns(OcspFailure.Kind.UNAUTHORIZED, OcspFailure::kind);
    }

    @Test
    void otherHash_isUnauthorized() throws Exception {
      CertID asked = certId("SHA-1", GOOD);
      refused(
          OcspFailure.Kind.UNAUTHORIZED,
          question(
              null,
              new CertID(
                  new AlgorithmIdentifier(new ASN1ObjectIdentifier("2.16.840.1.101.3.4.2.3")),
                  asked.getIssuerNameHash(),
                  asked.getIssuerKeyHash(),
                  asked.getSerialNumber())));
    }

    @Test
    void serialThatNoCertificateHas_isMalformed() throws Exception {
      CertID asked = certId("SHA-1", GOOD);
      for (BigInteger serial :
          List.of(BigInteger.ZERO, BigInteger.ONE.negate(), BigInteger.TWO.pow(160))) {
        refused(
            OcspFailure.Kind.MALFORMED_REQUEST,
            question(
                null,
                new CertID(
                    asked.getHashAlgorithm(),
                    asked.getIssuerNameHash(),
                    asked.getIssuerKeyHash(),
                    new ASN1Integer(serial))));
      }
    }

    @Test
    void moreThanSixteen_areUnauthorizedAndNoneIsMalformed() throws Exception {
      CertID[] many = new CertID[OcspRequest.MAX_ASKED + 1];
      Arrays.fill(many, certId("SHA-1", GOOD));

      refused(OcspFailure.Kind.UNAUTHORIZED, question(null, many));
      refused(OcspFailure.Kind.MALFORMED_REQUEST, question(null));
    }
  }

  @Nested
  @DisplayName("RFC 6960 §4.4 - Extensions")
  class ExtensionsOfRequests {
    private final ASN1ObjectIdentifier nonce = OCSPObjectIdentifiers.id_pkix_ocsp_nonce;

    @Test
    void nonce_isRepeatedOnlyWhenConfigured() throws Exception {
      byte[] value = new DEROctetString(new byte[] {1, 2, 3}).getEncoded();
      byte[] asked = question(extension(nonce, false, value), certId("SHA-1", GOOD));

      assertThat(answer(asked).hasExtensions()).isFalse();
      BasicOCSPResp repeated = (BasicOCSPResp) ask(true, asked).getResponseObject();
      assertThat(repeated.getExtension(nonce).getExtnValue().getOctets()).isEqualTo(value);
    }

    @Test
    void nonceWithoutBounds_isMalformed() throws Exception {
      refused(
          OcspFailure.Kind.MALFORMED_REQUEST,
          question(extension(nonce, false, new byte[200]), certId("SHA-1", GOOD)));
    }

    @Test
    void unknownExtension_isIgnoredUnlessItIsCritical() throws Exception {
      ASN1ObjectIdentifier odd = new ASN1ObjectIdentifier("1.2.3.4");

      assertThat(
              OcspRequest.parse(
                      question(extension(odd, false, new byte[] {5, 0}), certId("SHA-1", GOOD)))
                  .size())
          .isEqualTo(1);
      refused(
          OcspFailure.Kind.UNAUTHORIZED,
          question(extension(odd, true, new byte[] {5, 0}), certId("SHA-1", GOOD)));
    }
  }

  @Nested
  @DisplayName("RFC 6960 §4.2.2.2 - Authorized responders")
  class Responders {
    @Test
    void certificate_isForSigningAnswersAlone() throws Exception {
      Certificate certificate = signer.certificate().certificate();

      assertThat(certificate.toX509().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.9");
      assertThat(certificate.toX509().getNonCriticalExtensionOIDs())
          .contains("1.3.6.1.5.5.7.48.1.5");
    }

    @Test
    void signer_isDueAtHalfOfItsLife() {
      assertThat(signer.isDue(AT.plus(OcspSigner.LIFE.dividedBy(2)).minusSeconds(60))).isFalse();
      assertThat(signer.isDue(AT.plus(OcspSigner.LIFE.dividedBy(2)))).isTrue();
    }
  }

  @Test
  void untrustedClock_isTryLater() throws Exception {
    time.trusted(false);
    byte[] question = question(null, certId("SHA-1", GOOD));

    assertThatExceptionOfType(OcspFailure.class)
        .isThrownBy(() -> ask(false, question))
        .returns(OcspFailure.Kind.TRY_LATER, OcspFailure::kind);
  }

  @Test
  void truncatedQuestion_isMalformed() throws Exception {
    byte[] whole = question(null, certId("SHA-1", GOOD));
    for (int length = 0; length < whole.length; length++) {
      refused(OcspFailure.Kind.MALFORMED_REQUEST, Arrays.copyOf(whole, length));
    }
  }
}

package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refused;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each rule finds the certificate that breaks it, and nothing wrong with a good one.
class LintTest {
  private static final Profile DEVICE = Profile.device("fleet.internal", Duration.ofDays(90));
  private static final Instant AT = Ceremony.AT;
  private static final byte[] FOREIGN_URI =
      Der.tlv(0x86, "http://elsewhere.example/".getBytes(StandardCharsets.US_ASCII));

  private final Ceremony ceremony = ceremony();
  private final SubjectPublicKey key = ceremony.newKey(CertKey.EC_P256);
  private final LintCase.Expected expected =
      new LintCase.Expected(
          ceremony.issuing.certificate(),
          SignatureScheme.ECDSA_SHA256,
          Ceremony.URLS.crl(ceremony.issuing.id(), 0),
          Ceremony.URLS.ocsp(ceremony.issuing.id()),
          Ceremony.URLS.certificate(ceremony.issuing.id()));

  LintTest() throws Refused {}

  private static Ceremony ceremony() throws Refused {
    return new Ceremony();
  }

  /// A good certificate in parts, each of which a test can spoil.
  private final class Draft {
    Profile profile = DEVICE;
    IssuanceRequest request = IssuanceRequest.forDevice("pump-17", key, AT);
    byte[] version = {(byte) 0xa0, 3, 2, 1, 2};
    BigInteger serial = BigInteger.TWO.pow(126).add(BigInteger.ONE);
    byte[] algorithm = SignatureScheme.ECDSA_SHA256.algorithmIdentifier();
    byte[] outerAlgorithm = algorithm;
    byte[] issuer = ceremony.issuing.certificate().subjectDer();
    byte[] validity =
        Der.sequence(Der.time(AT.minus(DEVICE.backdate())), Der.time(AT.plus(DEVICE.life())));
    byte[] subject = subject("pump-17");
    byte[] spki = key.der();
    byte[] authorityKey =
        Encoding.authorityKeyIdentifier(
            ceremony.issuing.certificate().subjectKeyIdentifier().orElseThrow());
    byte[] constraints = Encoding.endEntity();
    byte[] keyUsage = Encoding.keyUsage(Set.of(KeyUse.DIGITAL_SIGNATURE), CertKey.EC_P256);
    byte[] extendedKeyUsage = Encoding.extendedKeyUsage(List.of(ExtendedKeyUse.CLIENT_AUTH));
    byte[] crl = Encoding.distributionPoint(expected.crl());
    byte[] issuerUrl = Encoding.authorityInformation(expected.ocspUrl(), expected.issuerUrl());
    byte[] subjectKey = Encoding.subjectKeyIdentifier(key.identifier());
    byte[] names = names("spiffe://fleet.internal/device/pump-17");
    byte[] extra = {};
    byte[] unique = {};

    byte[] subject(String name) throws Refused {
      return Encoding.subject(DEVICE.subject(), Map.of(Profile.DEVICE_ID, name));
    }

    byte[] names(String uri, String... hosts) throws Refused {
      return Encoding.alternativeNames(Optional.of(uri), List.of(hosts), List.of());
    }

    byte[] der() {
      byte[] toBeSigned =
          Der.sequence(
              version,
              Encoding.integer(serial),
              algorithm,
              issuer,
              validity,
              subject,
              spki,
              unique,
              Der.tlv(
                  0xa3,
                  Der.sequence(
                      authorityKey,
                      constraints,
                      keyUsage,
                      extendedKeyUsage,
                      crl,
                      issuerUrl,
                      subjectKey,
                      names,
                      extra)));
      return Encoding.signed(toBeSigned, outerAlgorithm, new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1});
    }

    Set<Lint> findings() {
      return Lint.check(der(), expected, profile, request).stream()
          .map(Lint.Finding::lint)
          .collect(Collectors.toCollection(TreeSet::new));
    }

    Draft() throws Refused {}
  }

  private interface Spoil {
    void apply(Draft draft) throws Refused;
  }

  private record Row(Lint lint, String how, Spoil spoil) {}

  private static final byte[] NONE = {};

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(Lint.WELL_FORMED, "version 1", d -> d.version = NONE));
    rows.add(
        new Row(
            Lint.WELL_FORMED, "a unique identifier", d -> d.unique = Der.tlv(0x82, new byte[2])));
    rows.add(
        new Row(Lint.WELL_FORMED, "no DER", d -> d.extra = new byte[] {0x30, (byte) 0x80, 0, 0}));
    rows.add(new Row(Lint.EXTENSIONS_UNIQUE, "twice", d -> d.extra = d.keyUsage));
    rows.add(
        new Row(
            Lint.EXTENSIONS_KNOWN,
            "a Netscape comment",
            d ->
                d.extra =
                    Der.sequence(
                        Encoding.oid(new ASN1ObjectIdentifier("2.16.840.1.113730.1.13")),
                        Der.tlv(Der.OCTET_STRING, new byte[] {0x16, 0}))));
    rows.add(serial("negative", BigInteger.TWO.pow(126).negate()));
    rows.add(serial("zero", BigInteger.ZERO));
    rows.add(serial("counted up", BigInteger.valueOf(4711)));
    rows.add(serial("21 octets", BigInteger.TWO.pow(160)));
    byte[] sha384 = SignatureScheme.ECDSA_SHA384.algorithmIdentifier();
    rows.add(new Row(Lint.SIGNATURE_ALGORITHMS_AGREE, "outside", d -> d.outerAlgorithm = sha384));
    rows.add(
        new Row(
            Lint.SIGNATURE_ALGORITHMS_AGREE,
            "both another",
            d -> {
              d.algorithm = sha384;
              d.outerAlgorithm = sha384;
            }));
    rows.add(
        new Row(
            Lint.ISSUER_NAME_MATCHES,
            "the root's",
            d -> d.issuer = ceremony.root.certificate().subjectDer()));
    byte[] early = Der.time(AT.minus(DEVICE.backdate()));
    rows.add(
        new Row(
            Lint.VALIDITY_ENCODED_RIGHT,
            "GeneralizedTime before 2050",
            d ->
                d.validity =
                    Der.sequence(
                        early,
                        Der.tlv(0x18, "20270219120000Z".getBytes(StandardCharsets.US_ASCII)))));
    rows.add(validity("too long", early, AT.plus(DEVICE.life()).plusSeconds(1)));
    rows.add(validity("too short", early, AT.plus(DEVICE.life()).minusSeconds(1)));
    rows.add(validity("not set back", Der.time(AT), AT.plus(DEVICE.life())));
    rows.add(
        new Row(
            Lint.VALIDITY_WITHIN_ISSUER,
            "outlasts it",
            d -> {
              d.profile = DEVICE.withLife(Duration.ofDays(3000));
              d.validity = Der.sequence(early, Der.time(AT.plus(Duration.ofDays(3000))));
            }));
    rows.add(
        new Row(
            Lint.SUBJECT_MIRRORS_IDENTITY, "another name", d -> d.subject = d.subject("pump-18")));
    rows.add(new Row(Lint.SUBJECT_MIRRORS_IDENTITY, "empty", d -> d.subject = Der.sequence()));
    rows.add(names("absent", d -> d.names = NONE));
    rows.add(
        names("another device", d -> d.names = d.names("spiffe://fleet.internal/device/pump-18")));
    rows.add(
        names(
            "a host too many",
            d -> d.names = d.names("spiffe://fleet.internal/device/pump-17", "x.example")));
    rows.add(
        new Row(
            Lint.HOST_NAMES_SOUND,
            "underscore",
            d -> {
              d.names = d.names("spiffe://fleet.internal/device/pump-17", "a_b.example");
              d.request =
                  new IssuanceRequest(
                      key, d.request.fields(), List.of("a_b.example"), List.of(), AT, 0);
            }));
    rows.add(new Row(Lint.NO_AUTHORITY, "CA", d -> d.constraints = Encoding.authority(true)));
    rows.add(new Row(Lint.NO_AUTHORITY, "absent", d -> d.constraints = NONE));
    rows.add(
        new Row(Lint.KEY_USAGE_FITS_KEY, "signs", d -> d.keyUsage = Encoding.authorityKeyUsage()));
    rows.add(
        new Row(
            Lint.KEY_USAGE_FITS_KEY,
            "enciphers with a curve",
            d ->
                d.keyUsage =
                    Encoding.keyUsage(
                        Set.of(KeyUse.DIGITAL_SIGNATURE, KeyUse.KEY_ENCIPHERMENT),
                        CertKey.RSA_2048_AND_UP)));
    rows.add(new Row(Lint.KEY_USAGE_FITS_KEY, "absent", d -> d.keyUsage = NONE));
    rows.add(
        new Row(
            Lint.EXTENDED_KEY_USAGE_EXACT,
            "a purpose too many",
            d ->
                d.extendedKeyUsage =
                    Encoding.extendedKeyUsage(
                        List.of(ExtendedKeyUse.CLIENT_AUTH, ExtendedKeyUse.SERVER_AUTH))));
    rows.add(new Row(Lint.EXTENDED_KEY_USAGE_EXACT, "absent", d -> d.extendedKeyUsage = NONE));
    rows.add(
        new Row(
            Lint.AUTHORITY_KEY_IDENTIFIER_MATCHES,
            "another",
            d -> d.authorityKey = Encoding.authorityKeyIdentifier(new byte[20])));
    rows.add(new Row(Lint.AUTHORITY_KEY_IDENTIFIER_MATCHES, "absent", d -> d.authorityKey = NONE));
    rows.add(
        new Row(
            Lint.SUBJECT_KEY_IDENTIFIER_MATCHES,
            "another",
            d -> d.subjectKey = Encoding.subjectKeyIdentifier(new byte[20])));
    rows.add(new Row(Lint.SUBJECT_KEY_IDENTIFIER_MATCHES, "absent", d -> d.subjectKey = NONE));
    rows.add(
        new Row(
            Lint.KEY_IS_THE_PROVEN_ONE,
            "another key",
            d -> d.spki = ceremony.newKey(CertKey.EC_P256).der()));
    rows.add(
        new Row(
            Lint.KEY_IS_THE_PROVEN_ONE,
            "the issuer's key",
            d -> {
              SubjectPublicKey own = ceremony.issuing.key().publicKey();
              d.spki = own.der();
              d.subjectKey = Encoding.subjectKeyIdentifier(own.identifier());
              d.request = IssuanceRequest.forDevice("pump-17", own, AT);
            }));
    rows.add(
        new Row(
            Lint.REVOCATION_LIST_NAMED,
            "another shard",
            d -> d.crl = Encoding.distributionPoint(Ceremony.URLS.crl(ceremony.issuing.id(), 1))));
    rows.add(new Row(Lint.REVOCATION_LIST_NAMED, "absent", d -> d.crl = NONE));
    rows.add(
        new Row(
            Lint.ISSUER_LOCATED,
            "elsewhere",
            d ->
                d.issuerUrl =
                    extension(
                        Encoding.AUTHORITY_INFORMATION,
                        Der.sequence(
                            Der.sequence(Encoding.oid(Encoding.CA_ISSUERS), FOREIGN_URI)))));
    rows.add(new Row(Lint.ISSUER_LOCATED, "absent", d -> d.issuerUrl = NONE));
    rows.add(
        new Row(Lint.NO_CHECK_FOR_RESPONDERS, "a device's", d -> d.extra = Encoding.noCheck()));
    return rows;
  }

  private static Row serial(String how, BigInteger serial) {
    return new Row(Lint.SERIAL_POSITIVE_AND_RANDOM, how, d -> d.serial = serial);
  }

  private static Row validity(String how, byte[] from, Instant to) {
    return new Row(
        Lint.VALIDITY_MATCHES_PROFILE, how, d -> d.validity = Der.sequence(from, Der.time(to)));
  }

  private static Row names(String how, Spoil spoil) {
    return new Row(Lint.NAMES_ARE_THE_IDENTITY, how, spoil);
  }

  private static byte[] extension(ASN1ObjectIdentifier id, byte[] value) {
    return Der.sequence(Encoding.oid(id), Der.tlv(Der.OCTET_STRING, value));
  }

  @Test
  void goodCertificate_breaksNoRule() throws Refused {
    assertThat(new Draft().findings()).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> brokenRule_isFoundAndNoOther() {
    return rows().stream()
        .map(row ->
            DynamicTest.dynamicTest(
                row.lint().code() + ": " + row.how(),
                () -> {
                  Draft draft = new Draft();
                  row.spoil().apply(draft);
                  assertThat(draft.findings()).containsExactly(row.lint());
                }));
  }

  @Test
  void everyRule_hasACertificateThatBreaksIt() {
    assertThat(rows().stream().map(Row::lint).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Lint.values());
  }

  @Test
  void truncatedCertificate_isAFinding() throws Refused {
    byte[] der = new Draft().der();
    for (int length = 0; length < der.length; length += 7) {
      assertThat(
              Lint.check(
                  Arrays.copyOf(der, length),
                  expected,
                  DEVICE,
                  IssuanceRequest.forDevice("pump-17", key, AT)))
          .isNotEmpty();
    }
  }
}

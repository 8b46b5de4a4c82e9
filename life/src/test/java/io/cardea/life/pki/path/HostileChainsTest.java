package io.cardea.life.pki.path;

import static io.cardea.life.pki.path.TestChains.NOW;
import static io.cardea.life.pki.path.TestChains.authority;
import static io.cardea.life.pki.path.TestChains.leaf;
import static io.cardea.life.pki.path.TestChains.list;
import static io.cardea.life.pki.path.TestChains.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.JdkBackend;
import io.cardea.life.pki.path.TestChains.Party;
import io.cardea.life.testing.Seeds;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertPolicyId;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.PolicyMappings;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Chains as an attacker would send them: none is trusted, and none costs more than its bound.
class HostileChainsTest {
  private final Party root = Party.of("root");
  private final Certificate anchor = authority(root, root);
  private final AtomicInteger verified = new AtomicInteger();
  private final PathValidation validation = new PathValidation(counting());

  private Signatures counting() {
    Signatures strong = Signatures.strong(new JdkBackend());
    return new Signatures() {
      @Override
      public Optional<String> refusal(
          byte[] issuerKey, byte[] algorithm, byte[] toBeSigned, byte[] signature) {
        verified.incrementAndGet();
        return strong.refusal(issuerKey, algorithm, toBeSigned, signature);
      }

      @Override
      public Optional<String> refusalOf(byte[] key) {
        return strong.refusalOf(key);
      }
    };
  }

  private PathJudgement judge(Certificate leaf, Certificate... candidates) {
    return judge(leaf, List.of(candidates), List.of());
  }

  private PathJudgement judge(
      Certificate leaf, List<Certificate> candidates, List<RevocationList> lists) {
    return validation.judge(PathQuestion.client(leaf, candidates, List.of(anchor), lists, NOW));
  }

  private void assertRefused(PathJudgement judgement, String why) {
    assertThat(judgement.trusted()).as(judgement.toString()).isFalse();
    assertThat(judgement.refusal()).contains(why);
    assertThat(verified.get()).isLessThanOrEqualTo(PathLimits.VERIFICATIONS);
  }

  private void assertTrusted(PathJudgement judgement) {
    assertThat(judgement.refusal()).isEmpty();
    assertThat(judgement.trusted()).isTrue();
  }

  @Nested
  class Shapes {
    @Test
    void honestChain_isTrustedWhateverStandsBesideIt() {
      Party sub = Party.of("sub");
      Certificate between = authority(sub, root);
      List<Certificate> others = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        others.add(authority(Party.of("sub"), Party.of("root")));
      }
      others.add(between);

      PathJudgement judgement = judge(leaf(sub), others, List.of());

      assertTrusted(judgement);
      assertThat(judgement.path()).hasSize(3).contains(between).endsWith(anchor);
    }

    @Test
    void meshOfCrossCertificates_isGivenUpWithinTheBounds() {
      List<Party> parties = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        parties.add(Party.of("mesh-" + i));
      }
      List<Certificate> mesh = new ArrayList<>();
      for (Party one : parties) {
        for (Party other : parties) {
          if (!one.equals(other)) {
            mesh.add(authority(one, other));
          }
        }
      }

      assertRefused(judge(leaf(parties.getFirst()), mesh, List.of()), "no path");
    }

    @Test
    void loop_endsNowhere() {
      Party a = Party.of("a");
      Party b = Party.of("b");

      assertRefused(judge(leaf(a), authority(a, b), authority(b, a)), "no path leads");
    }

    @Test
    void namesakeOfTheAnchor_isNoAnchor() {
      Party impostor = new Party(root.name(), Party.of("x").keys());

      assertRefused(judge(leaf(impostor), authority(impostor, impostor)), "signature");
    }

    @Test
    void depth_isBounded() {
      List<Certificate> chain = new ArrayList<>();
      Party above = root;
      for (int i = 1; i < PathLimits.DEPTH; i++) {
        Party next = Party.of("level-" + i);
        chain.add(authority(next, above));
        above = next;
      }
      assertTrusted(judge(leaf(above), chain, List.of()));

      Party one = Party.of("one more");
      chain.add(authority(one, above));

      assertRefused(judge(leaf(one), chain, List.of()), "no path");
    }

    @Test
    void moreCandidatesThanAllowed_areNotLookedAt() {
      Certificate filler = authority(Party.of("filler"), root);
      List<Certificate> many = new ArrayList<>();
      for (int i = 0; i <= PathLimits.CANDIDATES; i++) {
        many.add(filler);
      }

      assertRefused(judge(leaf(root), many, List.of()), "33 certificates");
      assertThat(verified).hasValue(0);
    }
  }

  @Nested
  class Authorities {
    @Test
    void leafThatSigns_isNoAuthority() {
      Party device = Party.of("device");
      Certificate its =
          wish(device, root).with(Extension.keyUsage, true, new KeyUsage(0xff)).make();

      assertRefused(judge(leaf(device), its), "no authority");
    }

    @Test
    void authorityWithoutTheKeyUsage_doesNotSign() {
      Party sub = Party.of("sub");
      Certificate its =
          wish(sub, root)
              .with(Extension.basicConstraints, true, new BasicConstraints(true))
              .with(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .make();

      assertRefused(judge(leaf(sub), its), "key usage");
    }

    @Test
    void pathLength_isKept() {
      Party sub = Party.of("sub");
      Party subsub = Party.of("subsub");
      Certificate limited = wish(sub, root).authority(0).make();

      assertTrusted(judge(leaf(sub), limited));
      assertRefused(judge(leaf(subsub), limited, authority(subsub, sub)), "path length");
    }

    @Test
    void whatTheAnchorConstrains_counts() {
      Party sub = Party.of("sub");
      Certificate limited = wish(root, root).authority(0).make();
      PathJudgement judgement =
          validation.judge(
              PathQuestion.client(
                  leaf(sub), List.of(authority(sub, root)), List.of(limited), List.of(), NOW));

      assertRefused(judgement, "path length");
    }

    @Test
    void datesOfEachCertificate_count() {
      Party sub = Party.of("sub");
      Certificate expired =
          wish(sub, root, NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(1)))
              .authority()
              .make();

      assertRefused(judge(leaf(sub), expired), "dates");
    }

    @Test
    void dateOfNoEnd_isADate() {
      Certificate forEver =
          wish(Party.of("device"), root, NOW, Instant.parse("9999-12-31T23:59:59Z")).make();

      assertTrusted(judge(forEver));
    }
  }

  @Nested
  class Keys {
    @Test
    void weakHash_isRefused() {
      assertRefused(
          judge(wish(Party.of("device"), root).signedBy("SHA1withECDSA").make()), "algorithm");
    }

    @Test
    void hugeRsaKeyOrExponent_isNotComputedWith() {
      Party sub = Party.of("sub");
      BigInteger modulus = BigInteger.ONE.shiftLeft(8191).setBit(0).setBit(77);
      for (RSAPublicKey key :
          List.of(
              new RSAPublicKey(modulus, BigInteger.valueOf(65537)),
              new RSAPublicKey(
                  BigInteger.ONE.shiftLeft(2047).setBit(0),
                  BigInteger.ONE.shiftLeft(2000).setBit(0)),
              new RSAPublicKey(
                  BigInteger.ONE.shiftLeft(1023).setBit(0), BigInteger.valueOf(65537)))) {
        SubjectPublicKeyInfo info = rsa(key);

        assertRefused(judge(leaf(sub), wish(sub, root, info).authority().make()), "key");
      }
    }

    private SubjectPublicKeyInfo rsa(RSAPublicKey key) {
      try {
        return new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Test
    void curveByExplicitParameters_isRefused() {
      X9ECParameters curve = ECNamedCurveTable.getByName("secp256r1");
      Party sub = Party.of("sub");
      SubjectPublicKeyInfo explicit =
          new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(
                  X9ObjectIdentifiers.id_ecPublicKey, new X962Parameters(curve)),
              sub.key().getPublicKeyData().getOctets());

      assertThat(judge(leaf(sub), wish(sub, root, explicit).authority().make()).trusted())
          .isFalse();
      assertThat(judge(wish(sub, root, explicit).make()).trusted()).isFalse();
    }
  }

  @Nested
  class Extensions {
    @Test
    void unknownCriticalExtension_isRefused() {
      Certificate odd =
          wish(Party.of("device"), root)
              .with(new ASN1ObjectIdentifier("1.2.3.4"), true, new DEROctetString(new byte[] {1}))
              .make();

      assertRefused(judge(odd), "1.2.3.4");
    }

    @Test
    void otherPurpose_isRefused() {
      Certificate server =
          wish(Party.of("device"), root)
              .with(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .make();
      Certificate encipher =
          wish(Party.of("device"), root)
              .with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment))
              .make();

      assertRefused(judge(server), "extended key usage");
      assertRefused(judge(encipher), "key usage");
    }

    @Test
    void heapsOfNameConstraintsAndNames_areNotCompared() {
      GeneralSubtree[] subtrees = new GeneralSubtree[PathLimits.SUBTREES + 1];
      Arrays.setAll(
          subtrees,
          i -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, "a" + i + ".example")));
      Party sub = Party.of("sub");
      Certificate heap =
          wish(sub, root)
              .authority()
              .with(Extension.nameConstraints, true, new NameConstraints(null, subtrees))
              .make();
      assertRefused(judge(leaf(sub), heap), "129 name constraints");

      GeneralName[] names = new GeneralName[PathLimits.NAMES + 1];
      Arrays.setAll(names, i -> new GeneralName(GeneralName.dNSName, "b" + i + ".example"));
      Certificate named =
          wish(Party.of("device"), root)
              .with(Extension.subjectAlternativeName, false, new GeneralNames(names))
              .make();
      assertRefused(judge(named), "65 alternative names");
    }

    @Test
    void excludedName_isNotReachedByAnotherSpelling() {
      Party sub = Party.of("sub");
      Certificate limited =
          wish(sub, root)
              .authority()
              .with(
                  Extension.nameConstraints,
                  true,
                  new NameConstraints(
                      null,
                      new GeneralSubtree[] {
                        new GeneralSubtree(new GeneralName(GeneralName.dNSName, "secret.example"))
                      }))
              .make();
      for (String name :
          List.of(
              "secret.example",
              "a.secret.example",
              "A.SECRET.example.",
              "*.example",
              "*.secret.example")) {
        assertThat(judge(named(sub, name), limited).trusted()).as(name).isFalse();
      }
      assertTrusted(judge(named(sub, "open.example"), limited));
      assertTrusted(judge(named(sub, "notsecret.example"), limited));
    }

    private Certificate named(Party issuer, String name) {
      return wish(Party.of("device"), issuer)
          .with(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(new GeneralName(GeneralName.dNSName, name)))
          .make();
    }

    @Test
    void policyMappingsThatMultiply_areRefused() {
      CertPolicyId[] from = new CertPolicyId[16];
      CertPolicyId[] to = new CertPolicyId[16];
      Arrays.setAll(from, i -> id("1.3.6.1.4.1.1." + (i / 4 + 1)));
      Arrays.setAll(to, i -> id("1.3.6.1.4.1.1." + (i % 4 + 1)));
      PolicyInformation[] policies = new PolicyInformation[4];
      Arrays.setAll(
          policies,
          i -> new PolicyInformation(new ASN1ObjectIdentifier("1.3.6.1.4.1.1." + (i + 1))));
      List<Certificate> chain = new ArrayList<>();
      Party above = root;
      for (int i = 1; i < PathLimits.DEPTH; i++) {
        Party next = Party.of("level-" + i);
        chain.add(
            wish(next, above)
                .authority()
                .with(Extension.certificatePolicies, false, new CertificatePolicies(policies))
                .with(Extension.policyMappings, true, new PolicyMappings(from, to))
                .make());
        above = next;
      }

      assertRefused(judge(leaf(above), chain, List.of()), "policy mappings");
    }

    private CertPolicyId id(String text) {
      return CertPolicyId.getInstance(new ASN1ObjectIdentifier(text));
    }
  }

  @Nested
  class Lists {
    private final Instant before = NOW.minus(Duration.ofHours(1));
    private final Instant after = NOW.plus(Duration.ofHours(1));
    private final Certificate device = leaf(root);

    @Test
    void revokedOrHeld_isRefused() {
      assertRefused(
          judge(device, List.of(), List.of(list(root, before, after, List.of(device)))),
          "certificate-hold");
      assertTrusted(judge(device, List.of(), List.of(list(root, before, after, List.of()))));
    }

    @Test
    void listThatIsOldOrForged_leavesTheStandingUnknown() {
      Party impostor = new Party(root.name(), Party.of("x").keys());

      assertRefused(
          judge(device, List.of(), List.of(list(root, before, before.plusSeconds(9), List.of()))),
          "cannot be said");
      assertRefused(
          judge(device, List.of(), List.of(list(impostor, before, after, List.of()))),
          "cannot be said");
    }

    @Test
    void newerList_doesNotHideWhatAnotherOneNames() {
      assertRefused(
          judge(
              device,
              List.of(),
              List.of(
                  list(root, before, after, List.of()),
                  list(root, before, after, List.of(device)))),
          "revoked");
    }
  }

  @Test
  void changedOctets_areNeverTrustedAndNeverThrow() {
    Party sub = Party.of("sub");
    Certificate between = authority(sub, root);
    Certificate device = leaf(sub);
    assertTrusted(judge(device, between));
    Seeds.check(
        300,
        random -> {
          boolean upper = random.nextBoolean();
          byte[] good = (upper ? between : device).der();
          byte[] der = good.clone();
          int changes = 1 + random.nextInt(3);
          for (int i = 0; i < changes; i++) {
            der[random.nextInt(der.length)] ^= (byte) (1 << random.nextInt(8));
          }
          if (!Arrays.equals(der, good)) {
            assertNotTrusted(der, upper, device, between);
          }
        });
  }

  private void assertNotTrusted(
      byte[] der, boolean upper, Certificate device, Certificate between) {
    try {
      Certificate changed = Certificate.parse(der);
      PathJudgement judgement = upper ? judge(device, changed) : judge(changed, between);
      assertThat(judgement.trusted()).as(changed.toString()).isFalse();
    } catch (Refused unreadable) {
      assertThat(unreadable.detail()).isNotEmpty();
    }
  }
}

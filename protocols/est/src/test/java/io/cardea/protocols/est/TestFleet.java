package io.cardea.protocols.est;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Csr;
import io.cardea.life.pki.JdkBackend;
import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.EdgeLimits;
import io.cardea.protocols.edge.EdgeServer;
import io.cardea.protocols.edge.TlsMaterial;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A small authority, an edge with EST, and a use case that judges simply: a token per device, and
/// the certificates that it issued itself.
final class TestFleet implements EnrolmentDoor, AutoCloseable {

  static final String DEVICE = "pump-17";
  static final String TOKEN = "abcdefghijklmnopqrstuvwxyz234567";

  /// A key and its certificate.
  record Identity(PrivateKey key, X509Certificate certificate) {}

  final Identity root;
  final Identity issuing;
  final EdgeServer server;
  final Queue<Applicant> applicants = new ConcurrentLinkedQueue<>();
  final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

  /// Taken before the door judges by itself.
  final Queue<Answer> scripted = new ConcurrentLinkedQueue<>();

  volatile Set<CertKey> keys = Set.of(CertKey.EC_P256, CertKey.RSA_2048_AND_UP);
  private final Map<Fingerprint, String> issued = new ConcurrentHashMap<>();

  TestFleet() throws GeneralSecurityException, IOException, OperatorCreationException {
    KeyPair rootKey = ec();
    root =
        new Identity(
            rootKey.getPrivate(),
            certificate("CN=Test Root", rootKey, "CN=Test Root", rootKey.getPrivate(), true));
    KeyPair issuingKey = ec();
    issuing =
        new Identity(
            issuingKey.getPrivate(),
            certificate("CN=Test Issuing", issuingKey, "CN=Test Root", root.key(), true));
    KeyPair serverKey = ec();
    X509Certificate leaf =
        certificate("CN=localhost", serverKey, "CN=Test Issuing", issuing.key(), false);
    TlsMaterial material =
        new TlsMaterial(
            new TlsMaterial.Chain(serverKey.getPrivate(), List.of(leaf, issuing.certificate())));
    EstServer est = new EstServer(this, this::authorities, () -> keys, refusals::add);
    server =
        EdgeServer.start(
            EdgeConfig.tls(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> material,
                EdgeLimits.defaults()),
            est.routes(label ->
                    label.equals("plant") ? Optional.of(Set.of(CertKey.EC_P384)) : Optional.empty())
                .build(),
            EdgeEvents.NONE,
            InstantSource.system());
  }

  private List<byte[]> authorities() {
    try {
      return List.of(issuing.certificate().getEncoded(), root.certificate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair ec() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  @Override
  public Answer enrol(Applicant applicant, byte[] csr, String protocol) {
    applicants.add(applicant);
    Answer next = scripted.poll();
    if (next != null) {
      return next;
    }
    try {
      Csr proven = Csr.parse(csr).verified(new JdkBackend());
      if (proven.challengePassword().isPresent()) {
        throw new Refused(Refusal.CHALLENGE_PASSWORD_UNCHECKED, "a challengePassword");
      }
      String device = device(applicant);
      X509Certificate made =
          certificate(
              "CN=" + device,
              SubjectPublicKeyInfo.getInstance(proven.key().der()),
              "CN=Test Issuing",
              issuing.key(),
              false);
      issued.put(Fingerprint.of(made.getEncoded()), device);
      return new Answer.Issued(
          new DeviceId(device), new CredentialId(UUID.randomUUID()), made.getEncoded(), false);
    } catch (Refused refused) {
      return new Answer.Declined(refused.refusal(), refused.detail());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private String device(Applicant applicant) throws Refused {
    if (applicant.login().isPresent()) {
      Applicant.Login login = applicant.login().get();
      if (login.device().equals(DEVICE) && login.secret().equals(TOKEN)) {
        return DEVICE;
      }
      throw new Refused(Refusal.TOKEN_INVALID, "device or token");
    }
    return Optional.ofNullable(issued.get(applicant.certificate().orElseThrow()))
        .orElseThrow(() -> new Refused(Refusal.CREDENTIAL_UNKNOWN, "certificate"));
  }

  /// A device that enrolled before.
  Identity enrolled() throws GeneralSecurityException, IOException, OperatorCreationException {
    KeyPair key = ec();
    X509Certificate certificate =
        certificate("CN=" + DEVICE, key, "CN=Test Issuing", issuing.key(), false);
    issued.put(Fingerprint.of(certificate.getEncoded()), DEVICE);
    return new Identity(key.getPrivate(), certificate);
  }

  private static X509Certificate certificate(
      String subject, KeyPair key, String issuer, PrivateKey signer, boolean authority)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
    return certificate(subject, info, issuer, signer, authority);
  }

  private static X509Certificate certificate(
      String subject, SubjectPublicKeyInfo key, String issuer, PrivateKey signer, boolean authority)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    Instant now = InstantSource.system().instant();
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            new X500Name(issuer),
            new BigInteger(128, new java.security.SecureRandom()).setBit(126),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofDays(30))),
            new X500Name(subject),
            key);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(
            authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
    if (!authority) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
    }
    byte[] der =
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)).getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  @Override
  public void close() {
    server.close();
  }
}

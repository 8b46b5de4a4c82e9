package io.cardea.protocols.est.client;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A root that certifies whatever a test wants, by any clock.
public final class TestAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair key = KeyKind.EC_P256.generate();
  private final X500Name name;
  private final X509Certificate root;

  /// @param now what this authority takes for the time
  public TestAuthority(String commonName, Instant now) {
    this.name = new X500Name("CN=" + commonName);
    this.root =
        build(
            name,
            key.getPublic(),
            now.minus(Duration.ofDays(1)),
            now.plus(Duration.ofDays(3650)),
            builder ->
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true)));
  }

  public X509Certificate root() {
    return root;
  }

  /// For `localhost` and 127.0.0.1.
  public X509Certificate server(PublicKey serverKey, Instant from, Instant to) {
    return build(
        new X500Name("CN=localhost"),
        serverKey,
        from,
        to,
        builder -> {
          builder.addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(
                  new GeneralName[] {
                    new GeneralName(GeneralName.dNSName, "localhost"),
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                  }));
          builder.addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        });
  }

  public X509Certificate device(String id, PublicKey deviceKey, Instant from, Instant to) {
    return build(new X500Name("CN=" + id), deviceKey, from, to, builder -> {});
  }

  /// A certs-only PKCS#7.
  public static byte[] pkcs7(X509Certificate... certificates) {
    try {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      generator.addCertificates(
          new org.bouncycastle.cert.jcajce.JcaCertStore(List.of(certificates)));
      return generator.generate(new CMSProcessableByteArray(new byte[0])).getEncoded();
    } catch (CMSException | GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Extensions {
    void addTo(X509v3CertificateBuilder builder) throws java.io.IOException;
  }

  private X509Certificate build(
      X500Name subject, PublicKey subjectKey, Instant from, Instant to, Extensions extensions) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(127, RANDOM).add(BigInteger.ONE),
              Date.from(from),
              Date.from(to),
              subject,
              subjectKey);
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils()
              .createAuthorityKeyIdentifier(
                  SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded())));
      extensions.addTo(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    } catch (GeneralSecurityException | java.io.IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}

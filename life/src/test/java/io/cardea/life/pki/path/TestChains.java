package io.cardea.life.pki.path;

import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.JdkBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Authorities that sign whatever they are asked to.
public final class TestChains {
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final int CA_USAGE = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  private static final JdkBackend BACKEND = new JdkBackend();
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private TestChains() {}

  /// A name with a key.
  public record Party(String name, KeyPair keys) {
    public static Party of(String commonName) {
      return new Party("CN=" + commonName, BACKEND.generateKeyPair(CertKey.EC_P256));
    }

    public SubjectPublicKeyInfo key() {
      return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    }
  }

  /// What differs from a plain certificate.
  public static final class Wish {
    private final Party subject;
    private final Party issuer;
    private final X509v3CertificateBuilder builder;
    private String algorithm = "SHA256withECDSA";

    private Wish(Party subject, Party issuer, SubjectPublicKeyInfo key, Instant from, Instant to) {
      this.subject = subject;
      this.issuer = issuer;
      this.builder =
          new X509v3CertificateBuilder(
              new X500Name(issuer.name()),
              BigInteger.valueOf(SERIAL.incrementAndGet()),
              Date.from(from),
              Date.from(to),
              new X500Name(subject.name()),
              key);
    }

    public Wish with(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
      try {
        builder.addExtension(id, critical, value);
        return this;
      } catch (CertIOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public Wish authority(int... pathLength) {
      with(
          Extension.basicConstraints,
          true,
          pathLength.length == 0
              ? new BasicConstraints(true)
              : new BasicConstraints(pathLength[0]));
      return with(Extension.keyUsage, true, new KeyUsage(CA_USAGE));
    }

    public Wish signedBy(String other) {
      algorithm = other;
      return this;
    }

    public Certificate make() {
      try {
        ContentSigner signer =
            new JcaContentSignerBuilder(algorithm).build(issuer.keys().getPrivate());
        return Certificate.of(builder.build(signer).getEncoded());
      } catch (OperatorCreationException | IOException e) {
        throw new IllegalStateException(subject.name(), e);
      }
    }
  }

  public static Wish wish(Party subject, Party issuer) {
    return wish(subject, issuer, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
  }

  public static Wish wish(Party subject, Party issuer, Instant from, Instant to) {
    return new Wish(subject, issuer, subject.key(), from, to);
  }

  public static Wish wish(Party subject, Party issuer, SubjectPublicKeyInfo key) {
    return new Wish(
        subject, issuer, key, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
  }

  public static Certificate authority(Party subject, Party issuer) {
    return wish(subject, issuer).authority().make();
  }

  public static Certificate leaf(Party issuer) {
    return wish(Party.of("device"), issuer).make();
  }

  public static RevocationList list(
      Party issuer, Instant from, Instant to, List<Certificate> revoked) {
    try {
      return RevocationList.parse(listDer(issuer, from, to, revoked));
    } catch (io.cardea.life.Refused e) {
      throw new IllegalStateException(issuer.name(), e);
    }
  }

  /// A list by this issuer that names these.
  public static byte[] listDer(Party issuer, Instant from, Instant to, List<Certificate> revoked) {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(new X500Name(issuer.name()), Date.from(from));
      builder.setNextUpdate(Date.from(to));
      for (Certificate each : revoked) {
        builder.addCRLEntry(each.serial().value(), Date.from(from), CRLReason.certificateHold);
      }
      return builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.keys().getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException(issuer.name(), e);
    }
  }
}

package io.cardea.protocols.est.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/// Makes PKCS#10 certificate requests (RFC 2986).
///
/// A request proves possession of its key and names at most the device's registered id: everything
/// else that the certificate says is the profile's to decide.
public final class CertificateRequests {
  private CertificateRequests() {}

  /// The DER of a request with an empty subject.
  public static byte[] der(KeyPair key) {
    return der(key, Optional.empty());
  }

  /// The DER of a request whose subject is the device's registered id.
  public static byte[] der(KeyPair key, String deviceId) {
    return der(key, Optional.of(deviceId));
  }

  private static byte[] der(KeyPair key, Optional<String> deviceId) {
    X500Name subject =
        deviceId
            .map(id -> new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, id).build())
            .orElseGet(() -> new X500NameBuilder(BCStyle.INSTANCE).build());
    try {
      return new PKCS10CertificationRequestBuilder(
              subject, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()))
          .build(new Signer(key))
          .getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("a request that we made cannot be encoded", e);
    }
  }

  /// The SubjectPublicKeyInfo that a request asks to have certified.
  static byte[] publicKeyOf(byte[] der) {
    try {
      return new PKCS10CertificationRequest(der).getSubjectPublicKeyInfo().getEncoded();
    } catch (IOException e) {
      throw new IllegalArgumentException("csr: " + der.length + " bytes (expected: PKCS#10)", e);
    }
  }

  /// Signs by the platform's own provider order, which the helpers of the ASN.1 library go around.
  private static final class Signer implements ContentSigner {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final KeyPair key;
    private final String algorithm;

    Signer(KeyPair key) {
      this.key = key;
      this.algorithm = KeyKind.signatureFor(key.getPublic());
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return switch (algorithm) {
        case "SHA256withECDSA" -> ecdsa(X9ObjectIdentifiers.ecdsa_with_SHA256);
        case "SHA384withECDSA" -> ecdsa(X9ObjectIdentifiers.ecdsa_with_SHA384);
        default ->
            new AlgorithmIdentifier(
                PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
      };
    }

    private static AlgorithmIdentifier ecdsa(ASN1ObjectIdentifier oid) {
      return new AlgorithmIdentifier(oid);
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      try {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key.getPrivate());
        signature.update(content.toByteArray());
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the key pair cannot sign with " + algorithm, e);
      }
    }
  }
}

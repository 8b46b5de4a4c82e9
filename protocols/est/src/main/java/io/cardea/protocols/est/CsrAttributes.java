package io.cardea.protocols.est;

import io.cardea.life.pki.CertKey;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// What a client is told about the request that would please (RFC 7030 §4.5.2): one kind of key,
/// the first of these that the profile allows, and the signature that goes with it. A client may
/// well use another kind that is allowed.
final class CsrAttributes {
  private static final ASN1ObjectIdentifier ED25519 = new ASN1ObjectIdentifier("1.3.101.112");

  private CsrAttributes() {}

  /// Empty when there is nothing to say.
  static Optional<byte[]> hint(Set<CertKey> allowed) {
    for (CertKey key : CertKey.values()) {
      if (allowed.contains(key)) {
        return Optional.of(encode(key));
      }
    }
    return Optional.empty();
  }

  private static byte[] encode(CertKey key) {
    return switch (key) {
      case EC_P256 ->
          encode(
              X9ObjectIdentifiers.id_ecPublicKey,
              SECObjectIdentifiers.secp256r1,
              X9ObjectIdentifiers.ecdsa_with_SHA256);
      case EC_P384 ->
          encode(
              X9ObjectIdentifiers.id_ecPublicKey,
              SECObjectIdentifiers.secp384r1,
              X9ObjectIdentifiers.ecdsa_with_SHA384);
      case RSA_2048_AND_UP ->
          encode(
              PKCSObjectIdentifiers.rsaEncryption,
              new ASN1Integer(3072),
              PKCSObjectIdentifiers.sha256WithRSAEncryption);
      // One name for key and signature (RFC 8410 §3, RFC 9881 §2).
      case ED25519 -> encode(ED25519);
      case ML_DSA_44 -> encode(NISTObjectIdentifiers.id_ml_dsa_44);
      case ML_DSA_65 -> encode(NISTObjectIdentifiers.id_ml_dsa_65);
      case ML_DSA_87 -> encode(NISTObjectIdentifiers.id_ml_dsa_87);
    };
  }

  private static byte[] encode(ASN1ObjectIdentifier both) {
    return encode(new DERSequence(both));
  }

  private static byte[] encode(
      ASN1ObjectIdentifier type, ASN1Encodable value, ASN1ObjectIdentifier signature) {
    ASN1EncodableVector attribute = new ASN1EncodableVector();
    attribute.add(type);
    attribute.add(new DERSet(value));
    ASN1EncodableVector all = new ASN1EncodableVector();
    all.add(new DERSequence(attribute));
    all.add(signature);
    return encode(new DERSequence(all));
  }

  private static byte[] encode(DERSequence all) {
    try {
      return all.getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("constants that cannot be encoded", e);
    }
  }
}

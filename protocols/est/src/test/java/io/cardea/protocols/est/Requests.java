package io.cardea.protocols.est;

import java.io.IOException;
import java.security.KeyPair;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/// Certificate requests for tests.
final class Requests {

  private Requests() {}

  static byte[] csr(KeyPair key) throws IOException, OperatorCreationException {
    return builder(key)
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
        .getEncoded();
  }

  static byte[] withChallengePassword(KeyPair key) throws IOException, OperatorCreationException {
    return builder(key)
        .addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERPrintableString("secret"))
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
        .getEncoded();
  }

  private static PKCS10CertificationRequestBuilder builder(KeyPair key) {
    return new PKCS10CertificationRequestBuilder(
        new X500Name("CN=" + TestFleet.DEVICE),
        SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
  }
}

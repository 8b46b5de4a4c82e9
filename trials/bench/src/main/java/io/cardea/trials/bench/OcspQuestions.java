package io.cardea.trials.bench;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Questions about serial numbers of one authority, as they go over the wire.
final class OcspQuestions {
  private final String path;
  private final AlgorithmIdentifier sha1 =
      new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE);
  private final DEROctetString name;
  private final DEROctetString key;

  OcspQuestions(String authority, X509Certificate issuer) throws IOException {
    this.path = "/ocsp/" + authority;
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      this.name = new DEROctetString(digest.digest(issuer.getSubjectX500Principal().getEncoded()));
      this.key =
          new DEROctetString(
              digest.digest(
                  SubjectPublicKeyInfo.getInstance(issuer.getPublicKey().getEncoded())
                      .getPublicKeyData()
                      .getOctets()));
    } catch (GeneralSecurityException e) {
      throw new IOException("every Java platform has SHA-1", e);
    }
  }

  private byte[] of(BigInteger serial) {
    try {
      DERSequence certId =
          new DERSequence(
              new org.bouncycastle.asn1.ASN1Encodable[] {sha1, name, key, new ASN1Integer(serial)});
      DERSequence list = new DERSequence(new DERSequence(certId));
      return new DERSequence(new DERSequence(list)).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }

  byte[] get(BigInteger serial) {
    String question = Base64.getEncoder().encodeToString(of(serial));
    return ("GET " + path + "/" + question + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  byte[] post(BigInteger serial) {
    byte[] question = of(serial);
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ocsp-request\r\n"
                + "Content-Length: "
                + question.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + question.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(question, 0, all, head.length, question.length);
    return all;
  }
}

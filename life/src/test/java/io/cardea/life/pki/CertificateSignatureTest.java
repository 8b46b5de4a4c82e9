package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;

class CertificateSignatureTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final JdkBackend crypto = new JdkBackend();

  @Test
  void rfc5280Section4_1_1_3_signatureThatIsNoWholeBytes_isNoneAndBreaksNothing() throws Exception {
    MemoryAuthorityKeys keys = new MemoryAuthorityKeys(crypto);
    AuthorityMaker maker =
        new AuthorityMaker(keys, crypto, PublicUrls.of("http://pki.example.com"));
    Certificate root = maker.root("Root", NOW).certificate();
    ASN1Sequence parts = ASN1Sequence.getInstance(root.der());
    byte[] signature = DERBitString.getInstance(parts.getObjectAt(2)).getOctets();
    ASN1EncodableVector padded = new ASN1EncodableVector();
    padded.add(parts.getObjectAt(0));
    padded.add(parts.getObjectAt(1));
    padded.add(new DERBitString(signature, 1));

    Certificate hostile = Certificate.parse(new DERSequence(padded).getEncoded());

    assertThat(root.isSignedBy(root, crypto)).isTrue();
    assertThat(hostile.isSignedBy(root, crypto)).isFalse();
  }
}

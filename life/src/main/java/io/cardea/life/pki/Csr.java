package io.cardea.life.pki;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/// A PKCS#10 certificate request (RFC 2986) whose sender proved possession of the private key.
///
/// There is no other way to get one than [Unproven#verified]. The names in it are what the sender
/// asks for, and no more than that: a profile and the authenticated device decide.
public final class Csr {
  /// A request with a 4096-bit RSA key and a handful of names takes less than 2 KiB, one with an
  /// ML-DSA-87 key less than 8.
  public static final int MAX_LENGTH = 16 * 1024;

  private static final int MAX_DEPTH = 16;
  private static final int ATTRIBUTES = 0xa0;

  private final byte[] der;
  private final Contents contents;

  private Csr(byte[] der, Contents contents) {
    this.der = der;
    this.contents = contents;
  }

  /// What the request says, before and after the proof.
  private record Contents(
      SubjectPublicKey key,
      String subject,
      List<String> commonNames,
      AlternativeNames names,
      Optional<String> challengePassword,
      Set<String> extensions,
      Set<String> attributes) {}

  /// Reads a request strictly: DER, nothing left over, bounded in size and depth, one value where
  /// one belongs.
  ///
  /// @throws Refused CSR_TOO_LARGE, CSR_MALFORMED, or KEY_NOT_ALLOWED for a key that nobody here
  ///   certifies
  public static Unproven parse(byte[] der) throws Refused {
    if (der.length > MAX_LENGTH) {
      throw new Refused(
          Refusal.CSR_TOO_LARGE, der.length + " octets (expected: at most " + MAX_LENGTH + ")");
    }
    byte[] copy = der.clone();
    try {
      DerReader.check(copy, MAX_DEPTH);
      DerReader request = new DerReader(copy).next(Der.SEQUENCE, "CertificationRequest").reader();
      DerReader.Element info = request.next(Der.SEQUENCE, "CertificationRequestInfo");
      byte[] algorithm = request.next(Der.SEQUENCE, "signatureAlgorithm").encoded();
      byte[] signature = request.next(Der.BIT_STRING, "signature").content();
      request.end("CertificationRequest");
      if (signature.length < 2 || signature[0] != 0) {
        throw new MalformedDer("signature is not a string of whole octets");
      }
      return new Unproven(
          copy,
          contents(info.reader()),
          info.encoded(),
          algorithm,
          Arrays.copyOfRange(signature, 1, signature.length));
    } catch (MalformedDer e) {
      throw new Refused(Refusal.CSR_MALFORMED, e.detail());
    } catch (RuntimeException e) {
      // Bouncy Castle reports bad ASN.1 by half a dozen unchecked types; whatever it is, it is no
      // request.
      throw new Refused(
          Refusal.CSR_MALFORMED, "a name, an attribute or an extension is not well formed");
    }
  }

  private static Contents contents(DerReader info) throws MalformedDer, Refused {
    if (!Arrays.equals(info.next(Der.INTEGER, "version").content(), new byte[] {0})) {
      throw new MalformedDer("version (expected: 0)");
    }
    X500Name subject = X500Name.getInstance(info.next(Der.SEQUENCE, "subject").encoded());
    SubjectPublicKey key = SubjectPublicKey.of(info.next(Der.SEQUENCE, "subjectPKInfo").encoded());
    Set<String> attributes = new LinkedHashSet<>();
    String challengePassword = null;
    Extensions extensions = null;
    if (info.hasNext()) {
      DerReader all = info.next(ATTRIBUTES, "attributes").reader();
      while (all.hasNext()) {
        ASN1Sequence attribute =
            ASN1Sequence.getInstance(all.next(Der.SEQUENCE, "attribute").encoded());
        ASN1ObjectIdentifier type = ASN1ObjectIdentifier.getInstance(attribute.getObjectAt(0));
        ASN1Set values = ASN1Set.getInstance(attribute.getObjectAt(1));
        if (attribute.size() != 2 || !attributes.add(type.getId())) {
          throw new MalformedDer("attribute " + type + " is malformed or there twice");
        }
        if (type.equals(PKCSObjectIdentifiers.pkcs_9_at_challengePassword)) {
          challengePassword = challengePassword(only(values, type));
        } else if (type.equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
          extensions = extensions(only(values, type));
        }
      }
    }
    info.end("CertificationRequestInfo");
    Set<String> asked = new LinkedHashSet<>();
    if (extensions != null) {
      for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
        asked.add(oid.getId());
      }
    }
    return new Contents(
        key,
        // Read now: a parser that is lazy about names would throw at whoever shows them later.
        Names.text(subject),
        Names.commonNames(subject),
        AlternativeNames.of(extensions),
        Optional.ofNullable(challengePassword),
        Set.copyOf(asked),
        Set.copyOf(attributes));
  }

  private static ASN1Encodable only(ASN1Set values, ASN1ObjectIdentifier type) throws MalformedDer {
    if (values.size() != 1) {
      throw new MalformedDer(
          "attribute " + type + " has " + values.size() + " values (expected: 1)");
    }
    return values.getObjectAt(0);
  }

  private static String challengePassword(ASN1Encodable value) throws MalformedDer {
    if (value instanceof ASN1String string && !(value instanceof ASN1TaggedObject)) {
      return string.getString();
    }
    throw new MalformedDer("challengePassword is not a string");
  }

  private static Extensions extensions(ASN1Encodable value) throws MalformedDer {
    ASN1Sequence all = ASN1Sequence.getInstance(value);
    Set<ASN1ObjectIdentifier> seen = new LinkedHashSet<>();
    for (ASN1Encodable one : all) {
      if (!seen.add(Extension.getInstance(one).getExtnId())) {
        throw new MalformedDer("an extension is asked for twice");
      }
    }
    return Extensions.getInstance(all);
  }

  /// A request that was read and whose signature was not looked at. It shows its key, so that a
  /// caller can refuse early, and nothing else.
  public static final class Unproven {
    private final byte[] der;
    private final Contents contents;
    private final byte[] info;
    private final byte[] algorithm;
    private final byte[] signature;

    private Unproven(
        byte[] der, Contents contents, byte[] info, byte[] algorithm, byte[] signature) {
      this.der = der;
      this.contents = contents;
      this.info = info;
      this.algorithm = algorithm;
      this.signature = signature;
    }

    public SubjectPublicKey key() {
      return contents.key;
    }

    /// Checks proof of possession: the signature, under the key in the request, over the octets as
    /// received.
    ///
    /// @throws Refused CSR_BAD_PROOF, or KEY_WEAK for a key whose private half others can compute
    public Csr verified(CryptoBackend backend) throws Refused {
      WeakKeys.require(contents.key, backend);
      SignatureScheme scheme =
          SignatureScheme.byAlgorithmIdentifier(algorithm)
              .filter(found -> found.fits(contents.key.kind()))
              .orElseThrow(() ->
                  new Refused(
                      Refusal.CSR_BAD_PROOF,
                      "signature algorithm (expected: as the key, and where it has a hash, SHA-256,"
                          + " SHA-384 or SHA-512; PSS with the same hash and its length of salt)"));
      if (!backend.verify(scheme, contents.key, info, signature)) {
        throw new Refused(
            Refusal.CSR_BAD_PROOF, "the signature does not verify under the key in the request");
      }
      return new Csr(der, contents);
    }

    @Override
    public String toString() {
      return "Csr.Unproven[" + contents.key + "]";
    }
  }

  /// The request as it was received.
  public byte[] der() {
    return der.clone();
  }

  public SubjectPublicKey key() {
    return contents.key;
  }

  public Fingerprint keyFingerprint() {
    return contents.key.fingerprint();
  }

  /// The subject asked for, as an RFC 4514 string; empty when the sender leaves it to us.
  public String subject() {
    return contents.subject;
  }

  /// The DER of the subject.
  byte[] subjectDer() {
    try {
      DerReader info = new DerReader(der).next().reader().next().reader();
      info.next();
      return info.next().encoded();
    } catch (MalformedDer e) {
      throw new IllegalStateException("checked when it was read", e);
    }
  }

  public List<String> commonNames() {
    return contents.commonNames;
  }

  public AlternativeNames alternativeNames() {
    return contents.names;
  }

  /// A secret when it is one: never shown by [#toString].
  public Optional<String> challengePassword() {
    return contents.challengePassword;
  }

  /// The OIDs of the extensions that the sender asks for.
  public Set<String> extensions() {
    return contents.extensions;
  }

  /// The OIDs of all attributes.
  public Set<String> attributes() {
    return contents.attributes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Csr that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "Csr[" + subject() + ", " + contents.key + "]";
  }
}

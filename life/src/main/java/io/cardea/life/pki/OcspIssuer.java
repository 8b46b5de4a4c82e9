package io.cardea.life.pki;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// An authority as questions name it.
///
/// The name alone proves nothing: another authority of the same name has another key, and a
/// certificate of one must not get its status from the other.
public final class OcspIssuer {
  private final AuthorityId id;
  private final Map<OcspCertId.Form, byte[]> nameHashes = new EnumMap<>(OcspCertId.Form.class);
  private final Map<OcspCertId.Form, byte[]> keyHashes = new EnumMap<>(OcspCertId.Form.class);

  public OcspIssuer(Authority authority) {
    this.id = authority.id();
    byte[] name = authority.certificate().subjectDer();
    byte[] key = bits(authority.key().publicKey());
    for (OcspCertId.Form form : OcspCertId.Form.values()) {
      nameHashes.put(form, form.hash(name));
      keyHashes.put(form, form.hash(key));
    }
  }

  public AuthorityId id() {
    return id;
  }

  boolean issued(OcspCertId asked) {
    return Arrays.equals(nameHashes.get(asked.form()), asked.nameHash())
        && Arrays.equals(keyHashes.get(asked.form()), asked.keyHash());
  }

  /// The octets of the key itself, without the algorithm.
  static byte[] bits(SubjectPublicKey key) {
    try {
      DerReader info = new DerReader(key.der()).next(Der.SEQUENCE, "SubjectPublicKeyInfo").reader();
      info.next(Der.SEQUENCE, "AlgorithmIdentifier");
      byte[] bits = info.next(Der.BIT_STRING, "subjectPublicKey").content();
      return Arrays.copyOfRange(bits, 1, bits.length);
    } catch (MalformedDer e) {
      throw new IllegalStateException("a key that was read before", e);
    }
  }

  /// What a question about one certificate of this authority is remembered by; empty for any other
  /// question.
  public Optional<OcspKey> key(OcspRequest request) {
    if (request.asked().size() != 1) {
      return Optional.empty();
    }
    OcspCertId asked = request.asked().getFirst();
    return issued(asked)
        ? Optional.of(new OcspKey(id, asked.form(), asked.serial()))
        : Optional.empty();
  }
}

package io.cardea.life.pki;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The entries of a revocation list as they are encoded, so that the next list is the last one with
/// a few octets more.
public final class CrlEntries {
  public static final CrlEntries NONE = new CrlEntries(new byte[0]);

  private static final byte[] NOTHING = {};
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;

  private final byte[] encoded;

  private CrlEntries(byte[] encoded) {
    this.encoded = encoded;
  }

  /// Those of a list of our own.
  ///
  /// @throws IllegalArgumentException for octets that are no such list
  public static CrlEntries of(byte[] crl) {
    try {
      DerReader list = DerReader.ofOurs(crl).next(Der.SEQUENCE, "CertificateList").reader();
      DerReader tbs = list.next(Der.SEQUENCE, "tbsCertList").reader();
      tbs.next(Der.INTEGER, "version");
      tbs.next(Der.SEQUENCE, "signature");
      tbs.next(Der.SEQUENCE, "issuer");
      tbs.next();
      if (tbs.peekTag() == UTC_TIME || tbs.peekTag() == GENERALIZED_TIME) {
        tbs.next();
      }
      return tbs.peekTag() == Der.SEQUENCE ? new CrlEntries(tbs.next().content()) : NONE;
    } catch (MalformedDer e) {
      throw new IllegalArgumentException("not a revocation list: " + e.getMessage(), e);
    }
  }

  /// Whether others can read the list. An earlier release wrote the lengths of lists from 64 KiB up
  /// in one octet too many: they are kept for their entries, and shown to nobody.
  public static boolean isDer(byte[] crl) {
    try {
      DerReader list = new DerReader(crl);
      list.next(Der.SEQUENCE, "CertificateList");
      list.end("CertificateList");
      return true;
    } catch (MalformedDer e) {
      return false;
    }
  }

  /// These, and then those.
  public CrlEntries with(Collection<Crl.Entry> more) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(encoded.length + 64 * more.size());
    all.writeBytes(encoded);
    for (Crl.Entry entry : more) {
      all.writeBytes(encoded(entry));
    }
    return new CrlEntries(all.toByteArray());
  }

  /// These, and those of the others whose serial number is wanted.
  public CrlEntries withThoseOf(CrlEntries others, Predicate<Serial> wanted) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(encoded.length);
    all.writeBytes(encoded);
    others.walk((serial, element) -> {
      if (wanted.test(serial)) {
        all.writeBytes(element.encoded());
      }
    });
    return new CrlEntries(all.toByteArray());
  }

  public List<Serial> serials() {
    List<Serial> serials = new ArrayList<>();
    walk((serial, _) -> serials.add(serial));
    return serials;
  }

  /// The serial numbers that are here and not in the set.
  public List<Serial> without(Set<Serial> known) {
    return serials().stream().filter(serial -> !known.contains(serial)).toList();
  }

  public boolean isEmpty() {
    return encoded.length == 0;
  }

  byte[] encoded() {
    return encoded;
  }

  private interface Visitor {
    void entry(Serial serial, DerReader.Element element);
  }

  private void walk(Visitor visitor) {
    try {
      DerReader all = new DerReader(encoded);
      while (all.hasNext()) {
        DerReader.Element entry = all.next(Der.SEQUENCE, "entry");
        byte[] serial = entry.reader().next(Der.INTEGER, "userCertificate").content();
        visitor.entry(new Serial(new java.math.BigInteger(serial)), entry);
      }
    } catch (MalformedDer e) {
      throw new IllegalArgumentException("not entries of a revocation list", e);
    }
  }

  private static byte[] encoded(Crl.Entry entry) {
    byte[] reason = entry.reason() == 0 ? NOTHING : Encoding.reasonCode(entry.reason());
    byte[] invalid = entry.invalidSince().map(Encoding::invalidityDate).orElse(NOTHING);
    return Der.sequence(
        Der.tlv(Der.INTEGER, entry.serial().octets()),
        Der.time(entry.at()),
        reason.length + invalid.length == 0 ? NOTHING : Der.sequence(reason, invalid));
  }
}

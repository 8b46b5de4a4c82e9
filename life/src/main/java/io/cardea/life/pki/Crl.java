package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/// A revocation list (RFC 5280 §5) of one shard of one authority, signed.
///
/// The list says what the caller knew: it is the caller who numbers lists under a fenced claim, and
/// who does not publish one that shrank for no reason.
public final class Crl {
  private static final byte[] VERSION_2 = {2, 1, 1};
  private static final byte[] NOTHING = {};

  private final byte[] der;
  private final BigInteger number;
  private final Instant thisUpdate;
  private final Instant nextUpdate;

  private Crl(byte[] der, BigInteger number, Instant thisUpdate, Instant nextUpdate) {
    this.der = der;
    this.number = number;
    this.thisUpdate = thisUpdate;
    this.nextUpdate = nextUpdate;
  }

  /// One revoked certificate.
  ///
  /// @param reason the CRLReason of RFC 5280 §5.3.1; 0, unspecified, is left out as it should be
  /// @param invalidSince RFC 5280 §5.3.2
  public record Entry(Serial serial, Instant at, int reason, Optional<Instant> invalidSince) {
    public Entry(Serial serial, Instant at, int reason) {
      this(serial, at, reason, Optional.empty());
    }

    public Entry {
      if (reason < 0 || reason > 10 || reason == 7) {
        throw new IllegalArgumentException(
            "reason: " + reason + " (expected: a CRLReason of RFC 5280)");
      }
    }
  }

  /// Builds and signs a list of these entries.
  public static Crl sign(
      Authority authority,
      AuthorityKey key,
      PublicUrls urls,
      int shard,
      BigInteger number,
      Instant thisUpdate,
      Instant nextUpdate,
      Collection<Entry> entries)
      throws Refused {
    return sign(
        authority, key, urls, shard, number, thisUpdate, nextUpdate, CrlEntries.NONE.with(entries));
  }

  /// Builds and signs a list.
  ///
  /// @param number rises from list to list of the shard
  /// @throws Refused AUTHORITY_UNAVAILABLE if the key is another one or cannot sign now
  public static Crl sign(
      Authority authority,
      AuthorityKey key,
      PublicUrls urls,
      int shard,
      BigInteger number,
      Instant thisUpdate,
      Instant nextUpdate,
      CrlEntries entries)
      throws Refused {
    if (!authority.key().publicKey().equals(key.publicKey())) {
      throw new Refused(
          Refusal.AUTHORITY_UNAVAILABLE,
          "authority " + authority.id() + ": the key is not that of its certificate");
    }
    byte[] scope = scope(authority, urls, shard);
    return sign(authority.certificate(), key, scope, number, thisUpdate, nextUpdate, entries);
  }

  /// Builds and signs a list of a root, about all that it certified.
  ///
  /// @param key that of the certificate
  static Crl ofRoot(
      Certificate root,
      AuthorityKey key,
      BigInteger number,
      Instant thisUpdate,
      Instant nextUpdate,
      CrlEntries entries)
      throws Refused {
    return sign(root, key, NOTHING, number, thisUpdate, nextUpdate, entries);
  }

  private static Crl sign(
      Certificate issuer,
      AuthorityKey key,
      byte[] scope,
      BigInteger number,
      Instant thisUpdate,
      Instant nextUpdate,
      CrlEntries entries)
      throws Refused {
    if (number.signum() < 0 || number.bitLength() > 159) {
      throw new IllegalArgumentException("number: " + number + " (expected: 0 to 20 octets)");
    }
    if (!nextUpdate.isAfter(thisUpdate)) {
      throw new IllegalArgumentException(
          "nextUpdate: " + nextUpdate + " (expected: after " + thisUpdate + ")");
    }
    byte[] algorithm = key.scheme().algorithmIdentifier();
    byte[] identifier = issuer.subjectKeyIdentifier().orElseThrow();
    byte[] toBeSigned =
        Der.sequence(
            VERSION_2,
            algorithm,
            issuer.subjectDer(),
            Der.time(thisUpdate),
            Der.time(nextUpdate),
            entries.isEmpty() ? NOTHING : Der.sequence(entries.encoded()),
            Der.tlv(
                0xa0,
                Der.sequence(
                    Encoding.authorityKeyIdentifier(identifier),
                    Encoding.crlNumber(number),
                    scope)));
    byte[] der = Encoding.signed(toBeSigned, algorithm, key.sign(toBeSigned));
    return new Crl(der, number, thisUpdate, nextUpdate);
  }

  /// The list of a root is never sharded and says nothing of its scope: verifiers that check whole
  /// chains look the root itself up in it, which names no list, and refuse one that is said to be
  /// for others.
  private static byte[] scope(Authority authority, PublicUrls urls, int shard) {
    return switch (authority.kind()) {
      case ROOT -> {
        if (shard != 0) {
          throw new IllegalArgumentException("shard of a root: " + shard + " (expected: 0)");
        }
        yield NOTHING;
      }
      case ISSUING -> Encoding.issuingDistributionPoint(urls.crl(authority.id(), shard));
    };
  }

  public byte[] der() {
    return der.clone();
  }

  public BigInteger number() {
    return number;
  }

  public Instant thisUpdate() {
    return thisUpdate;
  }

  public Instant nextUpdate() {
    return nextUpdate;
  }

  @Override
  public String toString() {
    return "Crl[number " + number + ", next " + nextUpdate + "]";
  }
}

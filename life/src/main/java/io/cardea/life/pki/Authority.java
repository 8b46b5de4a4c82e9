package io.cardea.life.pki;

import io.cardea.life.Refused;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A CA certificate with its key. The key is here as it is stored; [AuthorityKeys] opens it.
///
/// Several of one name are the generations of one authority: each has a key of its own, and the
/// newest active one issues. What waits for its first certificate is an [AuthorityRequest].
///
/// @param issuer who signed it, if that one is here; a root has none, and an issuing authority
///   without one has its chain among the others
/// @param others certificates that belong to it beside its own: see [Purpose]
/// @param crlFloor the numbers of its revocation lists are above this one, which an imported
///   authority brings from where it was
public record Authority(
    AuthorityId id,
    Kind kind,
    String name,
    State state,
    Certificate certificate,
    Optional<AuthorityId> issuer,
    WrappedKey key,
    List<Other> others,
    BigInteger crlFloor,
    Instant created) {
  public enum Kind {
    ROOT,
    ISSUING
  }

  /// There is no way back from retired.
  public enum State {
    /// Signs certificates, if it is the newest of its name, and lists.
    ACTIVE,
    /// Signs lists and what answers for its certificates, never a certificate for anyone else.
    RETIRED
  }

  /// What a certificate beside the authority's current one is for.
  public enum Purpose {
    /// One that it had before, for the same key.
    EARLIER,
    /// One above it whose key is elsewhere, nearest first, the root last.
    CHAIN,
    /// The former generation's key and name, signed by this one (RFC 4210 §4.4).
    OLD_WITH_NEW,
    /// This one's key and name, signed by the former generation.
    NEW_WITH_OLD
  }

  /// A certificate that belongs to an authority.
  public record Other(Purpose purpose, Certificate certificate) {}

  public Authority {
    requireName(name);
    if (kind == Kind.ROOT && issuer.isPresent()) {
      throw new IllegalArgumentException("issuer: " + issuer + " (expected: none for a root)");
    }
    if (!certificate.isAuthority()) {
      throw new IllegalArgumentException("certificate: " + certificate + " (expected: a CA's)");
    }
    others = List.copyOf(others);
    if (crlFloor.signum() < 0 || crlFloor.bitLength() > 150) {
      throw new IllegalArgumentException(
          "number of a revocation list: " + crlFloor + " (expected: 0 to 150 bits)");
    }
    try {
      if (!certificate.publicKey().equals(key.publicKey())) {
        throw new IllegalArgumentException("key: " + key + " (expected: that of the certificate)");
      }
    } catch (Refused e) {
      throw new IllegalArgumentException("certificate: " + e.detail(), e);
    }
  }

  /// A new one, active, with nothing beside it.
  public Authority(
      AuthorityId id,
      Kind kind,
      String name,
      Certificate certificate,
      Optional<AuthorityId> issuer,
      WrappedKey key,
      Instant created) {
    this(
        id,
        kind,
        name,
        State.ACTIVE,
        certificate,
        issuer,
        key,
        List.of(),
        BigInteger.ZERO,
        created);
  }

  static void requireName(String name) {
    if (name.isBlank() || name.length() > 64 || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "name: " + Names.withoutControls(name) + " (expected: 1 to 64 characters)");
    }
  }

  public boolean isActive() {
    return state == State.ACTIVE;
  }

  /// Those of one purpose, in their order.
  public List<Certificate> others(Purpose purpose) {
    return others.stream()
        .filter(other -> other.purpose == purpose)
        .map(Other::certificate)
        .toList();
  }

  /// From now on it signs lists alone. Retiring it again changes nothing.
  public Authority retired() {
    return new Authority(
        id, kind, name, State.RETIRED, certificate, issuer, key, others, crlFloor, created);
  }

  /// The same key under a new certificate; the one before is kept.
  ///
  /// @param chain replaces the one that it had
  /// @throws IllegalStateException if it is retired
  public Authority renewed(
      Certificate next, Optional<AuthorityId> nextIssuer, List<Certificate> chain) {
    if (!isActive()) {
      throw new IllegalStateException("authority " + id + " is retired (expected: active)");
    }
    List<Other> kept = new ArrayList<>();
    for (Other other : others) {
      if (other.purpose != Purpose.CHAIN) {
        kept.add(other);
      }
    }
    chain.forEach(above -> kept.add(new Other(Purpose.CHAIN, above)));
    if (!next.equals(certificate)) {
      kept.add(new Other(Purpose.EARLIER, certificate));
    }
    return new Authority(id, kind, name, state, next, nextIssuer, key, kept, crlFloor, created);
  }

  Authority withChain(List<Certificate> chain) {
    return with(chain.stream().map(one -> new Other(Purpose.CHAIN, one)).toList());
  }

  Authority with(List<Other> more) {
    List<Other> all = new ArrayList<>(others);
    all.addAll(more);
    return new Authority(id, kind, name, state, certificate, issuer, key, all, crlFloor, created);
  }

  Authority withCrlFloor(BigInteger floor) {
    return new Authority(id, kind, name, state, certificate, issuer, key, others, floor, created);
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Public keys whose private halves others can compute, or have: they are of the right size and
/// form, and prove nothing.
///
/// It finds what it knows, by their form or by a list, and says nothing about the rest.
public final class WeakKeys {
  private static final BigInteger GENERATOR = BigInteger.valueOf(65537);

  /// Odd primes below 160 modulo which the powers of 65537 are few: a random modulus is such a
  /// power modulo all of them about once in 2^27.
  private static final int[] PRIMES = {
    11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157
  };

  private static final Map<Integer, BitSet> POWERS = powers();

  private WeakKeys() {}

  /// @throws Refused KEY_WEAK
  public static void require(SubjectPublicKey key, CryptoBackend backend) throws Refused {
    if (backend.refuses(key)) {
      throw new Refused(
          Refusal.KEY_WEAK,
          "a key of the list of those that are refused (enrolment.refused-keys): "
              + key.fingerprint());
    }
    Optional<BigInteger> modulus = key.modulus();
    if (modulus.isPresent() && isRoca(modulus.get())) {
      throw new Refused(
          Refusal.KEY_WEAK,
          "an RSA key of the library with the ROCA defect (CVE-2017-15361): its factors can be"
              + " computed");
    }
  }

  /// CVE-2017-15361: both primes are k·M + (65537^a mod M) for M the product of the first primes,
  /// so the modulus is a power of 65537 modulo each of these.
  static boolean isRoca(BigInteger modulus) {
    for (int prime : PRIMES) {
      int rest = modulus.mod(BigInteger.valueOf(prime)).intValueExact();
      BitSet powers = POWERS.get(prime);
      if (powers == null || !powers.get(rest)) {
        return false;
      }
    }
    return true;
  }

  private static Map<Integer, BitSet> powers() {
    Map<Integer, BitSet> all = new TreeMap<>();
    for (int prime : PRIMES) {
      BitSet powers = new BitSet(prime);
      BigInteger modulus = BigInteger.valueOf(prime);
      BigInteger power = BigInteger.ONE;
      while (!powers.get(power.intValueExact())) {
        powers.set(power.intValueExact());
        power = power.multiply(GENERATOR).mod(modulus);
      }
      all.put(prime, powers);
    }
    return all;
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// The one private key of a PKCS#12 file (RFC 7292), with its certificate and those above it. It
/// holds a secret until it is closed, and shows it to nobody but [AuthorityKeys#adopt].
public final class Pkcs12 implements AutoCloseable {
  public static final int MAX_LENGTH = 64 * 1024;

  private final List<Certificate> chain;
  private final byte[] pkcs8;

  private Pkcs12(List<Certificate> chain, byte[] pkcs8) {
    this.chain = List.copyOf(chain);
    this.pkcs8 = pkcs8;
  }

  /// Opens a file. The password is not kept; the caller wipes its copy.
  ///
  /// @throws Refused REQUEST_MALFORMED, and never says what the file or the password holds
  public static Pkcs12 open(byte[] file, char[] password) throws Refused {
    if (file.length > MAX_LENGTH) {
      throw malformed(file.length + " octets (expected: at most " + MAX_LENGTH + ")");
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(file), password);
      List<String> keys = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          keys.add(alias);
        }
      }
      if (keys.size() != 1) {
        throw malformed(keys.size() + " private keys in the file (expected: 1)");
      }
      List<Certificate> chain = new ArrayList<>();
      for (java.security.cert.Certificate one : store.getCertificateChain(keys.getFirst())) {
        chain.add(Certificate.parse(one.getEncoded()));
      }
      Key key = store.getKey(keys.getFirst(), password);
      byte[] pkcs8 = key == null ? null : key.getEncoded();
      if (pkcs8 == null || chain.isEmpty()) {
        throw malformed("the key has no certificate, or is of a kind that is not known here");
      }
      return new Pkcs12(chain, pkcs8);
    } catch (IOException | GeneralSecurityException e) {
      // Without the cause: which of both it was is told to nobody who guesses.
      throw malformed("it cannot be opened: the password is another one, or the file is damaged");
    }
  }

  /// The key's certificate first.
  public List<Certificate> chain() {
    return chain;
  }

  /// Hands the key over; for [AuthorityDesk#take].
  WrappedKey into(Certificate own, AuthorityKeys keys) throws Refused {
    return keys.adopt(own.publicKey(), pkcs8);
  }

  /// The key as [AuthorityDesk#take] asks for it.
  public AuthorityDesk.KeyOf key() {
    return this::into;
  }

  @Override
  public void close() {
    Arrays.fill(pkcs8, (byte) 0);
  }

  @Override
  public String toString() {
    return "Pkcs12[" + chain.getFirst() + "]";
  }

  private static Refused malformed(String detail) {
    return new Refused(Refusal.REQUEST_MALFORMED, "PKCS#12: " + detail);
  }
}

package io.cardea.platform.keys;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import io.cardea.life.pki.CryptoBackend;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backends that there are. Neither changes which providers the JVM prefers.
public final class CryptoBackends {
  private static final Logger LOG = LoggerFactory.getLogger(CryptoBackends.class);

  private CryptoBackends() {}

  /// The native one where its library loads, else the pure Java one, about a fifth as fast; which
  /// one, the log says.
  public static CryptoBackend fastest() {
    Optional<CryptoBackend> found = nativeCode();
    if (found.isEmpty()) {
      LOG.warn(
          "no native cryptography on this platform: signing in pure Java, several times slower");
    }
    return found.orElseGet(CryptoBackends::pureJava);
  }

  /// Amazon Corretto Crypto Provider, if its library loads on this platform.
  public static Optional<CryptoBackend> nativeCode() {
    Provider provider = AmazonCorrettoCryptoProvider.INSTANCE;
    if (AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError() != null) {
      LOG.debug(
          "native cryptography did not load",
          AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError());
      return Optional.empty();
    }
    try {
      return Optional.of(new JcaBackend(provider, provider));
    } catch (GeneralSecurityException e) {
      LOG.warn("native cryptography lacks what Cardea needs", e);
      return Optional.empty();
    }
  }

  /// Bouncy Castle for elliptic curves, where it is faster than the JDK, and the JDK for RSA. Runs
  /// everywhere.
  public static CryptoBackend pureJava() {
    Provider rsa = Security.getProvider("SunRsaSign");
    if (rsa == null) {
      throw new IllegalStateException("this Java platform lacks the provider SunRsaSign");
    }
    try {
      return new JcaBackend(new BouncyCastleProvider(), rsa);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks an algorithm", e);
    }
  }
}

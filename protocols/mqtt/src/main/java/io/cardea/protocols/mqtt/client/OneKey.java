package io.cardea.protocols.mqtt.client;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Our one key, and our one judge, in the form that the platform wants them.
final class OneKey {
  private OneKey() {}

  static KeyManagerFactory keys(MqttIdentity identity) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "device", identity.key(), new char[0], identity.chain().toArray(new X509Certificate[0]));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IOException("the device's key cannot be used", e);
    }
  }

  static TrustManagerFactory trust(X509TrustManager judge) {
    return new JudgeFactory(judge);
  }

  private static final class JudgeFactory extends TrustManagerFactory {
    JudgeFactory(X509TrustManager judge) {
      super(new JudgeSpi(judge), new Nowhere(), "judge");
    }
  }

  /// The platform asks for a provider; there is nothing in it.
  private static final class Nowhere extends Provider {
    private static final long serialVersionUID = 1;

    Nowhere() {
      super("cardea-judge", "1", "one trust manager");
    }
  }

  private static final class JudgeSpi extends TrustManagerFactorySpi {
    private final X509TrustManager judge;

    JudgeSpi(X509TrustManager judge) {
      this.judge = judge;
    }

    @Override
    protected void engineInit(@Nullable KeyStore store) {
      // It was made with its judge.
    }

    @Override
    protected void engineInit(@Nullable ManagerFactoryParameters parameters) {
      // It was made with its judge.
    }

    @Override
    protected TrustManager[] engineGetTrustManagers() {
      return new TrustManager[] {judge};
    }
  }
}

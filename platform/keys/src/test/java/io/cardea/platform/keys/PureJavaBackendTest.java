package io.cardea.platform.keys;

import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.CryptoBackendContract;

class PureJavaBackendTest extends CryptoBackendContract {
  private final CryptoBackend backend = CryptoBackends.pureJava();

  @Override
  protected CryptoBackend backend() {
    return backend;
  }
}

package io.cardea.life.pki;

class JdkBackendTest extends CryptoBackendContract {
  private final CryptoBackend backend = new JdkBackend();

  @Override
  protected CryptoBackend backend() {
    return backend;
  }
}

package io.cardea.platform.keys;

import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.CryptoBackendContract;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

class NativeBackendTest extends CryptoBackendContract {
  private final Optional<CryptoBackend> backend = CryptoBackends.nativeCode();

  @BeforeEach
  void libraryLoads() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    Assumptions.assumeTrue(
        backend.isPresent() || platform.equals("Linux amd64"),
        () -> "no native cryptography on " + platform);
  }

  @Override
  protected CryptoBackend backend() {
    return backend.orElseThrow();
  }
}

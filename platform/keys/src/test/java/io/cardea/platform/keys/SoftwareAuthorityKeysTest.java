package io.cardea.platform.keys;

import io.cardea.life.pki.AuthorityKeyContract;
import io.cardea.life.pki.AuthorityKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SoftwareAuthorityKeysTest extends AuthorityKeyContract {
  @TempDir private Path folder;

  @Override
  protected AuthorityKeys keys() throws IOException {
    return under("wrapping.key");
  }

  @Override
  protected AuthorityKeys otherKeys() throws IOException {
    return under("other.key");
  }

  private AuthorityKeys under(String file) throws IOException {
    return new SoftwareAuthorityKeys(
        CryptoBackends.fastest(), WrappingKey.readOrCreate(folder.resolve(file)));
  }
}

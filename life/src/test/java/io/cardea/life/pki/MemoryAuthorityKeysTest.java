package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refused;
import org.junit.jupiter.api.Test;

class MemoryAuthorityKeysTest extends AuthorityKeyContract {
  private final MemoryAuthorityKeys keys = new MemoryAuthorityKeys(new JdkBackend());
  private final MemoryAuthorityKeys others = new MemoryAuthorityKeys(new JdkBackend());

  @Override
  protected AuthorityKeys keys() {
    return keys;
  }

  @Override
  protected AuthorityKeys otherKeys() {
    return others;
  }

  @Test
  void outOfReach_neitherOpensNorSigns() throws Refused {
    WrappedKey wrapped = keys.create(CertKey.EC_P256);
    AuthorityKey open = keys.open(wrapped);
    keys.outOfReach(true);
    assertThatThrownBy(() -> keys.open(wrapped)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> open.sign(new byte[1])).isInstanceOf(Refused.class);
  }
}

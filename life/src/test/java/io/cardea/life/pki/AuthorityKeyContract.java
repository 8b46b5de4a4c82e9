package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every store of authority keys must do, whatever it is made of.
public abstract class AuthorityKeyContract {
  private static final byte[] DATA = "to be signed".getBytes(StandardCharsets.UTF_8);

  /// The same store at each call.
  protected abstract AuthorityKeys keys() throws Exception;

  /// Another store of the same kind, which shares no secret with the first.
  protected abstract AuthorityKeys otherKeys() throws Exception;

  /// Where these keys live.
  protected KeyHome home() {
    return KeyHome.SOFTWARE;
  }

  private WrappedKey created(CertKey kind) throws Exception {
    return keys().create(kind, home());
  }

  /// Which keys this store makes; it refuses the others.
  protected Set<CertKey> kinds() {
    return Set.of(CertKey.values());
  }

  @Test
  void otherKinds_areRefused() {
    for (CertKey kind : CertKey.values()) {
      if (!kinds().contains(kind)) {
        assertThatThrownBy(() -> created(kind))
            .asInstanceOf(type(Refused.class))
            .extracting(Refused::refusal)
            .isEqualTo(Refusal.KEY_NOT_ALLOWED);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CertKey.class)
  void signature_verifiesUnderPublicKey(CertKey kind) throws Exception {
    assumeTrue(kinds().contains(kind));
    WrappedKey wrapped = created(kind);
    AuthorityKey key = keys().open(wrapped);
    assertThat(key.scheme()).isEqualTo(kind.scheme());
    assertThat(key.publicKey()).isEqualTo(wrapped.publicKey());
    assertThat(wrapped.home()).isEqualTo(home());
    assertThat(new JdkBackend().verify(key.scheme(), key.publicKey(), DATA, key.sign(DATA)))
        .isTrue();
  }

  @Test
  void twoKeys_differ() throws Exception {
    WrappedKey one = created(CertKey.EC_P256);
    WrappedKey two = created(CertKey.EC_P256);
    assertThat(one.id()).isNotEqualTo(two.id());
    assertThat(one.publicKey()).isNotEqualTo(two.publicKey());
  }

  @Test
  void wrappedElsewhere_doesNotOpen() throws Exception {
    WrappedKey foreign = otherKeys().create(CertKey.EC_P256, home());
    assertRefused(foreign);
  }

  @Test
  void alteredBytes_doNotOpen() throws Exception {
    WrappedKey key = created(CertKey.EC_P256);
    for (int at : new int[] {0, key.bytes().length / 2, key.bytes().length - 1}) {
      byte[] altered = key.bytes();
      altered[at] ^= 1;
      assertRefused(new WrappedKey(key.id(), key.publicKey(), altered));
    }
    assertRefused(new WrappedKey(key.id(), key.publicKey(), new byte[0]));
  }

  @Test
  void bytesUnderOtherId_doNotOpen() throws Exception {
    WrappedKey key = created(CertKey.EC_P256);
    assertRefused(new WrappedKey(key.id() + "x", key.publicKey(), key.bytes()));
  }

  @Test
  void bytesUnderOtherPublicKey_doNotOpen() throws Exception {
    WrappedKey key = created(CertKey.EC_P256);
    WrappedKey other = created(CertKey.EC_P256);
    assertRefused(new WrappedKey(key.id(), other.publicKey(), key.bytes()));
  }

  private void assertRefused(WrappedKey key) {
    assertThatThrownBy(() -> keys().open(key))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(Refusal.AUTHORITY_UNAVAILABLE);
  }
}

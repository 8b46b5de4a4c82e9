package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refused;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [CryptoBackend] must do. Signatures and keys are also handed to the plain JDK, so
/// that a backend that agrees only with itself fails.
public abstract class CryptoBackendContract {
  private static final byte[] DATA = "a pump in hall 3".getBytes(StandardCharsets.UTF_8);
  private static final CryptoBackend JDK = new JdkBackend();
  private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

  protected abstract CryptoBackend backend();

  /// One for all tests of a backend: RSA keys take long to make.
  private KeyPair pair(CertKey kind) {
    return PAIRS.computeIfAbsent(getClass().getName() + kind, _ -> backend().generateKeyPair(kind));
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void signature_verifiesHereAndElsewhere(SignatureScheme scheme) throws Refused {
    for (CertKey kind : CertKey.values()) {
      if (scheme.fits(kind)) {
        KeyPair pair = pair(kind);
        SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
        byte[] signature = backend().sign(scheme, pair.getPrivate(), DATA);
        assertThat(backend().verify(scheme, key, DATA, signature)).isTrue();
        assertThat(JDK.verify(scheme, key, DATA, signature)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CertKey.class)
  void foreignSignature_verifies(CertKey kind) throws Refused {
    KeyPair pair = JDK.generateKeyPair(kind);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    byte[] signature = JDK.sign(kind.scheme(), pair.getPrivate(), DATA);
    assertThat(backend().verify(kind.scheme(), key, DATA, signature)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(CertKey.class)
  void keyPair_isOfItsKind(CertKey kind) throws Refused {
    KeyPair pair = backend().generateKeyPair(kind);
    assertThat(SubjectPublicKey.of(pair.getPublic().getEncoded()).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource(CertKey.class)
  void privateKey_travelsAsPkcs8(CertKey kind) throws Refused {
    KeyPair pair = pair(kind);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    PrivateKey there = JDK.privateKey(kind, pair.getPrivate().getEncoded());
    PrivateKey back = backend().privateKey(kind, there.getEncoded());
    byte[] signature = backend().sign(kind.scheme(), back, DATA);
    assertThat(JDK.verify(kind.scheme(), key, DATA, signature)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(CertKey.class)
  void alteredDataKeyOrSignature_doesNotVerify(CertKey kind) throws Refused {
    KeyPair pair = pair(kind);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    SubjectPublicKey other =
        SubjectPublicKey.of(backend().generateKeyPair(kind).getPublic().getEncoded());
    byte[] signature = backend().sign(kind.scheme(), pair.getPrivate(), DATA);
    byte[] altered = signature.clone();
    altered[altered.length - 1] ^= 1;
    assertThat(backend().verify(kind.scheme(), key, new byte[] {1}, signature)).isFalse();
    assertThat(backend().verify(kind.scheme(), other, DATA, signature)).isFalse();
    assertThat(backend().verify(kind.scheme(), key, DATA, altered)).isFalse();
    assertThat(backend().verify(kind.scheme(), key, DATA, signature)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(CertKey.class)
  void garbage_isNoSignature(CertKey kind) throws Refused {
    SubjectPublicKey key = SubjectPublicKey.of(pair(kind).getPublic().getEncoded());
    List<byte[]> garbage =
        List.of(
            new byte[0],
            new byte[1],
            new byte[64],
            new byte[4096],
            new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0});
    for (byte[] signature : garbage) {
      assertThat(backend().verify(kind.scheme(), key, DATA, signature)).isFalse();
    }
  }

  @Test
  void schemeOfOtherAlgorithm_doesNotVerify() throws Refused {
    KeyPair pair = backend().generateKeyPair(CertKey.EC_P256);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    byte[] signature = backend().sign(SignatureScheme.ECDSA_SHA256, pair.getPrivate(), DATA);
    assertThat(backend().verify(SignatureScheme.RSA_SHA256, key, DATA, signature)).isFalse();
    assertThat(backend().verify(SignatureScheme.ECDSA_SHA384, key, DATA, signature)).isFalse();
  }

  @Test
  void damagedPrivateKey_isRefusedWithoutShowingIt() {
    byte[] pkcs8 = backend().generateKeyPair(CertKey.EC_P256).getPrivate().getEncoded();
    byte[] cut = Arrays.copyOf(pkcs8, pkcs8.length - 7);
    assertThatThrownBy(() -> backend().privateKey(CertKey.EC_P256, cut))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause();
  }

  @Test
  void manyThreads_shareOneBackend() throws Exception {
    KeyPair pair = backend().generateKeyPair(CertKey.EC_P256);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    List<Future<Boolean>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        byte[] data = {(byte) i};
        answers.add(
            threads.submit(() -> {
              byte[] signature =
                  backend().sign(SignatureScheme.ECDSA_SHA256, pair.getPrivate(), data);
              return backend().verify(SignatureScheme.ECDSA_SHA256, key, data, signature)
                  && !backend().verify(SignatureScheme.ECDSA_SHA256, key, new byte[2], signature);
            }));
      }
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    }
  }
}

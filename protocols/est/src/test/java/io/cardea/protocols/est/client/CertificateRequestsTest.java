package io.cardea.protocols.est.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.KeyPair;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("RFC 2986 - certificate requests")
class CertificateRequestsTest {
  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void requestOfEachKind_provesItsKey(KeyKind kind) throws Exception {
    KeyPair key = kind.generate();

    PKCS10CertificationRequest request =
        new PKCS10CertificationRequest(CertificateRequests.der(key, "pump-0001"));

    assertThat(request.getSubject()).hasToString("CN=pump-0001");
    assertThat(request.getSubjectPublicKeyInfo().getEncoded())
        .isEqualTo(key.getPublic().getEncoded());
    assertThat(
            request.isSignatureValid(
                new JcaContentVerifierProviderBuilder().build(key.getPublic())))
        .isTrue();
  }

  @Test
  void requestWithoutId_hasAnEmptySubject() throws Exception {
    byte[] der = CertificateRequests.der(KeyKind.EC_P256.generate());

    assertThat(new PKCS10CertificationRequest(der).getSubject().getRDNs()).isEmpty();
  }

  @Test
  void publicKeyOfRubbish_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CertificateRequests.publicKeyOf(new byte[] {1, 2, 3}));
  }
}

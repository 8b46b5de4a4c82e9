package io.cardea.life.pki;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.cardea.life.Refused;

/// Whatever the octets, a parser answers with a value or with [Refused], in bounded time and
/// memory. Without `JAZZER_FUZZ=1` this runs the seeds beside it alone.
class CsrFuzzTest {
  private static final CryptoBackend BACKEND = new JdkBackend();

  @FuzzTest(maxDuration = "40s")
  void request_isReadOrRefused(byte[] octets) {
    try {
      Csr csr = Csr.parse(octets).verified(BACKEND);
      if (csr.subject().chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("a control character got through");
      }
    } catch (Refused e) {
      if (e.detail().isEmpty()) {
        throw new AssertionError("a refusal without a reason", e);
      }
    }
  }

  @FuzzTest(maxDuration = "40s")
  void certificates_areReadOrRefused(byte[] octets) {
    try {
      CertificateBag.decode(octets).forEach(CsrFuzzTest::touch);
      touch(Certificate.parse(octets));
    } catch (Refused e) {
      if (e.detail().isEmpty()) {
        throw new AssertionError("a refusal without a reason", e);
      }
    }
  }

  private static void touch(Certificate certificate) {
    if (certificate.subject().isEmpty() && certificate.toString().isEmpty()) {
      throw new AssertionError("nothing to show");
    }
  }
}

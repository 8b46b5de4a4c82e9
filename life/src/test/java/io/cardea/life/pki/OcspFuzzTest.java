package io.cardea.life.pki;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Whatever the octets, the parser answers with a question or with a failure, and a question that
/// was read is written as it was. Without `JAZZER_FUZZ=1` this runs the seeds beside it alone.
class OcspFuzzTest {
  @FuzzTest(maxDuration = "40s")
  void question_isReadOrRefused(byte[] octets) {
    try {
      OcspRequest request = OcspRequest.parse(octets);
      if (request.size() < 1 || request.size() > OcspRequest.MAX_ASKED) {
        throw new AssertionError("a question about " + request.size());
      }
      for (OcspCertId asked : request.asked()) {
        if (!asked.equals(OcspCertId.read(new DerReader(asked.encoded()).next()))) {
          throw new AssertionError("a CertID is not what it was");
        }
      }
    } catch (OcspFailure e) {
      if (e.response().length != 5) {
        throw new AssertionError("a failure without a status", e);
      }
    } catch (MalformedDer | OcspCertId.UnknownHash e) {
      throw new AssertionError("what was read cannot be read", e);
    }
  }
}

package io.cardea.life.pki.path;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.JdkBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Whatever chain a stranger shows, it is judged, in bounded time, and not trusted: nobody signed
/// it. Without `JAZZER_FUZZ=1` this runs the seeds beside it alone.
class PathFuzzTest {
  private static final TestChains.Party ROOT = TestChains.Party.of("root");
  private static final Certificate ANCHOR = TestChains.authority(ROOT, ROOT);
  private static final PathValidation VALIDATION = new PathValidation(new JdkBackend());

  /// The octets are cut into certificates by their own lengths.
  @FuzzTest(maxDuration = "40s")
  void chain_isJudgedOrRefused(byte[] octets) {
    List<Certificate> chain = new ArrayList<>();
    int at = 0;
    while (at + 4 <= octets.length && chain.size() <= PathLimits.CANDIDATES) {
      int length = 4 + ((octets[at + 2] & 0xff) << 8 | (octets[at + 3] & 0xff));
      byte[] one = Arrays.copyOfRange(octets, at, Math.min(octets.length, at + length));
      at += one.length;
      try {
        chain.add(Certificate.parse(one));
      } catch (Refused unreadable) {
        if (unreadable.detail().isEmpty()) {
          throw new AssertionError("a refusal without a reason", unreadable);
        }
      }
    }
    if (!chain.isEmpty()) {
      PathJudgement judgement =
          VALIDATION.judge(
              PathQuestion.client(
                  chain.getFirst(),
                  chain.subList(1, chain.size()),
                  List.of(ANCHOR),
                  List.of(),
                  TestChains.NOW));
      if (judgement.trusted() || judgement.refusal().isEmpty()) {
        throw new AssertionError("trusted: " + judgement);
      }
    }
  }

  @FuzzTest(maxDuration = "40s")
  void list_isReadOrRefused(byte[] octets) {
    try {
      RevocationList list = RevocationList.parse(octets);
      if (list.toString().isEmpty()) {
        throw new AssertionError("nothing to show");
      }
    } catch (Refused unreadable) {
      if (unreadable.detail().isEmpty()) {
        throw new AssertionError("a refusal without a reason", unreadable);
      }
    }
  }
}

package io.cardea.life.pki;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// A signed answer, in the form in which it is remembered: what was signed and the signature. The
/// certificate of the signer is the same in thousands of answers, and added when one is sent.
public final class OcspAnswer {
  private final OcspSigner signer;
  private final byte[] signed;
  private final long thisUpdate;
  private final long nextUpdate;
  private final CertificateStatus only;

  OcspAnswer(
      OcspSigner signer,
      byte[] signed,
      List<CertificateStatus> statuses,
      Instant thisUpdate,
      Instant nextUpdate) {
    this.signer = signer;
    this.signed = signed;
    this.thisUpdate = thisUpdate.getEpochSecond();
    this.nextUpdate = nextUpdate.getEpochSecond();
    this.only = statuses.size() == 1 ? statuses.getFirst() : NONE;
  }

  private static final CertificateStatus NONE = new CertificateStatus.Unknown();

  /// The OCSPResponse, DER.
  public byte[] response() {
    return signer.response(signed);
  }

  /// What it says of the one certificate that it is about; `unknown` for several.
  public CertificateStatus status() {
    return only;
  }

  /// The second in which it was signed, since 1970.
  public long thisUpdate() {
    return thisUpdate;
  }

  /// A new answer is due halfway to the time at which this one is not to be believed any more.
  public boolean isDue(Instant now) {
    return now.getEpochSecond() >= (thisUpdate + nextUpdate) / 2;
  }

  /// Octets of memory, without what it shares with other answers.
  public int size() {
    return signed.length;
  }

  /// The end of the signature: no two answers share it.
  public String tag() {
    return HexFormat.of().formatHex(signed, signed.length - 8, signed.length);
  }
}

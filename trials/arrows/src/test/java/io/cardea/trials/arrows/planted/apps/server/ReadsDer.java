package io.cardea.trials.arrows.planted.apps.server;

import org.bouncycastle.asn1.ASN1Integer;

final class ReadsDer {
  private ReadsDer() {}

  static ASN1Integer one() {
    return new ASN1Integer(1);
  }
}

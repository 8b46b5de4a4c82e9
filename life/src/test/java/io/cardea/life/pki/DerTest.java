package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
  /// A revocation list grows past each of these.
  @ParameterizedTest
  @ValueSource(ints = {0, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xc4136})
  void lengths_areWrittenInTheFewestOctets(int length) throws MalformedDer {
    byte[] written = Der.tlv(0x04, new byte[length]);

    DerReader.Element read = new DerReader(written).next(0x04, "octets");
    assertThat(read.contentStart() + length).isEqualTo(written.length);
    assertThat(read.end()).isEqualTo(written.length);
  }
}

package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refused;
import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertIdTest {
  /// The example of RFC 9773 §4.1.
  private static final String EXAMPLE = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE";

  @Test
  void exampleOfTheRfc_isSpelledAndReadAsThere() {
    CertId id =
        new CertId(
            HexFormat.of().parseHex("69885b6b87464041e1b37b847ba0ae2cde01c8d4"),
            new Serial(new BigInteger("8765432", 16).shiftLeft(4).add(BigInteger.ONE)));
    assertThat(id.text()).isEqualTo(EXAMPLE);
    assertThat(CertId.parse(EXAMPLE)).hasValue(id);
  }

  @Test
  void certificate_andItsIdAgree() throws Refused {
    Ceremony ceremony = new Ceremony();
    Certificate certificate = ceremony.issuing.certificate();
    CertId id = CertId.of(certificate).orElseThrow();
    assertThat(id.serial()).isEqualTo(certificate.serial());
    assertThat(id.keyIdentifier())
        .isEqualTo(ceremony.root.certificate().subjectKeyIdentifier().orElseThrow());
    assertThat(CertId.parse(id.text())).hasValue(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "AA",
        "AA.",
        ".AQ",
        "AA.AA",
        "AA.gA",
        "AA.AAE",
        "AA.AQ.AQ",
        "AA==.AQ==",
        "A+.AQ",
        "AB.AQ",
        "AA.AQ ",
        "AA.AQ\n"
      })
  void otherSpellings_areNoCertId(String text) {
    assertThat(CertId.parse(text)).isEmpty();
  }

  @Test
  void overlongText_isNoCertId() {
    assertThat(CertId.parse("A".repeat(1_000_000) + ".AQ")).isEmpty();
  }
}

package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  @Test
  void blocks_areReadInOrderAndTextAroundThemIsSkipped() throws Refused {
    byte[] der = new byte[100];
    der[0] = 42;
    String text =
        "subject: x\n" + Pem.encode("ONE", der) + "between\r\n" + Pem.encode("TWO", new byte[1]);
    List<Pem> blocks = Pem.decode(text.replace("\n", "\r\n"));
    assertThat(blocks).extracting(Pem::label).containsExactly("ONE", "TWO");
    assertThat(blocks.getFirst().der()).isEqualTo(der);
    assertThat(text.lines()).allMatch(line -> line.length() <= 64);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN X",
        "-----BEGIN X-----\nAAAA\n",
        "-----BEGIN X-----\nAAAA\n-----END Y-----",
        "-----BEGIN X-----\nA*AA\n-----END X-----"
      })
  void brokenBlock_isMalformed(String text) {
    assertThatThrownBy(() -> Pem.decode(text)).isInstanceOf(Refused.class);
  }

  @Test
  void tooMuch_isRefused() {
    assertThatThrownBy(() -> Pem.decode(" ".repeat(Pem.MAX_LENGTH + 1)))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> Pem.decode(Pem.encode("X", new byte[1]).repeat(Pem.MAX_BLOCKS + 1)))
        .isInstanceOf(Refused.class);
  }

  @Test
  void noBlock_isAnEmptyList() throws Refused {
    assertThat(Pem.decode("nothing here")).isEmpty();
  }

  @Test
  void privateKey_isNotShown() {
    assertThat(new Pem(Pem.PRIVATE_KEY, new byte[] {1, 2, 3}).toString())
        .isEqualTo("Pem[PRIVATE KEY, 3 octets]");
  }
}

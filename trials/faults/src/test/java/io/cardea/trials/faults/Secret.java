package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/// A secret that was planted, with every form in which it could show up.
///
/// @param name what it is, for the message: the secret itself is not shown
/// @param forms all that is searched for
record Secret(String name, Set<String> forms) {
  static Secret of(String name, String text) {
    return of(name, text.getBytes(StandardCharsets.UTF_8)).and(text).and(urlEncoded(text));
  }

  /// In hexadecimal, and in base64 wherever in a longer text it stands; and either of these written
  /// as bytes, as a database shows them.
  static Secret of(String name, byte[] bytes) {
    if (bytes.length < 12) {
      throw new IllegalArgumentException(name + ": too short to be told from chance");
    }
    Set<String> forms = new LinkedHashSet<>();
    String hex = HexFormat.of().formatHex(bytes);
    forms.add(hex);
    forms.add(hex.toUpperCase(Locale.ROOT));
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = new byte[shift + bytes.length];
      System.arraycopy(bytes, 0, shifted, shift, bytes.length);
      int whole = shifted.length / 3 * 4;
      int from = shift == 0 ? 0 : 4;
      forms.add(Base64.getEncoder().encodeToString(shifted).substring(from, whole));
      forms.add(Base64.getUrlEncoder().encodeToString(shifted).substring(from, whole));
    }
    for (String form : Set.copyOf(forms)) {
      forms.add(HexFormat.of().formatHex(form.getBytes(StandardCharsets.US_ASCII)));
    }
    return new Secret(name, forms);
  }

  private Secret and(String form) {
    Set<String> more = new LinkedHashSet<>(forms);
    more.add(form);
    return new Secret(name, more);
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  boolean isIn(String text) {
    return forms.stream().anyMatch(text::contains);
  }

  void isNotIn(String place, String text) {
    assertThat(isIn(text)).as("%s shows up in %s", name, place).isFalse();
  }

  /// Never the secret.
  @Override
  public String toString() {
    return "Secret[" + name + "]";
  }
}

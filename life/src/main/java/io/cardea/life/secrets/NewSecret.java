package io.cardea.life.secrets;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialKind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A secret that was made a moment ago: the only value that holds it.
///
/// What is stored of it are digests by one pass of SHA-256. A slow hash is for passwords that
/// people choose, and makes guessing dear; here are 256 random bits, which nobody guesses at any
/// speed, and a lookup that costs next to nothing at a million devices.
final class NewSecret {
  static final int BYTES = 32;
  private static final String API_KEY_PREFIX = "cardeakey_";
  private static final byte[] PROOF = "cardea data key proof".getBytes(StandardCharsets.US_ASCII);

  private final byte[] content;
  private final Fingerprint shown;

  private NewSecret(byte[] content, Fingerprint shown) {
    this.content = content;
    this.shown = shown;
  }

  static NewSecret of(CredentialKind.Secret kind, byte[] random) {
    return switch (kind) {
      case API_KEY -> ofText(API_KEY_PREFIX + text(random));
      case PRE_SHARED_KEY -> ofText(text(random));
      case DATA_KEY -> new NewSecret(random.clone(), digest(proofOf(random)));
      case TOKEN_SIGNING_KEY ->
          throw new IllegalArgumentException("a key pair is made by the device");
    };
  }

  /// What shows that somebody has this data key, and tells nothing of it: base64url of HMAC-SHA-256
  /// over the words `cardea data key proof`.
  static String proofOf(byte[] dataKey) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(dataKey, "HmacSHA256"));
      return text(mac.doFinal(PROOF));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  static Fingerprint digest(String presented) {
    return Fingerprint.of(presented.getBytes(StandardCharsets.UTF_8));
  }

  byte[] content() {
    return content.clone();
  }

  /// The digest of what its holder will show.
  Fingerprint shown() {
    return shown;
  }

  /// The digest of the secret itself.
  Fingerprint key() {
    return Fingerprint.of(content);
  }

  /// Never shows the secret.
  @Override
  public String toString() {
    return "NewSecret[" + shown + "]";
  }

  private static NewSecret ofText(String text) {
    return new NewSecret(text.getBytes(StandardCharsets.US_ASCII), digest(text));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

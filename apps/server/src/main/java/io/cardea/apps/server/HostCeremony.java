package io.cardea.apps.server;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.WrappedKey;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.platform.keys.PinFile;
import io.cardea.platform.keys.Pkcs11Keys;
import io.cardea.platform.keys.Pkcs11Token;
import io.cardea.platform.keys.SealedKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a ceremony needs of a machine that has no server, no database and no network: the root's
/// key, in a token or in a file under a passphrase.
public final class HostCeremony implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String IN_TOKEN = "token object ";

  private final CryptoBackend crypto = CryptoBackends.fastest();
  private final Optional<Pkcs11Token> token;
  private final String tokenName;

  /// A token that holds the key.
  public record Token(Path module, String name, Path pinFile) {}

  /// A key, and what the file beside the certificate says of it: the sealed key, or where in the
  /// token it is.
  public record Key(AuthorityKey key, String file, String where) {}

  public HostCeremony(Optional<Token> settings) {
    this.tokenName = settings.map(Token::name).orElse("");
    this.token =
        settings.map(given ->
            new Pkcs11Token(
                new Pkcs11Token.Settings(
                    given.module(), given.name(), new PinFile(given.pinFile()), PATIENCE, 1, 4)));
  }

  public CryptoBackend crypto() {
    return crypto;
  }

  public boolean isInToken() {
    return token.isPresent();
  }

  /// Makes the root's key.
  ///
  /// @param passphrase for a key in a file; the caller wipes it
  public Key make(CertKey kind, char[] passphrase) throws Refused {
    if (token.isPresent()) {
      Pkcs11Keys keys = new Pkcs11Keys(token.get(), crypto);
      WrappedKey made = keys.create(kind, KeyHome.PKCS11);
      return inToken(keys, made);
    }
    SealedKey made = SealedKey.make(kind, passphrase, crypto);
    return new Key(made, made.pem(), "in a file under a passphrase");
  }

  /// Opens the key of an earlier ceremony.
  ///
  /// @param file what [Key#file] was then
  public Key open(Certificate root, String file, char[] passphrase) throws Refused {
    if (!file.startsWith(IN_TOKEN)) {
      SealedKey opened = SealedKey.open(file, root.publicKey(), passphrase, crypto);
      return new Key(opened, file, "in a file under a passphrase");
    }
    if (token.isEmpty()) {
      throw new Refused(
          Refusal.AUTHORITY_UNAVAILABLE, "the root's key is in a token: give --module and --token");
    }
    Pkcs11Keys keys = new Pkcs11Keys(token.get(), crypto);
    String id = file.substring(IN_TOKEN.length()).strip();
    return inToken(keys, keys.inToken(root.publicKey(), id));
  }

  private Key inToken(Pkcs11Keys keys, WrappedKey key) throws Refused {
    String id = Pkcs11Keys.objectId(key);
    return new Key(
        keys.open(key), IN_TOKEN + id + "\n", "in the token " + tokenName + ", object " + id);
  }

  @Override
  public void close() {
    token.ifPresent(Pkcs11Token::close);
  }
}

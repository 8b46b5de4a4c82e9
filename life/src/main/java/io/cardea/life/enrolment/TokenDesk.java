package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.RequestKey;
import io.cardea.life.inventory.SecretLife;
import io.cardea.life.inventory.SecretSource;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Makes enrolment tokens: bound to a device, shown once, stored hashed.
public final class TokenDesk {
  private static final String SECRET = "enrolment-token";
  private static final String ID = "enrolment-token-id";
  private static final int SECRET_BYTES = 20;
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private final Inventory inventory;
  private final Tokens tokens;
  private final Commits commits;
  private final SecretSource secrets;
  private final InstantSource time;

  public TokenDesk(
      Inventory inventory,
      Tokens tokens,
      Commits commits,
      SecretSource secrets,
      InstantSource time) {
    this.inventory = inventory;
    this.tokens = tokens;
    this.commits = commits;
    this.secrets = secrets;
    this.time = time;
  }

  /// A token with its secret, which exists in this value alone.
  public record Shown(Token token, String secret) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Shown[" + token.id() + "]";
    }
  }

  /// @param key asked again under the same one, the same token is shown; without one, each request
  ///   makes another
  public Shown create(DeviceId device, Duration life, Optional<RequestKey> key, Actor actor)
      throws Refused {
    actor.must(Permission.OPERATE);
    SecretLife.check(life);
    Device known =
        inventory
            .device(device)
            .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + device));
    actor.must(Permission.OPERATE, known);
    if (known.state() instanceof DeviceState.Scrapped) {
      throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + device);
    }
    String secret = text(secrets.secret(key, SECRET, actor, device.value(), SECRET_BYTES));
    ByteBuffer id = ByteBuffer.wrap(secrets.secret(key, ID, actor, device.value(), 2 * Long.BYTES));
    Instant now = time.instant();
    Token token =
        new Token(
            new UUID(id.getLong(), id.getLong()),
            device,
            hash(secret),
            now,
            now.plus(life),
            Optional.empty());
    Entry entry =
        Entry.about(
            device.value(),
            EntryKind.TOKEN_CREATED,
            now,
            actor.name(),
            Map.of("token", token.id().toString(), "expires", token.expiresAt().toString()));
    Outcome outcome =
        commits.commit(
            new Decision(List.of(new EnrolmentChange.CreateToken(token)), List.of(entry)));
    return switch (outcome) {
      case Outcome.Committed _ -> new Shown(token, secret);
      case Outcome.Taken _ -> new Shown(asked(token, life), secret);
      case Outcome.Stale _ ->
          throw new Refused(Refusal.CONFLICT, "device: " + device + " changed meanwhile");
    };
  }

  /// The token that the same request made before.
  private Token asked(Token again, Duration life) throws Refused {
    return tokens.ofDevice(again.device()).stream()
        .filter(token -> token.id().equals(again.id()))
        .filter(token -> token.opens(again.secretHash()))
        .filter(token -> token.expiresAt().equals(token.createdAt().plus(life)))
        .findFirst()
        .orElseThrow(() ->
            new Refused(
                Refusal.CONFLICT, "idempotency key: it was used for another token of this device"));
  }

  static Fingerprint hash(String secret) {
    return Fingerprint.of(secret.getBytes(StandardCharsets.UTF_8));
  }

  /// 160 random bits in base32: 32 characters that survive being typed.
  private static String text(byte[] bytes) {
    StringBuilder text = new StringBuilder(32);
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
    }
    return text.toString();
  }
}

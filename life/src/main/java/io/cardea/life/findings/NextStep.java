package io.cardea.life.findings;

import io.cardea.life.enrolment.Token;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RenewalWindow;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a device, or its operator, should do next.
public sealed interface NextStep {
  /// The end of its life.
  record Nothing() implements NextStep {}

  /// First credential, with a token that is there already.
  record EnrolWithToken(Instant tokenExpires) implements NextStep {}

  /// First credential, and a token is still to be made.
  record MakeToken() implements NextStep {}

  /// All is well: the renewal window is still to open.
  record WaitForWindow(Instant from, Instant until) implements NextStep {}

  /// The window is open.
  record Renew(Instant until, Instant expires) implements NextStep {}

  /// The window is over, or the credential expired and is still in its grace.
  record RenewAtOnce(Instant expires, Instant lastChance) implements NextStep {}

  /// Nothing that it holds opens a door: a second proof is needed.
  ///
  /// @param newKey whether its credential was revoked, so that its key may be condemned
  /// @param tokenExpires of a token that is there already
  record Recover(boolean newKey, Optional<Instant> tokenExpires) implements NextStep {}

  /// Held by an operator until it is cleared; it may renew meanwhile.
  record Release() implements NextStep {}

  /// Only the recovery door is open until the fork is settled.
  record Settle(Instant forkedAt) implements NextStep {}

  /// Judged by the server's clock alone, as every rule of rotation is.
  static NextStep of(
      Device device, DeviceClass deviceClass, Lineage lineage, List<Token> tokens, Instant now) {
    if (device.state() instanceof DeviceState.Scrapped) {
      return new Nothing();
    }
    if (device.state() instanceof DeviceState.Quarantined) {
      return new Release();
    }
    Optional<Instant> token = goodUntil(tokens, now);
    if (lineage.links().isEmpty()) {
      return token.<NextStep>map(EnrolWithToken::new).orElseGet(MakeToken::new);
    }
    if (lineage.forkedAt().isPresent() && deviceClass.onFork() == OnFork.RECOVERY_DOOR) {
      return new Settle(lineage.forkedAt().get());
    }
    Comparator<Link> byAge = Comparator.comparing(Link::issuedAt);
    Optional<Link> usable =
        lineage.links().stream()
            .filter(link -> link.state().accepted() && !link.expiredAt(now))
            .max(byAge);
    if (usable.isPresent()) {
      return renewal(usable.get(), deviceClass, now);
    }
    Link newest = lineage.links().stream().max(byAge).orElseThrow();
    return switch (newest.state()) {
      case STAGED, CURRENT -> {
        Instant lastChance = newest.notAfter().plus(deviceClass.grace());
        yield now.isAfter(lastChance)
            ? new Recover(false, token)
            : new RenewAtOnce(newest.notAfter(), lastChance);
      }
      case RETIRING, RETIRED -> new Recover(false, token);
      case REVOKED -> new Recover(true, token);
    };
  }

  private static NextStep renewal(Link link, DeviceClass deviceClass, Instant now) {
    RenewalWindow window = RenewalWindow.of(link);
    if (now.isBefore(window.start())) {
      return new WaitForWindow(window.start(), window.end());
    }
    return now.isBefore(window.end())
        ? new Renew(window.end(), link.notAfter())
        : new RenewAtOnce(link.notAfter(), link.notAfter().plus(deviceClass.grace()));
  }

  private static Optional<Instant> goodUntil(List<Token> tokens, Instant now) {
    return tokens.stream()
        .filter(token -> token.standingAt(now) == Standing.GOOD)
        .map(Token::expiresAt)
        .max(Comparator.naturalOrder());
  }

  /// In plain words, for the screen of `cardea device why`.
  default String words(Device device) {
    return switch (this) {
      case Nothing() -> "Nothing: the device was scrapped, and that is final.";
      case EnrolWithToken(var expires) ->
          "Enrol with the token that was made for it, before " + expires + ".";
      case MakeToken() ->
          "Make a token with: cardea token create " + device.id() + ", and enrol with it.";
      case WaitForWindow(var from, var until) ->
          "Nothing now; renew between " + from + " and " + until + ".";
      case Renew(var until, var expires) ->
          "Renew now: the window is open until "
              + until
              + ", the credential expires at "
              + expires
              + ".";
      case RenewAtOnce(var expires, var lastChance) ->
          "Renew at once: the window is over; the credential expires at "
              + expires
              + ", and renews until "
              + lastChance
              + ".";
      case Recover(var newKey, var token) ->
          (token.isPresent()
                  ? "Enrol with the token that was made for it, before " + token.get()
                  : "Make a token as second proof with: cardea token create "
                      + device.id()
                      + ", and enrol with it")
              + (newKey ? ", under a new key." : ".");
      case Release() ->
          "It is in quarantine: it renews, and is given no access. Find out whether it is well; then"
              + " let it go with: cardea device release "
              + device.id()
              + ", or end its life with: cardea device scrap "
              + device.id()
              + ".";
      case Settle(var forkedAt) ->
          "The lineage is forked since "
              + forkedAt
              + ": find out which device is the real one, settle it with: cardea device settle "
              + device.id()
              + ", and enrol it with a token.";
    };
  }
}

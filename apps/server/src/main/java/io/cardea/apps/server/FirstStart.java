package io.cardea.apps.server;

import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.AuthorityMaker;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server without authorities makes, once: a root, an issuing authority, the profiles and a
/// class to begin with. All of it in one commit: a server that dies on the way has made nothing.
final class FirstStart {
  static final String DEFAULT_CLASS = "device";
  private static final Duration DEVICE_LIFE = Duration.ofDays(90);
  private static final Duration QUARANTINE_LIFE = Duration.ofDays(30);
  private static final Duration SERVER_LIFE = Duration.ofDays(90);
  private static final Logger log = LoggerFactory.getLogger(FirstStart.class);

  private FirstStart() {}

  /// @param trustDomain names the fleet in the identity of every device, for years
  /// @param home where the keys are made
  static void ensure(
      Authorities authorities,
      Commits commits,
      AuthorityKeys keys,
      CryptoBackend crypto,
      PublicUrls urls,
      String trustDomain,
      KeyHome home,
      TrustedTime time)
      throws Refused {
    if (!authorities.authorities().isEmpty()) {
      return;
    }
    Instant now = time.instant();
    AuthorityMaker maker = new AuthorityMaker(keys, crypto, urls);
    Authority root = maker.root("Cardea Root " + trustDomainShort(trustDomain), home, now);
    Authority issuing =
        maker.issuing(
            "Cardea Issuing " + trustDomainShort(trustDomain),
            root,
            keys.open(root.key()),
            home,
            now);
    List<Change> changes = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (Authority authority : List.of(root, issuing)) {
      changes.add(new PkiChange.SaveAuthority(authority));
      entries.add(
          entry(
              EntryKind.AUTHORITY_CREATED,
              now,
              Map.of(
                  "authority", authority.id().value(),
                  "kind", authority.kind().name(),
                  "name", authority.name(),
                  "certificate", authority.certificate().fingerprint().hex())));
    }
    for (Profile profile :
        List.of(
            Profile.device(trustDomain, DEVICE_LIFE),
            Profile.quarantine(trustDomain, QUARANTINE_LIFE),
            Profile.server(SERVER_LIFE))) {
      changes.add(new PkiChange.SaveProfile(profile));
      entries.add(
          entry(
              EntryKind.PROFILE_SAVED,
              now,
              Map.of("profile", profile.name(), "life", profile.life().toString())));
    }
    DeviceClass first = DeviceClass.of(DEFAULT_CLASS, "device");
    changes.add(new InventoryChange.SaveClass(first));
    entries.add(
        entry(
            EntryKind.CLASS_SAVED, now, Map.of("class", first.name(), "profile", first.profile())));
    Outcome outcome = commits.commit(new Decision(changes, entries));
    if (outcome instanceof Outcome.Committed) {
      log.info(
          "first start: made the root {} and the issuing authority {}", root.id(), issuing.id());
    } else {
      log.info("first start: another server was faster, and its authorities are ours");
    }
  }

  private static Entry entry(EntryKind kind, Instant at, Map<String, String> facts) {
    return new Entry(kind, at, Actor.SERVER.name(), Optional.empty(), facts);
  }

  /// A common name holds 64 characters.
  private static String trustDomainShort(String trustDomain) {
    return trustDomain.length() > 40 ? trustDomain.substring(0, 40) : trustDomain;
  }
}

package io.cardea.apps.server;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Issuing;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The authorities with their keys open, and the profiles, as last read from the store.
///
/// Every profile is served by the newest issuing authority. Keys are opened once for each
/// authority.
final class Issuers implements Issuing {
  private final Authorities store;
  private final AuthorityKeys keys;
  private final CryptoBackend crypto;
  private final PublicUrls urls;
  private final Map<AuthorityId, AuthorityKey> opened = new HashMap<>();
  private final Map<AuthorityId, Issuer> issuers = new HashMap<>();
  private volatile State state = new State(List.of(), Map.of(), Optional.empty());

  private record State(
      List<Authority> authorities, Map<String, Profile> profiles, Optional<Issuer> issuer) {}

  Issuers(Authorities store, AuthorityKeys keys, CryptoBackend crypto, PublicUrls urls) {
    this.store = store;
    this.keys = keys;
    this.crypto = crypto;
    this.urls = urls;
  }

  /// Reads again what other replicas and the API may have changed.
  synchronized void reload() throws Refused {
    List<Authority> authorities = store.authorities();
    Map<String, Profile> profiles = new HashMap<>();
    for (Profile profile : store.profiles()) {
      profiles.put(profile.name(), profile);
    }
    Optional<Issuer> issuer = Optional.empty();
    for (Authority authority : authorities) {
      if (authority.kind() == Authority.Kind.ISSUING) {
        Issuer known = issuers.get(authority.id());
        if (known == null) {
          known = new Issuer(authority, key(authority), crypto, urls);
          issuers.put(authority.id(), known);
        }
        issuer = Optional.of(known);
      }
    }
    state = new State(List.copyOf(authorities), Map.copyOf(profiles), issuer);
  }

  /// The key of an authority, for its revocation lists.
  synchronized AuthorityKey key(Authority authority) throws Refused {
    AuthorityKey key = opened.get(authority.id());
    if (key == null) {
      key = keys.open(authority.key());
      opened.put(authority.id(), key);
    }
    return key;
  }

  List<Authority> authorities() {
    return state.authorities();
  }

  Optional<Authority> byKeyIdentifier(byte[] identifier) {
    return state.authorities().stream()
        .filter(authority ->
            authority
                .certificate()
                .subjectKeyIdentifier()
                .filter(own -> Arrays.equals(own, identifier))
                .isPresent())
        .findFirst();
  }

  /// The issuing authority in use and those above it, the root last.
  List<Authority> chain() throws Refused {
    Authority issuing = issuer().authority();
    Authority above =
        state.authorities().stream()
            .filter(other -> issuing.issuer().filter(other.id()::equals).isPresent())
            .findFirst()
            .orElseThrow(() ->
                new Refused(
                    Refusal.AUTHORITY_UNAVAILABLE,
                    "authority " + issuing.id() + ": its issuer is not in the inventory"));
    return List.of(issuing, above);
  }

  /// The certificates of [#chain], DER; none while nobody issues.
  List<byte[]> certificates() {
    try {
      return chain().stream().map(authority -> authority.certificate().der()).toList();
    } catch (Refused refused) {
      return List.of();
    }
  }

  /// What devices may ask to have certified: a hint, so the usual profile's answer does.
  Set<CertKey> deviceKeys() {
    Profile profile = state.profiles().get("device");
    return profile == null ? Set.of() : profile.keys();
  }

  @Override
  public Profile profile(String name) throws Refused {
    Profile profile = state.profiles().get(name);
    if (profile == null) {
      throw new Refused(Refusal.AUTHORITY_UNAVAILABLE, "profile: " + name + " does not exist");
    }
    return profile;
  }

  @Override
  public Issuer issuerFor(Profile profile) throws Refused {
    return issuer();
  }

  boolean canIssue() {
    return state.issuer().isPresent();
  }

  private Issuer issuer() throws Refused {
    return state
        .issuer()
        .orElseThrow(
            () -> new Refused(Refusal.AUTHORITY_UNAVAILABLE, "there is no issuing authority"));
  }
}

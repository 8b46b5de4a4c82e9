package io.cardea.apps.server;

import io.cardea.apps.server.revocation.ShardCounter;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CertificateBag;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Generations;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Issuing;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.Signatories;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The authorities with their keys open, and the profiles, as last read from the store.
///
/// A profile is served by the newest active generation of the authority that it names, and one that
/// names none by the usual authority. Keys are opened once for each authority; one whose key is out
/// of reach is tried again at each reload, and the others issue meanwhile.
final class Issuers implements Issuing, Signatories {
  private static final Logger log = LoggerFactory.getLogger(Issuers.class);

  private final Authorities store;
  private final AuthorityKeys keys;
  private final CryptoBackend crypto;
  private final PublicUrls urls;
  private final ShardCounter shards;
  private final Map<AuthorityId, AuthorityKey> opened = new HashMap<>();
  private final Map<AuthorityId, Issuer> issuers = new HashMap<>();
  private volatile State state =
      new State(new Generations(List.of(), List.of()), Map.of(), Map.of());

  private record State(
      Generations authorities, Map<String, Profile> profiles, Map<AuthorityId, Issuer> open) {}

  Issuers(
      Authorities store,
      AuthorityKeys keys,
      CryptoBackend crypto,
      PublicUrls urls,
      ShardCounter shards) {
    this.store = store;
    this.keys = keys;
    this.crypto = crypto;
    this.urls = urls;
    this.shards = shards;
  }

  /// Reads again what other replicas and the API may have changed.
  synchronized void reload() throws Refused {
    Generations authorities = Generations.in(store);
    Map<String, Profile> profiles = new HashMap<>();
    for (Profile profile : store.profiles()) {
      profiles.put(profile.name(), profile);
    }
    for (Authority authority : authorities.all()) {
      if (authority.kind() == Authority.Kind.ISSUING && authority.isActive()) {
        Issuer known = issuers.get(authority.id());
        if (known == null || !known.authority().equals(authority)) {
          open(authority);
        }
      } else {
        issuers.remove(authority.id());
      }
    }
    state = new State(authorities, Map.copyOf(profiles), Map.copyOf(issuers));
  }

  private void open(Authority authority) {
    try {
      issuers.put(authority.id(), new Issuer(authority, key(authority), crypto, urls));
    } catch (Refused refused) {
      // One key out of reach does not stop the others; whoever needs this one is told so.
      log.error("authority {}, {}: {}", authority.id(), authority.name(), refused.getMessage());
      issuers.remove(authority.id());
    }
  }

  /// The key of an authority, for its revocation lists.
  @Override
  public synchronized AuthorityKey key(Authority authority) throws Refused {
    AuthorityKey key = opened.get(authority.id());
    if (key == null) {
      key = keys.open(authority.key());
      opened.put(authority.id(), key);
    }
    return key;
  }

  List<Authority> authorities() {
    return state.authorities().all();
  }

  @Override
  public Optional<Authority> authority(AuthorityId id) {
    return state.authorities().byId(id);
  }

  /// Who issues in the name of this authority, or did: one that is retired answers for what it
  /// issued all the same.
  synchronized Issuer answering(AuthorityId id) throws Refused {
    Issuer active = issuers.get(id);
    if (active != null) {
      return active;
    }
    Authority retired =
        authority(id)
            .filter(known -> known.kind() == Authority.Kind.ISSUING)
            .orElseThrow(() -> new Refused(Refusal.AUTHORITY_UNAVAILABLE, "authority: " + id));
    return new Issuer(retired, key(retired), crypto, urls);
  }

  @Override
  public int nextShard(Authority authority) {
    return shards.next(authority.id());
  }

  Optional<Authority> byKeyIdentifier(byte[] identifier) {
    return authorities().stream()
        .filter(authority ->
            authority
                .certificate()
                .subjectKeyIdentifier()
                .filter(own -> Arrays.equals(own, identifier))
                .isPresent())
        .findFirst();
  }

  /// The certificate of the usual issuing authority and those above it, the root last.
  List<Certificate> chain() throws Refused {
    return chain(usual());
  }

  private Authority usual() throws Refused {
    return state
        .authorities()
        .usual()
        .orElseThrow(
            () -> new Refused(Refusal.AUTHORITY_UNAVAILABLE, "there is no issuing authority"));
  }

  private List<Certificate> chain(Authority authority) {
    List<Certificate> chain = new ArrayList<>(List.of(authority.certificate()));
    chain.addAll(authority.others(Authority.Purpose.CHAIN));
    authority
        .issuer()
        .flatMap(state.authorities()::byId)
        .map(Authority::certificate)
        .filter(above -> !chain.contains(above))
        .ifPresent(chain::add);
    return chain;
  }

  /// What a server whose certificate is of this authority sends behind it: those above, the root
  /// left out, and what leads to it from the former root and from the next.
  List<Certificate> sentWith(Authority authority) {
    List<Certificate> sent = new ArrayList<>(chain(authority));
    sent.removeIf(Issuers::isSelfIssued);
    authority
        .issuer()
        .flatMap(state.authorities()::byId)
        .ifPresent(root -> {
          sent.addAll(root.others(Authority.Purpose.NEW_WITH_OLD));
          authorities().stream()
              .flatMap(other -> other.others(Authority.Purpose.OLD_WITH_NEW).stream())
              .filter(old -> old.keyFingerprint().equals(root.certificate().keyFingerprint()))
              .forEach(sent::add);
        });
    return sent;
  }

  /// All that a client needs to judge what is in use, while authorities follow on each other too:
  /// the usual chain first, then the others' by age, then what leads from one generation of a root
  /// to the other (RFC 7030 §4.1.3). Bounded, the oldest left out.
  List<Certificate> trusted() {
    Set<Certificate> all = new LinkedHashSet<>();
    state.authorities().usual().ifPresent(usual -> all.addAll(chain(usual)));
    List<Authority> newestFirst = authorities().reversed();
    for (Authority authority : newestFirst) {
      if (authority.isActive()) {
        all.addAll(chain(authority));
      }
    }
    newestFirst.forEach(authority -> all.addAll(chain(authority)));
    for (Authority authority : newestFirst) {
      all.addAll(authority.others(Authority.Purpose.OLD_WITH_NEW));
      all.addAll(authority.others(Authority.Purpose.NEW_WITH_OLD));
    }
    return all.stream().limit(CertificateBag.MAX_CERTIFICATES).toList();
  }

  /// The certificates of [#trusted], DER.
  List<byte[]> certificates() {
    return trusted().stream().map(Certificate::der).toList();
  }

  private static boolean isSelfIssued(Certificate certificate) {
    return certificate.subject().equals(certificate.issuer());
  }

  /// What devices may ask to have certified: a hint, so the usual profile's answer does.
  Set<CertKey> deviceKeys() {
    return keysOf("device");
  }

  /// None while there is no such profile.
  Set<CertKey> keysOf(String name) {
    Profile profile = state.profiles().get(name);
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
    Authority authority =
        profile.authority().isEmpty()
            ? usual()
            : state
                .authorities()
                .present(profile.authority().get())
                .orElseThrow(() ->
                    new Refused(
                        Refusal.AUTHORITY_UNAVAILABLE,
                        "authority: "
                            + profile.authority().get()
                            + " has no active generation, and profile "
                            + profile.name()
                            + " names it"));
    Issuer issuer = state.open().get(authority.id());
    if (issuer == null) {
      throw new Refused(
          Refusal.AUTHORITY_UNAVAILABLE,
          "authority " + authority.id() + ": its key is out of reach; the log says why");
    }
    return issuer;
  }

  /// Whether every profile has an authority whose key is open.
  boolean canIssue() {
    for (Profile profile : state.profiles().values()) {
      try {
        issuerFor(profile);
      } catch (Refused refused) {
        return false;
      }
    }
    return !state.open().isEmpty();
  }
}

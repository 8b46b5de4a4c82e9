package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.testing.InMemoryStore;
import io.cardea.life.testing.Seeds;
import io.cardea.life.testing.SettableTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Authorities come, follow on each other and go, on the fake store with real certificates.
class AuthorityLifeTest {
  private static final Actor OFFICER = Actor.SERVER;
  private static final Duration LIFE = Duration.ofDays(400);

  private final InMemoryStore store = new InMemoryStore();
  private final SettableTime time = new SettableTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final CryptoBackend crypto = new JdkBackend();
  private final MemoryAuthorityKeys keys = new MemoryAuthorityKeys(crypto);
  private final PublicUrls urls = PublicUrls.of("http://pki.example.com");
  private final AuthorityDesk desk =
      new AuthorityDesk(store, store, keys, crypto, urls, time, () -> {});
  private final AuthoritySuccession succession =
      new AuthoritySuccession(store, keys, crypto, urls, desk);

  private Authority create(String name, Authority.Kind kind) throws Refused {
    time.pass(Duration.ofSeconds(1));
    return there(
        desk.create(
            new AuthorityDesk.Wanted(
                name,
                kind,
                Optional.empty(),
                Optional.empty(),
                CertKey.EC_P256,
                KeyHome.SOFTWARE,
                Optional.of(LIFE)),
            OFFICER));
  }

  private static Authority there(AuthorityOutcome outcome) {
    return ((AuthorityOutcome.There) outcome).authority();
  }

  private Authority rekey(String name) throws Refused {
    time.pass(Duration.ofSeconds(1));
    Authority old = Generations.in(store).present(name).orElseThrow();
    return there(
        succession.rekey(
            name, old.id(), Optional.empty(), Optional.empty(), Optional.empty(), OFFICER));
  }

  @Test
  void rekeyedRoot_isReachedFromTheOldOneAndReachesIt() throws Exception {
    Authority old = create("Root", Authority.Kind.ROOT);
    Authority below = create("Issuing", Authority.Kind.ISSUING);

    Authority fresh = rekey("Root");

    assertThat(fresh.certificate().subject()).isEqualTo(old.certificate().subject());
    Certificate oldWithNew = fresh.others(Authority.Purpose.OLD_WITH_NEW).getFirst();
    Certificate newWithOld = fresh.others(Authority.Purpose.NEW_WITH_OLD).getFirst();
    assertThat(oldWithNew.isSignedBy(fresh.certificate(), crypto)).isTrue();
    assertThat(oldWithNew.publicKey()).isEqualTo(old.certificate().publicKey());
    assertThat(newWithOld.isSignedBy(old.certificate(), crypto)).isTrue();
    assertThat(newWithOld.publicKey()).isEqualTo(fresh.certificate().publicKey());
    assertThat(below.certificate().isSignedBy(oldWithNew, crypto)).isTrue();

    Authority next =
        there(
            succession.renew(
                "Issuing", below.certificate().fingerprint(), Optional.empty(), OFFICER));
    assertThat(next.id()).isEqualTo(below.id());
    assertThat(next.issuer()).contains(fresh.id());
    assertThat(next.certificate().isSignedBy(newWithOld, crypto)).isTrue();
  }

  @Test
  void retryOfAnAct_getsTheAnswerOfTheFirst() throws Exception {
    create("Root", Authority.Kind.ROOT);
    Authority old = create("Issuing", Authority.Kind.ISSUING);
    Authority fresh = rekey("Issuing");
    int entries = store.after(0, 100).size();

    assertThat(
            there(
                succession.rekey(
                    "Issuing",
                    old.id(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OFFICER)))
        .isEqualTo(fresh);
    assertThat(create("Issuing", Authority.Kind.ISSUING)).isEqualTo(fresh);
    assertThat(store.after(0, 100)).hasSize(entries);
  }

  @Test
  void retiredAuthority_signsListsAndNoCertificates() throws Exception {
    create("Root", Authority.Kind.ROOT);
    Authority old = create("Issuing", Authority.Kind.ISSUING);
    rekey("Issuing");
    Authority retired = Generations.in(store).byId(old.id()).orElseThrow();
    AuthorityKey key = keys.open(retired.key());

    assertThat(retired.state()).isEqualTo(Authority.State.RETIRED);
    Issuer issuer = new Issuer(retired, key, crypto, urls);
    SubjectPublicKey device =
        SubjectPublicKey.of(crypto.generateKeyPair(CertKey.EC_P256).getPublic().getEncoded());
    assertRefused(
        Refusal.AUTHORITY_UNAVAILABLE,
        () ->
            issuer.prepare(
                Profile.server(Duration.ofDays(1)),
                IssuanceRequest.forServer(List.of("localhost"), device, time.instant())));
    Crl list =
        Crl.sign(
            retired,
            key,
            urls,
            0,
            java.math.BigInteger.ONE,
            time.instant(),
            time.instant().plusSeconds(60),
            List.of());
    assertThat(list.der()).isNotEmpty();
  }

  @Test
  void endThatWouldStrandAProfile_isRefused() throws Exception {
    create("Root", Authority.Kind.ROOT);
    create("Issuing", Authority.Kind.ISSUING);
    save(Profile.server(Duration.ofDays(1)));

    assertRefused(Refusal.CONFLICT, () -> succession.retire("Issuing", OFFICER));
    create("Second", Authority.Kind.ISSUING);
    succession.retire("Issuing", OFFICER);
    assertThat(Generations.in(store).usual().orElseThrow().name()).isEqualTo("Second");
    assertRefused(Refusal.CONFLICT, () -> succession.retire("Root", OFFICER));
  }

  @Test
  void authorityAddedBeside_doesNotBecomeTheUsualOne() throws Exception {
    create("Root", Authority.Kind.ROOT);
    Authority first = create("Issuing", Authority.Kind.ISSUING);
    create("Second", Authority.Kind.ISSUING);

    assertThat(Generations.in(store).usual()).contains(first);
    Authority fresh = rekey("Issuing");
    assertThat(Generations.in(store).usual().map(Authority::name)).contains("Issuing");
    assertThat(Generations.in(store).present("Issuing")).contains(fresh);
  }

  @Test
  void whoMayNotCertify_changesNothing() {
    Actor reader = new Actor("api-token:x", Role.READER, Scope.ALL);

    assertRefused(Refusal.FORBIDDEN, () -> succession.retire("Issuing", reader));
    assertRefused(
        Refusal.FORBIDDEN,
        () -> desk.request("x", Optional.empty(), CertKey.EC_P256, KeyHome.SOFTWARE, reader));
    time.trusted(false);
    assertRefused(
        Refusal.CLOCK_UNTRUSTED,
        () -> desk.request("x", Optional.empty(), CertKey.EC_P256, KeyHome.SOFTWARE, OFFICER));
    assertThat(store.authorityRequests()).isEmpty();
  }

  @Test
  void storyOfActsInAnyOrder_strandsNobodyAndNeverGoesBack() throws Exception {
    Authority outside =
        new AuthorityMaker(keys, crypto, urls)
            .root("Outside", CertKey.EC_P256, LIFE.multipliedBy(2), time.instant());
    AuthorityKey outsideKey = keys.open(outside.key());
    create("Root", Authority.Kind.ROOT);
    create("A", Authority.Kind.ISSUING);
    save(Profile.server(Duration.ofDays(1)));
    Seeds.check(12, random -> story(random, outside, outsideKey));
  }

  private void story(RandomGenerator random, Authority outside, AuthorityKey outsideKey) {
    Map<AuthorityId, Authority.State> seen = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      String name = List.of("A", "B", "Root").get(random.nextInt(3));
      int entries = store.after(0, 1_000).size();
      List<Authority> before = store.authorities();
      List<AuthorityRequest> out = store.authorityRequests();
      try {
        act(random.nextInt(7), name, outside, outsideKey);
      } catch (Refused refused) {
        assertThat(refused.refusal().fault()).isEqualTo(Refusal.Fault.CLIENT);
        assertThat(store.authorities()).as("refused, nothing is written").isEqualTo(before);
      }
      boolean changed =
          !store.authorities().equals(before) || !store.authorityRequests().equals(out);
      assertThat(store.after(0, 1_000).size() > entries).isEqualTo(changed);
      assertThat(Generations.in(store).usual()).isPresent();
      for (Authority one : store.authorities()) {
        Authority.State earlier = seen.put(one.id(), one.state());
        assertThat(earlier == Authority.State.RETIRED && one.isActive()).isFalse();
        assertThat(one.certificate().keyFingerprint())
            .isEqualTo(one.key().publicKey().fingerprint());
      }
      for (String each : List.of("A", "B", "Root")) {
        assertThat(
                store.authorities().stream()
                    .filter(one -> one.name().equals(each) && one.isActive())
                    .count())
            .as("active generations of " + each)
            .isLessThanOrEqualTo(1);
      }
    }
  }

  private void act(int which, String name, Authority outside, AuthorityKey outsideKey)
      throws Refused {
    Optional<Authority> present = Generations.in(store).present(name);
    switch (which) {
      case 0 -> desk.request(name, Optional.empty(), CertKey.EC_P256, KeyHome.SOFTWARE, OFFICER);
      case 1 -> {
        AuthorityRequest request = Generations.in(store).request(name).orElse(null);
        if (request != null) {
          Certificate signed =
              new AuthorityMaker(keys, crypto, urls)
                  .issuing(
                      name,
                      AuthorityMaker.commonName(name),
                      outside,
                      outsideKey,
                      request.key(),
                      LIFE,
                      time.instant())
                  .certificate();
          desk.install(name, List.of(signed, outside.certificate()), List.of(), OFFICER);
        }
      }
      case 2 -> succession.retire(name, OFFICER);
      case 3 -> desk.withdraw(name, OFFICER);
      case 4 -> {
        if (present.isPresent()) {
          succession.renew(
              name, present.get().certificate().fingerprint(), Optional.empty(), OFFICER);
        }
      }
      case 5 -> {
        if (present.isPresent()) {
          succession.rekey(
              name,
              present.get().id(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              OFFICER);
        }
      }
      default -> create(name, name.equals("Root") ? Authority.Kind.ROOT : Authority.Kind.ISSUING);
    }
  }

  private void save(Profile profile) {
    store.commit(
        new Decision(
            List.of(new PkiChange.SaveProfile(profile)),
            List.of(
                new Entry(
                    EntryKind.PROFILE_SAVED, time.instant(), "x:y", Optional.empty(), Map.of()))));
  }

  private interface Act {
    Object run() throws Refused;
  }

  private static void assertRefused(Refusal refusal, Act act) {
    assertThatThrownBy(act::run)
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(refusal);
  }
}

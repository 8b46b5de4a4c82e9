package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.der;
import static io.cardea.life.testing.Samples.device;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.enrolment.Birth;
import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.EnrolmentChange.AskApproval;
import io.cardea.life.enrolment.EnrolmentChange.BindBirth;
import io.cardea.life.enrolment.EnrolmentChange.CreateToken;
import io.cardea.life.enrolment.EnrolmentChange.DecideApproval;
import io.cardea.life.enrolment.EnrolmentChange.EndApproval;
import io.cardea.life.enrolment.EnrolmentChange.EndTokens;
import io.cardea.life.enrolment.EnrolmentChange.PinBirth;
import io.cardea.life.enrolment.EnrolmentChange.RemoveManufacturer;
import io.cardea.life.enrolment.EnrolmentChange.ResumeIssuing;
import io.cardea.life.enrolment.EnrolmentChange.SaveManufacturer;
import io.cardea.life.enrolment.EnrolmentChange.StopIssuing;
import io.cardea.life.enrolment.Freeze;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Token;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.inventory.InventoryChange.MoveDevice;
import io.cardea.life.inventory.InventoryChange.ReassignDevice;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.InventoryChange.SaveApiToken;
import io.cardea.life.inventory.InventoryChange.SaveClass;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.PkiChange.ChangeAuthority;
import io.cardea.life.pki.PkiChange.CloseAuthorityRequest;
import io.cardea.life.pki.PkiChange.OpenAuthorityRequest;
import io.cardea.life.pki.PkiChange.SaveAuthority;
import io.cardea.life.pki.PkiChange.SaveProfile;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.SpendBirth;
import io.cardea.life.rotation.RotationChange.SpendToken;
import io.cardea.life.rotation.Sighting;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every store keeps, run on the fake and on the real one. Long, as it is one list of
/// promises, in the groups of the ports.
public abstract class StoreContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards>
    extends DoorContract<S> {
  @Nested
  class Devices {
    @Test
    void registeredDevice_isReadBack() {
      assertThat(store.device(new DeviceId("pump-1"))).contains(device("pump-1", "pumps"));
      assertThat(store.device(new DeviceId("nobody"))).isEmpty();
    }

    @Test
    void manyIds_areLookedUpAtOnce() {
      assertThat(
              store.devices(
                  List.of(new DeviceId("pump-2"), new DeviceId("nobody"), new DeviceId("pump-1"))))
          .containsExactlyInAnyOrder(device("pump-1", "pumps"), device("pump-2", "pumps"));
      assertThat(store.devices(List.of())).isEmpty();
    }

    @Test
    void manyDevicesInOneDecision_areWrittenTogetherOrNotAtAll() {
      List<Change> some = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        some.add(new RegisterDevice(device("many-" + i, "pumps")));
      }
      List<Change> oneTaken = new ArrayList<>(some);
      oneTaken.add(new RegisterDevice(device("pump-1", "pumps")));

      assertThat(store.commit(decision("pump-1", oneTaken.toArray(Change[]::new))))
          .isInstanceOf(Outcome.Taken.class);
      assertThat(store.device(new DeviceId("many-0"))).isEmpty();

      commit(some.toArray(Change[]::new));
      assertThat(store.devices(DeviceFilter.ALL, Scope.ALL, "many-", 1_000))
          .filteredOn(each -> each.id().value().startsWith("many-"))
          .hasSize(300);
    }

    @Test
    void takenId_isTakenAndTheFirstStays() {
      RegisterDevice again =
          new RegisterDevice(device("pump-1", "pumps").in(new DeviceState.Scrapped()));

      assertThat(store.commit(decision("pump-1", again))).isEqualTo(new Outcome.Taken(again));
      assertThat(store.device(new DeviceId("pump-1")).orElseThrow().state().word())
          .isEqualTo("registered");
    }

    @Test
    void unknownClass_isStale() {
      RegisterDevice register = new RegisterDevice(device("pump-3", "no-such-class"));

      assertThat(store.commit(decision("pump-3", register))).isEqualTo(STALE);
      assertThat(store.device(new DeviceId("pump-3"))).isEmpty();
    }

    @Test
    void move_holdsOnlyFromTheStateItWasDecidedIn() {
      DeviceId id = new DeviceId("pump-1");
      MoveDevice enrolled =
          new MoveDevice(id, new DeviceState.Registered(), new DeviceState.Enrolled());
      commit(enrolled);

      assertThat(store.commit(decision("pump-1", enrolled))).isEqualTo(STALE);
      assertThat(store.device(id).orElseThrow().state()).isEqualTo(new DeviceState.Enrolled());
    }

    @Test
    void aFailedMove_takesTheWholeDecisionAlong() {
      Credential a = credential("pump-1", "a", token("t"), 0);
      Decision decision =
          decision(
              "pump-1",
              step("pump-1", 0),
              new AddCredential(a, der(a)),
              new MoveDevice(
                  new DeviceId("pump-1"), new DeviceState.Enrolled(), new DeviceState.Scrapped()));

      assertThat(store.commit(decision)).isEqualTo(STALE);
      assertThat(lineage("pump-1").version()).isZero();
      assertThat(store.credential(a.id())).isEmpty();
    }

    @Test
    void pages_followTheIdsInTheOrderOfTheirBytes() {
      for (String id : List.of("a-2", "B-1", "a-10", "pump-10", "z:9")) {
        commit(new RegisterDevice(device(id, "pumps")));
      }
      List<String> walked = new ArrayList<>();
      String last = "";
      while (true) {
        List<Device> page = store.devices(DeviceFilter.ALL, Scope.ALL, last, 3);
        if (page.isEmpty()) {
          break;
        }
        page.forEach(each -> walked.add(each.id().value()));
        last = walked.getLast();
      }

      assertThat(walked)
          .containsExactly("B-1", "a-10", "a-2", "pump-1", "pump-10", "pump-2", "z:9");
    }

    @Test
    void filters_areAllToHold() {
      commit(new SaveClass(DeviceClass.of("meters", "device")));
      commit(new RegisterDevice(device("meter-1", "meters")));
      commit(
          new MoveDevice(
              new DeviceId("pump-2"), new DeviceState.Registered(), new DeviceState.Enrolled()));

      assertThat(found(Optional.of("meters"), Optional.empty(), Map.of()))
          .containsExactly("meter-1");
      assertThat(found(Optional.of("pumps"), Optional.of("enrolled"), Map.of("line", "a")))
          .containsExactly("pump-2");
      assertThat(found(Optional.empty(), Optional.of("registered"), Map.of()))
          .containsExactly("meter-1", "pump-1");
      assertThat(found(Optional.empty(), Optional.empty(), Map.of("line", "a", "floor", "2")))
          .hasSize(3);
      assertThat(found(Optional.empty(), Optional.empty(), Map.of("line", "b"))).isEmpty();
      assertThat(
              store.devices(
                  new DeviceFilter(
                      Optional.empty(), Optional.empty(), Optional.of("gas"), Map.of()),
                  Scope.ALL,
                  "",
                  10))
          .isEmpty();
    }

    @Test
    void prefixAndText_findDevicesByTheirNames() {
      Device special = device("pump_1--", "pumps");
      commit(new RegisterDevice(special));
      commit(
          new RegisterDevice(
              new Device(
                  new DeviceId("Valve-77"),
                  Optional.of("SN 100%_x"),
                  "pumps",
                  "water",
                  Environment.FIELD,
                  Optional.empty(),
                  Map.of(),
                  new DeviceState.Registered(),
                  NOON)));

      assertThat(named(Optional.of("pump-"), Optional.empty())).containsExactly("pump-1", "pump-2");
      assertThat(named(Optional.of("pump-1"), Optional.of("UMP"))).containsExactly("pump-1");
      assertThat(named(Optional.empty(), Optional.of("ve-7"))).containsExactly("Valve-77");
      assertThat(named(Optional.empty(), Optional.of("VALVE"))).containsExactly("Valve-77");
      assertThat(named(Optional.empty(), Optional.of("00%_"))).containsExactly("Valve-77");
      assertThat(named(Optional.empty(), Optional.of("p%1"))).isEmpty();
      assertThat(named(Optional.empty(), Optional.of("p_1"))).containsExactly("pump_1--");
      assertThatThrownBy(() -> named(Optional.empty(), Optional.of("ab")))
          .isInstanceOf(IllegalArgumentException.class);
    }

    private List<String> named(Optional<String> prefix, Optional<String> text) {
      DeviceFilter filter =
          new DeviceFilter(
              Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), prefix, text);
      return store.devices(filter, Scope.ALL, "", 100).stream()
          .map(each -> each.id().value())
          .toList();
    }

    @Test
    void scope_isAPartOfEveryFilter() {
      Set<Environment> field = Set.of(Environment.FIELD, Environment.LAB);

      assertThat(within(new Scope(Set.of("pumps", "meters"), field, Set.of("gas", "water"))))
          .containsExactly("pump-1", "pump-2");
      assertThat(within(new Scope(Set.of("meters"), Set.of(), Set.of()))).isEmpty();
      assertThat(within(new Scope(Set.of(), Set.of(Environment.LAB), Set.of()))).isEmpty();
      assertThat(within(new Scope(Set.of(), Set.of(), Set.of("gas")))).isEmpty();
    }

    private List<String> within(Scope scope) {
      return store
          .devices(
              new DeviceFilter(Optional.of("pumps"), Optional.empty(), Optional.empty(), Map.of()),
              scope,
              "",
              100)
          .stream()
          .map(each -> each.id().value())
          .toList();
    }

    private List<String> found(
        Optional<String> deviceClass, Optional<String> state, Map<String, String> labels) {
      return store
          .devices(
              new DeviceFilter(deviceClass, state, Optional.of("water"), labels),
              Scope.ALL,
              "",
              100)
          .stream()
          .map(each -> each.id().value())
          .toList();
    }

    @Test
    void pageWithoutBounds_isRefused() {
      assertThatThrownBy(() -> store.devices(DeviceFilter.ALL, Scope.ALL, "", 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.devices(DeviceFilter.ALL, Scope.ALL, "", 1_001))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void classes_areSavedAndChanged() {
      DeviceClass changed = DeviceClass.of("pumps", "other");
      commit(new SaveClass(changed));
      commit(new SaveClass(DeviceClass.of("a-class", "device")));

      assertThat(store.deviceClass("pumps")).contains(changed);
      assertThat(store.deviceClass("none")).isEmpty();
      assertThat(store.classes()).extracting(DeviceClass::name).containsExactly("a-class", "pumps");
    }
  }

  @Nested
  class TokensAndAuthorities {
    @Test
    void tokens_comeNewestFirstAndAreSpentOnce() {
      DeviceId id = new DeviceId("pump-1");
      commit(new CreateToken(Samples.token("pump-1", "old", 0)));
      commit(new CreateToken(Samples.token("pump-1", "new", 1)));
      commit(new CreateToken(Samples.token("pump-2", "other", 2)));

      assertThat(store.ofDevice(id))
          .containsExactly(Samples.token("pump-1", "new", 1), Samples.token("pump-1", "old", 0));

      SpendToken first = new SpendToken(Samples.credentialId("old").value(), NOON.plusSeconds(3));
      commit(first);
      commit(new SpendToken(first.token(), NOON.plusSeconds(4)));
      assertThat(store.ofDevice(id).getLast().spentAt()).contains(NOON.plusSeconds(3));
      assertThat(store.ofDevice(id).getFirst().spentAt()).isEmpty();
      commit(new SpendToken(Samples.credentialId("no token").value(), NOON));
    }

    @Test
    void tokensOfADevice_areBounded() {
      for (int i = 0; i < 35; i++) {
        commit(new CreateToken(Samples.token("pump-1", "token " + i, i)));
      }

      assertThat(store.ofDevice(new DeviceId("pump-1")))
          .hasSize(32)
          .startsWith(Samples.token("pump-1", "token 34", 34));
    }

    @Test
    void tokenOfNobody_isStale() {
      assertThat(store.commit(decision("nobody", new CreateToken(Samples.token("nobody", "t", 0)))))
          .isEqualTo(STALE);
    }

    @Test
    void apiTokenOfTheSameName_isReplaced() {
      commit(new SaveApiToken(Samples.apiToken("b", Role.READER)));
      commit(new SaveApiToken(Samples.apiToken("a", Role.READER)));
      commit(new SaveApiToken(Samples.apiToken("b", Role.ADMINISTRATOR)));

      assertThat(store.apiTokens())
          .containsExactly(
              Samples.apiToken("a", Role.READER), Samples.apiToken("b", Role.ADMINISTRATOR));
    }

    @Test
    void freeze_isTakenOnceAndSeenAtTheDoor() {
      Freeze freeze = new Freeze(Samples.NOON, "api-token:kay", "incident \"7\"");

      assertThat(store.commit(decision("pump-1", new ResumeIssuing()))).isEqualTo(STALE);
      assertThat(sighting("pump-1").frozen()).isFalse();
      commit(new StopIssuing(freeze));
      assertThat(store.commit(decision("pump-1", new StopIssuing(freeze))))
          .isInstanceOf(Outcome.Taken.class);
      assertThat(store.freeze()).contains(freeze);
      assertThat(sighting("pump-1").frozen()).isTrue();
      commit(new ResumeIssuing());
      assertThat(store.freeze()).isEmpty();
      assertThat(sighting("pump-1").frozen()).isFalse();
    }

    private Sighting sighting(String device) {
      return store.bySlot(Samples.slot(device), Optional.empty()).orElseThrow();
    }

    @Test
    void scopeOfAnApiToken_isReadBack() {
      Scope scope =
          new Scope(
              Set.of("pump", "valve"),
              Set.of(Environment.FIELD, Environment.LAB),
              Set.of("Müller & Söhne, \"Werk\" {2}"));
      commit(new SaveApiToken(Samples.apiToken("a", Role.FLEET_OPERATOR, scope)));

      assertThat(store.apiTokens())
          .containsExactly(Samples.apiToken("a", Role.FLEET_OPERATOR, scope));
    }

    @Test
    void authorities_areReadBackByTimeAndAnIdIsTakenOnce() {
      SaveAuthority later = new SaveAuthority(Samples.authority("a-later", 1));
      commit(later);
      commit(new SaveAuthority(Samples.authority("b-earlier", 0)));

      assertThat(store.authorities())
          .containsExactly(Samples.authority("b-earlier", 0), Samples.authority("a-later", 1));
      assertThat(store.commit(decision("pump-1", later))).isEqualTo(new Outcome.Taken(later));
    }

    @Test
    void authority_changesOnlyFromWhatItWas() {
      Authority before = Samples.authority("a", 0);
      commit(new SaveAuthority(before));
      Authority after = before.retired();

      commit(new ChangeAuthority(before, after));

      assertThat(store.authorities()).containsExactly(after);
      assertThat(store.commit(decision("pump-1", new ChangeAuthority(before, after))))
          .isEqualTo(new Outcome.Stale());
    }

    @Test
    void whatBelongsToAnAuthority_isReadBackInItsOrder() {
      Authority plain = Samples.authority("a", 0);
      Authority whole =
          new Authority(
              plain.id(),
              plain.kind(),
              plain.name(),
              Authority.State.ACTIVE,
              plain.certificate(),
              plain.issuer(),
              plain.key(),
              Stream.of(Authority.Purpose.values())
                  .map(purpose -> new Authority.Other(purpose, plain.certificate()))
                  .toList(),
              BigInteger.TEN.pow(40),
              plain.created());

      commit(new SaveAuthority(whole));

      assertThat(store.authorities()).containsExactly(whole);
    }

    @Test
    void requestOfAnAuthority_isOutOnceAndClosedOnce() {
      AuthorityRequest request = Samples.authorityRequest("Factory");
      OpenAuthorityRequest open = new OpenAuthorityRequest(request);
      commit(open);

      assertThat(store.authorityRequests()).containsExactly(request);
      assertThat(store.commit(decision("pump-1", open))).isEqualTo(new Outcome.Taken(open));
      commit(new CloseAuthorityRequest(request));
      assertThat(store.authorityRequests()).isEmpty();
      assertThat(store.commit(decision("pump-1", new CloseAuthorityRequest(request))))
          .isEqualTo(new Outcome.Stale());
    }

    @Test
    void profileOfANamedAuthority_isReadBack() {
      Profile named =
          Profile.device("fleet.example", Duration.ofDays(90)).withAuthority(Optional.of("Meters"));
      commit(new SaveProfile(named));

      assertThat(store.profiles()).containsExactly(named);
    }

    @Test
    void profiles_areSavedAndChanged() {
      Profile device = Profile.device("fleet.example", Duration.ofDays(90));
      Profile server = Profile.server(Duration.ofDays(30));
      commit(new SaveProfile(server));
      commit(new SaveProfile(device));
      commit(new SaveProfile(device.withLife(Duration.ofSeconds(90))));

      assertThat(store.profiles()).containsExactly(device.withLife(Duration.ofSeconds(90)), server);
    }
  }

  @Nested
  class BirthsAndCustody {
    private Birth birth(String device, String certificate, String serialNumber) {
      return new Birth(
          Samples.credentialId("birth of " + device).value(),
          new DeviceId(device),
          "pumps",
          Optional.of(certificate).filter(text -> !text.isEmpty()).map(Samples::digest),
          Optional.of(serialNumber).filter(text -> !text.isEmpty()),
          NOON,
          Optional.empty());
    }

    @Test
    void birth_isReadBackByEachOfItsNames() {
      Birth one = birth("pump-1", "c", "S-1");
      commit(new BindBirth(one));

      assertThat(store.birthOf(new DeviceId("pump-1"))).contains(one);
      assertThat(store.birthsOf(List.of(new DeviceId("pump-2"), new DeviceId("pump-1"))))
          .containsExactly(one);
      assertThat(store.birthByCertificate(Samples.digest("c"))).contains(one);
      assertThat(store.birthBySerialNumber("pumps", "S-1")).contains(one);
      assertThat(store.birthBySerialNumber("other", "S-1")).isEmpty();
    }

    @Test
    void secondBirthOfADeviceOrACertificate_isTaken() {
      commit(new BindBirth(birth("pump-1", "c", "S-1")));

      for (Birth other :
          List.of(
              birth("pump-2", "c", ""), birth("pump-2", "", "S-1"), birth("pump-2", "c", "S-2"))) {
        assertThat(store.commit(decision("pump-2", new BindBirth(other))))
            .isInstanceOf(Outcome.Taken.class);
      }
      assertThat(store.birthOf(new DeviceId("pump-2"))).isEmpty();
    }

    @Test
    void birthKnownByItsNumber_isPinnedOnceAndSpentOnce() {
      Birth one = birth("pump-1", "", "S-1");
      commit(new BindBirth(one));
      commit(new PinBirth(one.id(), Samples.digest("c")));
      commit(new PinBirth(one.id(), Samples.digest("c")));

      assertThat(store.commit(decision("pump-1", new PinBirth(one.id(), Samples.digest("other")))))
          .isEqualTo(STALE);
      commit(new SpendBirth(one.id(), NOON.plusSeconds(5)));
      commit(new SpendBirth(one.id(), NOON.plusSeconds(9)));
      // A restored database may lack it; whoever proves a credential under it gets in all the same.
      commit(new SpendBirth(Samples.credentialId("no birth").value(), NOON));
      assertThat(store.birthOf(new DeviceId("pump-1")).orElseThrow())
          .isEqualTo(
              new Birth(
                  one.id(),
                  one.device(),
                  "pumps",
                  Optional.of(Samples.digest("c")),
                  one.serialNumber(),
                  NOON,
                  Optional.of(NOON.plusSeconds(5))));
    }

    @Test
    void credentialUnderABirth_isReadBackSo() {
      Predecessor under = new Predecessor.BirthCertificate(Samples.credentialId("b").value());
      Credential a = issue(0, Samples.credential("pump-1", "a", under, 0));

      assertThat(store.credential(a.id()).orElseThrow().predecessor()).isEqualTo(under);
      assertThat(lineage("pump-1").links().getFirst().predecessor()).isEqualTo(under);
    }

    @Test
    void manufacturers_areSavedChangedAndRemoved() {
      Manufacturer acme = manufacturer(false);
      commit(new SaveManufacturer(acme));
      assertThat(store.manufacturers()).singleElement().matches(its -> same(its, acme));
      commit(new SaveManufacturer(manufacturer(true)));
      assertThat(store.manufacturers()).singleElement().matches(its -> its.rule().registers());
      commit(new RemoveManufacturer("acme"));
      assertThat(store.manufacturers()).isEmpty();
      assertThat(store.commit(decision("pump-1", new RemoveManufacturer("acme")))).isEqualTo(STALE);
    }

    private Manufacturer manufacturer(boolean registers) {
      var anchor = Samples.authority("root", 0).certificate();
      return new Manufacturer(
          "acme",
          "pumps",
          Environment.PRODUCTION,
          anchor,
          List.of(anchor),
          List.of(new byte[] {1, 2, 3}),
          new Manufacturer.Rule(Optional.of("acme-{serialNumber}"), registers, "acme"),
          NOON);
    }

    private boolean same(Manufacturer one, Manufacturer other) {
      return one.rule().equals(other.rule())
          && one.anchor().equals(other.anchor())
          && one.intermediates().equals(other.intermediates())
          && one.environment() == other.environment()
          && java.util.Arrays.equals(
              one.revocationLists().getFirst(), other.revocationLists().getFirst());
    }

    @Test
    void reassignment_holdsOnlyFromWhatWasSeen() {
      DeviceId id = new DeviceId("pump-1");
      ReassignDevice move =
          new ReassignDevice(id, "water", Environment.FIELD, "buyer", Environment.PARTNER);
      commit(move);

      assertThat(store.commit(decision("pump-1", move))).isEqualTo(STALE);
      assertThat(store.device(id).orElseThrow().owner()).isEqualTo("buyer");
      assertThat(store.device(id).orElseThrow().environment()).isEqualTo(Environment.PARTNER);
    }

    @Test
    void endedTokens_areThoseNotSpent() {
      Token open = Samples.token("pump-1", "open", 0);
      Token spent = Samples.token("pump-1", "spent", 1);
      Token others = Samples.token("pump-2", "others", 2);
      commit(new CreateToken(open), new CreateToken(spent), new CreateToken(others));
      commit(new SpendToken(spent.id(), NOON.plusSeconds(3)));
      commit(new EndTokens(new DeviceId("pump-1"), NOON.plusSeconds(9)));

      assertThat(store.ofDevice(new DeviceId("pump-1")))
          .extracting(Token::expiresAt)
          .containsExactly(spent.expiresAt(), NOON.plusSeconds(9));
      assertThat(store.ofDevice(new DeviceId("pump-2")))
          .extracting(Token::expiresAt)
          .containsExactly(others.expiresAt());
    }

    @Test
    void pendingEnrolment_isOneForADeviceAndAKeyUntilItExpires() {
      PendingEnrolment one = pending("one", "key", 0);
      commit(new AskApproval(one));

      assertThat(store.commit(decision("pump-1", new AskApproval(pending("two", "key", 5)))))
          .isInstanceOf(Outcome.Taken.class);
      commit(new AskApproval(pending("other", "other key", 9)));
      assertThat(store.waiting(10)).hasSize(2).startsWith(one);
      assertThat(store.pendingOf(one.device())).contains(one);
      assertThat(store.pendingCount()).isEqualTo(2);

      commit(new DecideApproval(one.id(), PendingEnrolment.State.APPROVED));
      assertThat(
              store.commit(
                  decision("pump-1", new DecideApproval(one.id(), PendingEnrolment.State.REFUSED))))
          .isEqualTo(STALE);
      assertThat(store.pending(one.id())).contains(one.in(PendingEnrolment.State.APPROVED));
      assertThat(store.waiting(10)).hasSize(1);
      commit(new EndApproval(one.id()));
      commit(new EndApproval(one.id()));
      assertThat(store.pending(one.id())).isEmpty();

      PendingEnrolment later = pending("later", "other key", 8 * 24 * 3600);
      commit(new AskApproval(later));
      assertThat(store.pendingOf(one.device())).containsExactly(later);
    }

    private PendingEnrolment pending(String name, String key, int seconds) {
      Instant at = NOON.plusSeconds(seconds);
      return new PendingEnrolment(
          Samples.credentialId(name).value(),
          new DeviceId("pump-1"),
          Samples.digest(key),
          at,
          at.plus(PendingEnrolment.LIFE),
          PendingEnrolment.State.WAITING);
    }

    @Test
    void joiningOfAClass_isReadBack() {
      DeviceClass its =
          Samples.deviceClass("special")
              .with(
                  new DeviceClass.Joining(
                      true, true, Optional.of("factory"), Optional.of("quarantine")));
      commit(new SaveClass(its));

      assertThat(store.deviceClass("special")).contains(its);
    }
  }

  @Nested
  class Remembering {
    @Test
    void profile_isChangedFromWhatWasSeenOrNotAtAll() {
      Profile first = Profile.server(Duration.ofDays(1));
      Profile second = Profile.server(Duration.ofDays(2));
      Profile third = Profile.server(Duration.ofDays(3));
      commit(new SaveProfile(first));
      commit(new SaveProfile(second, Optional.of(first)));

      assertThat(store.commit(decision("pump-1", new SaveProfile(third, Optional.of(first)))))
          .isEqualTo(STALE);
      assertThat(store.profiles()).contains(second).doesNotContain(third);
      commit(new SaveProfile(third, Optional.of(second)));
      assertThat(store.profiles()).contains(third);
    }

    @Test
    void tokenOfATakenId_isTaken() {
      CreateToken token = new CreateToken(Samples.token("pump-1", "one", 0));
      commit(token);

      assertThat(store.commit(decision("pump-1", token))).isInstanceOf(Outcome.Taken.class);
      assertThat(store.ofDevice(new DeviceId("pump-1"))).hasSize(1);
    }

    @Test
    void newestBackup_isTheLastThatWasMadeOrRestored() {
      for (EntryKind kind :
          List.of(
              EntryKind.BACKUP_RESTORED,
              EntryKind.BACKUP_MADE,
              EntryKind.BACKUP_BEGUN,
              EntryKind.CREDENTIAL_PROVEN)) {
        store.commit(new Decision(List.of(), List.of(Samples.entry("pump-1", kind))));
      }

      assertThat(store.newestBackup().map(Ledger.Recorded::kind)).contains(EntryKind.BACKUP_MADE);
    }

    @Test
    void entries_areReadBackInTheirOrder() {
      Decision decision =
          new Decision(
              List.of(),
              List.of(
                  Samples.entry("pump-1", EntryKind.CREDENTIAL_PROVEN),
                  Samples.entry("pump-2", EntryKind.CREDENTIAL_RETIRED),
                  Samples.entry("pump-1", EntryKind.REQUEST_REFUSED)));
      long before = store.after(0, 1_000).getLast().number();

      assertThat(store.commit(decision)).isEqualTo(COMMITTED);

      List<Ledger.Recorded> recorded = store.after(before, 10);
      assertThat(recorded)
          .extracting(Ledger.Recorded::kind)
          .containsExactly(
              EntryKind.CREDENTIAL_PROVEN, EntryKind.CREDENTIAL_RETIRED, EntryKind.REQUEST_REFUSED);
      assertThat(recorded.getFirst().canonical())
          .isEqualTo(decision.entries().getFirst().canonical());
      assertThat(recorded).extracting(Ledger.Recorded::number).isSorted().doesNotHaveDuplicates();
      assertThat(store.after(before, 2)).hasSize(2);
      assertThat(store.newestAbout("pump-1", 2))
          .extracting(Ledger.Recorded::kind)
          .containsExactly(EntryKind.REQUEST_REFUSED, EntryKind.CREDENTIAL_PROVEN);
      assertThat(store.newestAbout("nobody", 2)).isEmpty();
      assertThat(store.newestBackup()).isEmpty();
    }

    @Test
    void changeThatNobodyKnows_failsAndIsNotWritten() {
      Decision decision = decision("pump-1", step("pump-1", 0), new Change() {});

      assertThatThrownBy(() -> store.commit(decision)).isInstanceOf(StoreFailure.class);
      assertThat(lineage("pump-1").version()).isZero();
    }
  }
}

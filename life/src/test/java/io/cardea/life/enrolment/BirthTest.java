package io.cardea.life.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.ManufacturingBatch.Line;
import io.cardea.life.enrolment.ManufacturingBatch.Result;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.Joining;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Registry.Registration;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.path.TestChains;
import io.cardea.life.pki.path.TestChains.Party;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.testing.FirstDay;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// A device with a birth certificate (IEEE 802.1AR), from the factory on. Long, as it follows one
/// device through all of its life, on one set of certificates.
class BirthTest {
  private static final Instant FOR_EVER = Instant.parse("9999-12-31T23:59:59Z");

  private final Party maker = Party.of("Acme Root");
  private final Party line = Party.of("Acme Line 3");
  private final Certificate anchor = TestChains.authority(maker, maker);
  private final Certificate between = TestChains.authority(line, maker);
  private final Certificate born = birth("A-17");
  private FirstDay day;

  @BeforeEach
  void day() throws Refused {
    day = new FirstDay();
  }

  private Certificate birth(String serialNumber) {
    return TestChains.wish(
            new Party("CN=pump+SERIALNUMBER=" + serialNumber, Party.of("x").keys()),
            line,
            TestChains.NOW.minus(Duration.ofDays(1)),
            FOR_EVER)
        .make();
  }

  private void trust(Manufacturer.Rule rule) throws Refused {
    trust("acme", Environment.PRODUCTION, rule, List.of());
  }

  private void trust(
      String name, Environment environment, Manufacturer.Rule rule, List<byte[]> lists)
      throws Refused {
    day.manufacturers.save(
        new Manufacturer(
            name, "device", environment, anchor, List.of(), lists, rule, day.time.instant()),
        FirstDay.ADMIN);
  }

  private static Manufacturer.Rule rule(boolean registers) {
    return new Manufacturer.Rule(Optional.of("acme-{serialNumber}"), registers, "acme");
  }

  private void joining(Joining joining) throws Refused {
    day.registry.saveClass(DeviceClass.of("device", "device").with(joining), FirstDay.ADMIN);
  }

  private static Line line(String id, Optional<Fingerprint> certificate, String serialNumber) {
    return new Line(
        new Registration(
            new DeviceId(id),
            Optional.empty(),
            "device",
            "acme",
            Environment.PRODUCTION,
            Optional.empty(),
            Map.of()),
        certificate,
        Optional.of(serialNumber).filter(text -> !text.isEmpty()));
  }

  private Result import1(Line line) throws Refused {
    return day.batch.register(List.of(line), FirstDay.ADMIN).getFirst();
  }

  private static Answer.Issued issued(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Issued.class);
    return (Answer.Issued) answer;
  }

  private static void assertDeclined(Answer answer, Refusal refusal) {
    assertThat(answer).isInstanceOf(Answer.Declined.class);
    assertThat(((Answer.Declined) answer).refusal()).isEqualTo(refusal);
  }

  private boolean admitted(Answer.Issued issued) throws Refused {
    return day.access.use(Fingerprint.of(issued.certificate())) instanceof Admission.Admitted;
  }

  @Nested
  class FirstSight {
    @Test
    void ruleThatRegisters_makesTheDeviceKnownAndEnrolsIt() throws Refused {
      trust(rule(true));

      Answer.Issued first = issued(day.enrolBorn(day.key(), born, between));

      assertThat(first.device()).isEqualTo(new DeviceId("acme-A-17"));
      Device device = day.store.device(first.device()).orElseThrow();
      assertThat(device.state()).isEqualTo(new DeviceState.Enrolled());
      assertThat(device.environment()).isEqualTo(Environment.PRODUCTION);
      assertThat(device.owner()).isEqualTo("acme");
      assertThat(day.store.credential(first.credential()).orElseThrow().predecessor())
          .isEqualTo(
              new Predecessor.BirthCertificate(
                  day.store.birthOf(first.device()).orElseThrow().id()));
      assertThat(admitted(first)).isTrue();
    }

    @Test
    void ruleThatDoesNotRegister_wantsTheDeviceKnown() throws Refused {
      trust(rule(false));

      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.BIRTH_CERTIFICATE_REFUSED);
      import1(line("acme-A-17", Optional.empty(), "other"));
      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.BIRTH_CERTIFICATE_REFUSED);
      assertThat(import1(line("acme-B-1", Optional.of(birth("B-1").fingerprint()), "")))
          .isInstanceOf(Result.Registered.class);
    }

    @Test
    void noAuthority_saysThatTheCertificateIsUnknown() {
      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.CREDENTIAL_UNKNOWN);
    }

    @Test
    void chainWithoutItsMiddle_isRefused() throws Refused {
      trust(rule(true));

      assertDeclined(day.enrolBorn(day.key(), born), Refusal.BIRTH_CERTIFICATE_REFUSED);
      assertThat(day.store.device(new DeviceId("acme-A-17"))).isEmpty();
    }

    @Test
    void certificateOnTheManufacturersList_isRefused() throws Refused {
      Instant now = day.time.instant();
      trust(
          "acme",
          Environment.PRODUCTION,
          rule(true),
          List.of(
              TestChains.listDer(
                  line,
                  now.minus(Duration.ofHours(1)),
                  now.plus(Duration.ofHours(1)),
                  List.of(born))));

      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.BIRTH_CERTIFICATE_REFUSED);
      issued(day.enrolBorn(day.key(), birth("A-18"), between));
    }
  }

  @Nested
  class Registered {
    @Test
    void bySerialNumber_isPinnedToTheFirstCertificate() throws Refused {
      trust(Manufacturer.Rule.REGISTERED);
      import1(line("pump-9", Optional.empty(), "A-17"));

      assertThat(issued(day.enrolBorn(day.key(), born, between)).device())
          .isEqualTo(new DeviceId("pump-9"));
      assertDeclined(
          day.enrolBorn(day.key(), birth("A-17"), between), Refusal.BIRTH_CERTIFICATE_REFUSED);
    }

    @Test
    void byFingerprint_countsWhateverItsSubject() throws Refused {
      trust(Manufacturer.Rule.REGISTERED);
      import1(line("pump-9", Optional.of(born.fingerprint()), ""));

      assertThat(issued(day.enrolBorn(day.key(), born, between)).device())
          .isEqualTo(new DeviceId("pump-9"));
      assertDeclined(
          day.enrolBorn(day.key(), birth("A-18"), between), Refusal.BIRTH_CERTIFICATE_REFUSED);
    }

    @Test
    void otherEnvironment_isNotTheAuthoritys() throws Refused {
      trust("acme", Environment.FIELD, Manufacturer.Rule.REGISTERED, List.of());
      import1(line("pump-9", Optional.of(born.fingerprint()), ""));

      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.BIRTH_CERTIFICATE_REFUSED);
    }
  }

  @Nested
  class R4_and_R5 {
    @Test
    void sameKey_getsTheSameCertificate() throws Refused {
      trust(rule(true));
      KeyPair key = day.key();

      Answer.Issued first = issued(day.enrolBorn(key, born, between));
      Answer.Issued again = issued(day.enrolBorn(key, born, between));

      assertThat(again.again()).isTrue();
      assertThat(again.certificate()).isEqualTo(first.certificate());
    }

    @Test
    void newKeyWhileNothingIsProven_isAnotherCandidateUntilThereAreEnough() throws Refused {
      trust(rule(true));

      for (int i = 0; i < 3; i++) {
        issued(day.enrolBorn(day.key(), born, between));
      }

      assertThat(day.enrolBorn(day.key(), born, between)).isInstanceOf(Answer.Wait.class);
    }
  }

  @Nested
  class R6_recovery {
    @Test
    void birthCertificateOfAProvenDevice_isSpent() throws Refused {
      trust(rule(true));
      KeyPair key = day.key();
      assertThat(admitted(issued(day.enrolBorn(key, born, between)))).isTrue();

      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.BIRTH_CERTIFICATE_SPENT);
      assertThat(issued(day.enrolBorn(key, born, between)).again()).isTrue();
    }

    @Test
    void classThatNamesIt_letsTheDeviceRecover() throws Refused {
      trust(rule(true));
      joining(new Joining(false, true, Optional.empty(), Optional.empty()));
      Answer.Issued first = issued(day.enrolBorn(day.key(), born, between));
      assertThat(admitted(first)).isTrue();
      day.time.pass(Duration.ofHours(12));

      Answer.Issued second = issued(day.enrolBorn(day.key(), born, between));

      assertThat(day.store.credential(second.credential()).orElseThrow().predecessor())
          .isInstanceOf(Predecessor.BirthCertificate.class);
      assertThat(admitted(second)).isTrue();
    }

    @Test
    void revokedDevice_recoversUnderANewKey() throws Refused {
      trust(rule(true));
      joining(new Joining(false, true, Optional.empty(), Optional.empty()));
      KeyPair key = day.key();
      Answer.Issued first = issued(day.enrolBorn(key, born, between));
      admitted(first);
      day.revocation.revokeDevice(
          first.device(), RevocationReason.KEY_COMPROMISE, Optional.empty(), FirstDay.ADMIN);

      assertDeclined(day.enrolBorn(key, born, between), Refusal.KEY_COMPROMISED);
      issued(day.enrolBorn(day.key(), born, between));
    }

    @Test
    void deviceThatCameByAToken_bindsItsBirthAsSecondProofAlone() throws Refused {
      trust("lab", Environment.LAB, rule(false), List.of());
      Answer.Issued first = issued(day.enrol("acme-A-17", day.tokenFor("acme-A-17"), day.key()));
      admitted(first);

      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.BIRTH_CERTIFICATE_SPENT);
      joining(new Joining(false, true, Optional.empty(), Optional.empty()));
      issued(day.enrolBorn(day.key(), born, between));
    }
  }

  @Nested
  class Custodies {
    @Test
    void handOver_takesTheNextCredentialToTheUsualProfile() throws Refused {
      trust(rule(true));
      joining(new Joining(false, false, Optional.of("factory"), Optional.of("quarantine")));
      Answer.Issued first = issued(day.enrolBorn(day.key(), born, between));
      admitted(first);

      Device device =
          day.custody.handOver(first.device(), Environment.FIELD, "sold", FirstDay.ADMIN);
      Answer.Issued second = issued(day.renew(first.certificate(), day.key()));
      day.quarantine.begin(first.device(), "odd", FirstDay.ADMIN);
      issued(day.renew(second.certificate(), day.key()));

      assertThat(device.environment()).isEqualTo(Environment.FIELD);
      assertThat(day.profiles).containsExactly("factory", "device", "quarantine");
      assertThat(day.custody.handOver(first.device(), Environment.FIELD, "again", FirstDay.ADMIN))
          .isEqualTo(day.store.device(first.device()).orElseThrow());
      assertThatExceptionOfType(Refused.class)
          .isThrownBy(
              () -> day.custody.handOver(first.device(), Environment.LAB, "?", FirstDay.ADMIN))
          .returns(Refusal.CONFLICT, Refused::refusal);
    }

    @Test
    void transfer_endsWhatTheOldOwnerKnowsAndKeepsTheDeviceRunning() throws Refused {
      String token = day.tokenFor("pump-1");
      KeyPair key = day.key();
      Answer.Issued first = issued(day.enrol("pump-1", token, key));
      admitted(first);
      String kept =
          day.tokens
              .create(new DeviceId("pump-1"), Duration.ofDays(9), Optional.empty(), FirstDay.ADMIN)
              .secret();
      day.time.pass(Duration.ofSeconds(1));

      day.custody.transfer(new DeviceId("pump-1"), "buyer", false, "sold", FirstDay.ADMIN);
      day.time.pass(Duration.ofSeconds(1));

      assertDeclined(day.enrol("pump-1", kept, day.key()), Refusal.TOKEN_EXPIRED);
      assertThat(admitted(first)).isTrue();
      issued(day.renew(first.certificate(), day.key()));
    }

    @Test
    void transferThatRevokes_leavesTheBirthCertificateAsWayBack() throws Refused {
      trust(rule(true));
      joining(new Joining(false, true, Optional.empty(), Optional.empty()));
      Answer.Issued first = issued(day.enrolBorn(day.key(), born, between));
      admitted(first);

      day.custody.transfer(first.device(), "buyer", true, "sold", FirstDay.ADMIN);

      assertThat(day.store.credential(first.credential()).orElseThrow().state())
          .isEqualTo(CredentialState.REVOKED);
      assertThat(admitted(issued(day.enrolBorn(day.key(), born, between)))).isTrue();
    }

    @Test
    void ownerOutsideOfTheActorsScope_isForbidden() throws Refused {
      day.tokenFor("pump-1");
      Actor factory =
          new Actor(
              "api-token:f", Role.FLEET_OPERATOR, new Scope(Set.of(), Set.of(), Set.of("factory")));

      assertThatExceptionOfType(Refused.class)
          .isThrownBy(
              () -> day.custody.transfer(new DeviceId("pump-1"), "buyer", false, "sold", factory))
          .returns(Refusal.FORBIDDEN, Refused::refusal);
    }
  }

  @Nested
  class Approvals {
    @BeforeEach
    void asked() throws Refused {
      trust(rule(true));
      joining(new Joining(true, false, Optional.empty(), Optional.empty()));
    }

    private PendingEnrolment waiting() throws Refused {
      List<PendingEnrolment> all = day.approvals.waiting(10, FirstDay.ADMIN);
      assertThat(all).hasSize(1);
      return all.getFirst();
    }

    @Test
    void request_waitsAndARetryIsTheSameUntilAnOperatorSaysYes() throws Refused {
      KeyPair key = day.key();
      assertThat(day.enrolBorn(key, born, between)).isInstanceOf(Answer.Wait.class);
      PendingEnrolment pending = waiting();
      assertThat(day.enrolBorn(key, born, between)).isInstanceOf(Answer.Wait.class);
      assertThat(waiting()).isEqualTo(pending);

      day.approvals.decide(pending.id(), true, "seen at the line", FirstDay.ADMIN);

      Answer.Issued issued = issued(day.enrolBorn(key, born, between));
      assertThat(day.store.pendingOf(issued.device())).isEmpty();
      assertThat(issued(day.enrolBorn(key, born, between)).again()).isTrue();
      admitted(issued);
      issued(day.renew(issued.certificate(), day.key()));
    }

    @Test
    void refusedRequest_isRefusedForThatKey() throws Refused {
      KeyPair key = day.key();
      day.enrolBorn(key, born, between);
      PendingEnrolment pending = waiting();
      day.approvals.decide(pending.id(), false, "who is this?", FirstDay.ADMIN);

      assertDeclined(day.enrolBorn(key, born, between), Refusal.ENROLMENT_REFUSED);
      assertThat(day.enrolBorn(day.key(), born, between)).isInstanceOf(Answer.Wait.class);
      assertThatExceptionOfType(Refused.class)
          .isThrownBy(() -> day.approvals.decide(pending.id(), true, "well", FirstDay.ADMIN))
          .returns(Refusal.CONFLICT, Refused::refusal);
    }

    @Test
    void keysThatWait_areBoundedForADevice() throws Refused {
      for (int i = 0; i < PendingEnrolment.MOST_OF_A_DEVICE; i++) {
        assertThat(day.enrolBorn(day.key(), born, between)).isInstanceOf(Answer.Wait.class);
      }

      assertDeclined(day.enrolBorn(day.key(), born, between), Refusal.OVERLOADED);
      day.time.pass(Duration.ofHours(20));
      assertThat(day.store.pendingCount()).isEqualTo(PendingEnrolment.MOST_OF_A_DEVICE);
    }

    @Test
    void operatorOfAnotherOwner_seesAndDecidesNothing() throws Refused {
      day.enrolBorn(day.key(), born, between);
      PendingEnrolment pending = waiting();
      Actor other =
          new Actor(
              "api-token:o", Role.FLEET_OPERATOR, new Scope(Set.of(), Set.of(), Set.of("other")));

      assertThat(day.approvals.waiting(10, other)).isEmpty();
      assertThatExceptionOfType(Refused.class)
          .isThrownBy(() -> day.approvals.decide(pending.id(), true, "mine", other))
          .returns(Refusal.NOT_FOUND, Refused::refusal);
    }
  }

  @Nested
  class Batch {
    @Test
    void eachLine_standsAloneAndTheSameAgainChangesNothing() throws Refused {
      List<Line> lines =
          List.of(
              line("a-1", Optional.empty(), "S-1"),
              line("a-2", Optional.of(born.fingerprint()), "S-2"),
              line("a-3", Optional.of(born.fingerprint()), ""));

      List<Result> results = day.batch.register(lines, FirstDay.ADMIN);

      assertThat(results.stream().filter(Result.Registered.class::isInstance)).hasSize(2);
      assertThat(results.stream().filter(Result.Refusing.class::isInstance))
          .singleElement()
          .extracting(each -> ((Result.Refusing) each).refusal())
          .isEqualTo(Refusal.ALREADY_EXISTS);
      assertThat(day.batch.register(lines.subList(0, 1), FirstDay.ADMIN))
          .singleElement()
          .isInstanceOf(Result.Known.class);
    }

    @Test
    void manyLines_areOneCommitForEachThousandAndAnEntryForEachDevice() throws Refused {
      List<Line> lines = new ArrayList<>();
      for (int i = 0; i < 2_500; i++) {
        lines.add(line("many-" + i, Optional.empty(), ""));
      }
      lines.add(lines.getFirst());

      List<Result> results = day.batch.register(lines, FirstDay.ADMIN);

      assertThat(results).hasSize(2_501);
      assertThat(results.subList(0, 2_500)).allMatch(Result.Registered.class::isInstance);
      assertThat(results.getLast()).isInstanceOf(Result.Known.class);
      assertThat(day.store.newestAbout("many-2499", 10)).hasSize(1);
      assertThat(day.store.newestAbout("many-0", 10)).hasSize(1);
      assertThat(day.batch.register(lines, FirstDay.ADMIN))
          .allMatch(Result.Known.class::isInstance);
    }

    @Test
    void linesOutsideOfTheScope_areRefusedOneByOne() throws Refused {
      Actor north =
          new Actor(
              "api-token:north",
              Role.FLEET_OPERATOR,
              new Scope(Set.of(), Set.of(), Set.of("north")));

      assertThat(day.batch.register(List.of(line("a-1", Optional.empty(), "S-1")), north))
          .singleElement()
          .extracting(each -> ((Result.Refusing) each).refusal())
          .isEqualTo(Refusal.FORBIDDEN);
    }

    @Test
    void otherFactsUnderTheSameId_areRefusedByName() throws Refused {
      import1(line("a-1", Optional.empty(), "S-1"));

      assertThat(import1(line("a-1", Optional.empty(), "S-2"))).isInstanceOf(Result.Refusing.class);
    }
  }

  @Nested
  class Check {
    @Test
    void report_saysWhatWouldBeDecidedAndWritesNothing() throws Refused {
      trust(rule(true));
      int entries = day.store.after(0, 1_000).size();

      CertificateCheck.Report good =
          day.check.check(born, List.of(between), Optional.empty(), FirstDay.ADMIN);
      CertificateCheck.Report bad =
          day.check.check(born, List.of(), Optional.empty(), FirstDay.ADMIN);

      assertThat(good.good()).isTrue();
      assertThat(good.decision()).contains("acme-A-17");
      assertThat(good.path()).hasSize(3);
      assertThat(bad.good()).isFalse();
      assertThat(bad.decision()).contains("no path leads");
      assertThat(day.store.after(0, 1_000)).hasSize(entries);
    }

    @Test
    void credentialOfOurs_isJudgedByTheInventory() throws Refused {
      Answer.Issued first = issued(day.enrol("pump-1", day.tokenFor("pump-1"), day.key()));
      Certificate its = Certificate.of(first.certificate());

      assertThat(day.check.check(its, List.of(), Optional.empty(), FirstDay.ADMIN).good()).isTrue();
      day.revocation.scrap(new DeviceId("pump-1"), "old", FirstDay.ADMIN);
      assertThat(day.check.check(its, List.of(), Optional.empty(), FirstDay.ADMIN).decision())
          .contains("device-scrapped");
    }
  }
}

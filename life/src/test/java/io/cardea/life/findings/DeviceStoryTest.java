package io.cardea.life.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryHandshakeFailures;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceStoryTest {
  private static final DeviceId PUMP = new DeviceId("pump-1");

  private final InMemoryHandshakeFailures handshakes = new InMemoryHandshakeFailures();
  private FirstDay day;
  private DeviceStory stories;

  @BeforeEach
  void dawn() throws Refused {
    day = new FirstDay();
    stories = new DeviceStory(day.store, day.store, day.store, day.store, handshakes, day.time);
  }

  @Test
  void unknownDevice_isRefused() {
    assertThatThrownBy(() -> stories.tell(PUMP, FirstDay.ADMIN))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.DEVICE_UNKNOWN));
  }

  @Test
  void registeredDevice_enrolsWithItsTokenWhileThatIsGood() throws Refused {
    day.tokenFor("pump-1");

    assertThat(next())
        .isEqualTo(new NextStep.EnrolWithToken(day.time.instant().plus(Duration.ofDays(1))));
    day.time.pass(Duration.ofDays(2));
    assertThat(next()).isEqualTo(new NextStep.MakeToken());
    assertThat(stories.tell(PUMP, FirstDay.ADMIN).summary())
        .isEqualTo("pump-1 is registered, holds no accepted credential.");
  }

  @Test
  void enrolledDevice_waitsThenRenewsThenHurries() throws Refused {
    enrol();

    assertThat(next()).isInstanceOf(NextStep.WaitForWindow.class);
    NextStep.WaitForWindow window = (NextStep.WaitForWindow) next();
    day.time.pass(Duration.between(day.time.instant(), window.from()));
    assertThat(next()).isInstanceOf(NextStep.Renew.class);
    day.time.pass(Duration.between(window.from(), window.until()));
    assertThat(next()).isInstanceOf(NextStep.RenewAtOnce.class);
  }

  @Test
  void expiredDevice_renewsInItsGraceAndRecoversAfterIt() throws Refused {
    enrol();

    day.time.pass(FirstDay.LIFE.plusSeconds(1));
    assertThat(next()).isInstanceOf(NextStep.RenewAtOnce.class);
    assertThat(stories.tell(PUMP, FirstDay.ADMIN).summary())
        .contains("holds no accepted credential");
    day.time.pass(DeviceClass.of("device", "device").grace());
    assertThat(next()).isEqualTo(new NextStep.Recover(false, Optional.empty()));
  }

  @Test
  void revokedDevice_recoversUnderANewKey() throws Refused {
    enrol();
    day.revocation.revokeDevice(
        PUMP, RevocationReason.KEY_COMPROMISE, Optional.of("stolen"), FirstDay.ADMIN);

    assertThat(next()).isInstanceOf(NextStep.Recover.class);
    assertThat(next().words(stories.tell(PUMP, FirstDay.ADMIN).device())).contains("new key");
    assertThat(stories.tell(PUMP, FirstDay.ADMIN).credentials())
        .extracting(credential -> credential.state())
        .containsOnly(CredentialState.REVOKED);
  }

  @Test
  void scrappedDevice_hasNothingToDo() throws Refused {
    enrol();
    day.revocation.scrap(PUMP, "broken", FirstDay.ADMIN);

    assertThat(next()).isEqualTo(new NextStep.Nothing());
  }

  @Test
  void acts_areTheNewestFirstWithRefusalsByCode() throws Refused {
    KeyPair key = day.key();
    byte[] first = enrol(key);
    day.time.pass(Duration.ofMinutes(1));
    day.access.use(Fingerprint.of(first));
    day.time.pass(Duration.ofMinutes(1));
    day.revocation.revokeDevice(
        PUMP, RevocationReason.SUPERSEDED, Optional.empty(), FirstDay.ADMIN);
    day.time.pass(Duration.ofMinutes(1));
    assertThat(day.renew(first, day.key())).isInstanceOf(Answer.Declined.class);

    DeviceStory.Story story = stories.tell(PUMP, FirstDay.ADMIN);

    assertThat(story.acts().getFirst().refusal()).contains(Refusal.CREDENTIAL_REVOKED.code());
    assertThat(story.acts())
        .extracting(DeviceStory.Act::kind)
        .containsSubsequence(
            EntryKind.REQUEST_REFUSED,
            EntryKind.CREDENTIAL_REVOKED,
            EntryKind.CREDENTIAL_PROVEN,
            EntryKind.CREDENTIAL_ISSUED,
            EntryKind.DEVICE_REGISTERED);
    assertThat(story.summary()).contains("was refused (credential-revoked)");
  }

  private NextStep next() throws Refused {
    return stories.tell(PUMP, FirstDay.ADMIN).next();
  }

  private void enrol() throws Refused {
    enrol(day.key());
  }

  private byte[] enrol(KeyPair key) throws Refused {
    return ((Answer.Issued) day.enrol("pump-1", day.tokenFor("pump-1"), key)).certificate();
  }
}

package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.slot;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.MoveDevice;
import io.cardea.life.inventory.InventoryChange.RemoveAudience;
import io.cardea.life.inventory.InventoryChange.SaveAudience;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.Reports;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.HoldCredential;
import io.cardea.life.rotation.RotationChange.LookAgain;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.RotationChange.StepSlot;
import io.cardea.life.sessions.OpenSessions;
import io.cardea.life.sessions.OpenSessions.Opened;
import io.cardea.life.sessions.Reporter;
import io.cardea.life.sessions.Session;
import io.cardea.life.sessions.SessionChange.EndSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a store knows of audiences, and of the sessions that they tell of.
public abstract class SessionContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations>
    extends CampaignContract<S> {
  private static final Reporter HERE = new Reporter("broker", "run-1");
  private static final Reporter ELSEWHERE = new Reporter("broker", "run-2");
  private static final Audience BROKER =
      new Audience(
          "broker",
          Audience.Kind.BROKER,
          true,
          true,
          Set.of("pumps", "meters"),
          Set.of(new DeviceId("point-1"), new DeviceId("point-2")));
  private static final Audience BLIND =
      new Audience("wall", Audience.Kind.SERVICE, false, false, Set.of("pumps"), Set.of());

  /// The sessions of [StoreFixture#emptyStore], which has none.
  protected abstract OpenSessions sessions();

  private static Session session(Reporter reporter, String id, Credential by) {
    return new Session(reporter, id, by.slot(), by.id(), NOON, Optional.empty());
  }

  private static Session ending(Session session, Instant since) {
    return new Session(
        session.reporter(),
        session.id(),
        session.slot(),
        session.credential(),
        session.openedAt(),
        Optional.of(since));
  }

  private Reports reports() {
    return lineage("pump-1").reports();
  }

  @Nested
  class AudiencesOfAClass {
    @Test
    void audiences_areReadBackByNameAndWithEachDevice() {
      commit(new SaveAudience(BLIND));
      commit(new SaveAudience(BROKER));

      assertThat(store.audiences()).containsExactly(BROKER, BLIND);
      assertThat(store.whole(slot("pump-1")).orElseThrow().audiences())
          .containsExactly(BROKER, BLIND);

      Audience elsewhere =
          new Audience("broker", Audience.Kind.PROXY, true, false, Set.of("meters"), Set.of());
      commit(new SaveAudience(elsewhere));
      assertThat(store.audiences()).containsExactly(elsewhere, BLIND);
      assertThat(store.whole(slot("pump-1")).orElseThrow().audiences()).containsExactly(BLIND);

      commit(new RemoveAudience("wall"));
      assertThat(store.commit(decision("pump-1", new RemoveAudience("wall")))).isEqualTo(STALE);
      assertThat(store.whole(slot("pump-1")).orElseThrow().audiences()).isEmpty();
    }

    @Test
    void whatAudiencesSaw_isReadBackWithTheNeighbourhood() {
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      Credential b = issue(1, credential("pump-1", "b", after(a), 1));
      Credential c = issue(2, credential("pump-1", "c", after(a), 2));

      commit(
          new StepSlot(
              slot("pump-1"),
              3,
              List.of(),
              Optional.empty(),
              Pace.NONE,
              Map.of("broker", b.id(), "proxy", a.id())));

      assertThat(reports().seen())
          .containsExactlyInAnyOrderEntriesOf(Map.of("broker", b.id(), "proxy", a.id()));
      assertThat(store.byCertificate(c.shown(), Optional.empty()).orElseThrow().lineage().links())
          .extracting(link -> link.id())
          .contains(a.id(), b.id(), c.id());
      commit(step("pump-1", 4));
      assertThat(reports().seen()).isEmpty();
    }
  }

  @Nested
  class Retirements {
    private static final Duration SILENCE = Samples.deviceClass("pumps").longestSilence();
    private Credential a;

    @BeforeEach
    void retiring() {
      a = issue(0, credential("pump-1", "a", token("t"), 0));
      commit(step("pump-1", 1), new MoveCredential(a.id(), CredentialState.RETIRING, NOON));
    }

    private List<Lineages.Retiring> due(Duration later) {
      return store.retiring(NOON.plus(SILENCE).plus(later), 10);
    }

    @Test
    void whatIsPostponed_isLookedAtThen() {
      assertThat(due(Duration.ZERO)).hasSize(1);

      store.postpone(List.of(a.id()), NOON.plus(SILENCE).plusSeconds(60));

      assertThat(due(Duration.ofSeconds(59))).isEmpty();
      assertThat(due(Duration.ofSeconds(60))).hasSize(1);
    }

    @Test
    void whatIsToBeLookedAtAgain_isPostponedNoMore() {
      store.postpone(List.of(a.id()), NOON.plus(SILENCE).plusSeconds(60));

      commit(step("pump-1", 2), new LookAgain(a.id()));

      assertThat(due(Duration.ofSeconds(-1))).isEmpty();
      assertThat(due(Duration.ZERO)).hasSize(1);
    }

    @Test
    void endOfASession_endsThePostponement() {
      sessions().open(session(HERE, "s", a), 2);
      store.postpone(List.of(a.id()), NOON.plus(SILENCE).plusSeconds(60));

      assertThat(sessions().close(HERE, "s")).isTrue();
      assertThat(due(Duration.ZERO)).hasSize(1);

      sessions().open(session(HERE, "s", a), 2);
      store.postpone(List.of(a.id()), NOON.plus(SILENCE).plusSeconds(60));
      assertThat(sessions().closeAll(HERE, 10)).isEqualTo(1);
      assertThat(due(Duration.ZERO)).hasSize(1);

      sessions().open(session(HERE, "s", a), 2);
      store.postpone(List.of(a.id()), NOON.plus(SILENCE).plusSeconds(60));
      commit(new EndSession(HERE, "s"));
      assertThat(due(Duration.ZERO)).hasSize(1);
    }

    @Test
    void classWithABlindAudience_hasNothingDue() {
      commit(new SaveAudience(BROKER));
      assertThat(due(Duration.ZERO)).hasSize(1);

      commit(new SaveAudience(BLIND));

      assertThat(due(Duration.ofDays(1))).isEmpty();
    }
  }

  @Nested
  class Open {
    private Credential a;
    private Credential b;

    @BeforeEach
    void credentials() {
      a = issue(0, credential("pump-1", "a", token("t"), 0));
      b = issue(1, credential("pump-1", "b", after(a), 1));
    }

    private Opened open(Session session) {
      return sessions().open(session, lineage(session.slot().device().value()).version());
    }

    @Test
    void session_isReadBackUntilItIsClosed() {
      Session one = session(HERE, "one", a);

      assertThat(open(one)).isEqualTo(Opened.OPEN);

      assertThat(sessions().session(HERE, "one")).contains(one);
      assertThat(sessions().session(ELSEWHERE, "one")).isEmpty();
      assertThat(sessions().sessionsOf(new DeviceId("pump-1"))).containsExactly(one);
      assertThat(reports().inSession()).containsExactly(a.id());
      assertThat(lineage("pump-2").reports().inSession()).isEmpty();
      assertThat(sessions().close(HERE, "one")).isTrue();
      assertThat(sessions().close(HERE, "one")).isFalse();
      assertThat(reports().inSession()).isEmpty();
    }

    @Test
    void sameSessionAgain_isTheSame_andOneByAnotherCredentialTakesItsPlace() {
      open(session(HERE, "one", a));
      open(session(HERE, "one", a));
      open(session(ELSEWHERE, "one", a));
      assertThat(sessions().sessionsOf(new DeviceId("pump-1"))).hasSize(2);

      open(session(HERE, "one", b));

      assertThat(reports().inSession()).containsExactlyInAnyOrder(a.id(), b.id());
      assertThat(sessions().session(HERE, "one")).contains(session(HERE, "one", b));
    }

    @Test
    void slotThatWasSteppedSince_isStale() {
      assertThat(sessions().open(session(HERE, "one", a), 1)).isEqualTo(Opened.STALE);
      assertThat(sessions().open(session(HERE, "one", a), 3)).isEqualTo(Opened.STALE);

      assertThat(sessions().session(HERE, "one")).isEmpty();
    }

    @Test
    void deviceWithTooMany_opensNoMore() {
      for (int i = 0; i < Session.MOST_OF_A_DEVICE; i++) {
        assertThat(open(session(HERE, "s" + i, a))).isEqualTo(Opened.OPEN);
      }

      assertThat(open(session(HERE, "more", a))).isEqualTo(Opened.TOO_MANY);
      assertThat(open(session(HERE, "s0", b))).isEqualTo(Opened.OPEN);
      assertThat(sessions().sessionsOf(new DeviceId("pump-1"))).hasSize(64);
    }

    @Test
    void manyAtOnce_areAllOpened() throws Exception {
      Credential x = issue(0, credential("pump-2", "x", token("u"), 2));
      List<Callable<Opened>> openers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Session its = session(HERE, "s" + i / 2, i % 4 < 2 ? a : x);
        openers.add(() -> open(its));
      }

      assertThat(together(openers)).containsOnly(Opened.OPEN);

      assertThat(sessions().closeAll(HERE, 15)).isEqualTo(15);
      assertThat(sessions().closeAll(HERE, 15)).isEqualTo(5);
    }

    @Test
    void revocation_hasItsSessionsToEnd_andNoOthers() {
      Session one = session(HERE, "one", a);
      open(one);
      open(session(HERE, "two", b));
      Instant at = NOON.plusSeconds(5);

      commit(step("pump-1", 2), new RevokeCredential(a.id(), RevocationReason.KEY_COMPROMISE, at));

      assertThat(sessions().toEnd(HERE, 10)).containsExactly(ending(one, at));
      assertThat(sessions().toEnd(ELSEWHERE, 10)).isEmpty();
      assertThat(sessions().close(HERE, "one")).isFalse();
      assertThat(sessions().closeAll(HERE, 10)).isEqualTo(1);
      commit(new EndSession(HERE, "one"));
      assertThat(store.commit(decision("pump-1", new EndSession(HERE, "one")))).isEqualTo(STALE);
      assertThat(sessions().toEnd(HERE, 10)).isEmpty();
    }

    @Test
    void holdAndQuarantine_haveTheirSessionsToEnd() {
      open(session(HERE, "one", a));
      open(session(HERE, "two", b));

      commit(step("pump-1", 2), new HoldCredential(a.id(), NOON.plusSeconds(1)));
      assertThat(sessions().toEnd(HERE, 10)).extracting(Session::id).containsExactly("one");

      commit(
          step("pump-1", 3),
          new MoveDevice(
              new DeviceId("pump-1"), new DeviceState.Registered(), new DeviceState.Scrapped()));
      assertThat(sessions().toEnd(HERE, 10))
          .extracting(Session::id)
          .containsExactlyInAnyOrder("one", "two");
    }

    /// P5: whatever the order of the two, the session is refused or marked.
    @Test
    void revocationAtTheSameTime_letsNoSessionSlipThrough() throws Exception {
      for (int round = 0; round < 10; round++) {
        String id = "race-" + round;
        CredentialId credential = a.id();
        long version = lineage("pump-1").version();
        List<Callable<Boolean>> both = new ArrayList<>();
        both.add(() -> sessions().open(session(HERE, id, a), version) == Opened.OPEN);
        both.add(() ->
            store
                .commit(
                    decision(
                        "pump-1",
                        step("pump-1", version),
                        new HoldCredential(credential, NOON.plusSeconds(1))))
                .equals(COMMITTED));

        List<Boolean> done = together(both);

        assertThat(done.get(1)).isTrue();
        assertThat(sessions().toEnd(HERE, 100).stream().anyMatch(each -> each.id().equals(id)))
            .isEqualTo(done.get(0));
        if (done.get(0)) {
          commit(new EndSession(HERE, id));
        }
        commit(
            step("pump-1", version + 1),
            new io.cardea.life.rotation.RotationChange.LiftHold(credential));
      }
    }
  }

  @Nested
  class Reporters {
    @Test
    void reporter_isNewOnce_andSilentAfterItsTime() {
      assertThat(sessions().heard(HERE, NOON)).isFalse();
      assertThat(sessions().heard(HERE, NOON.plusSeconds(60))).isTrue();
      sessions().renew(HERE, NOON.plusSeconds(30));

      assertThat(sessions().silent(NOON.plusSeconds(60), 10)).isEmpty();
      assertThat(sessions().silent(NOON.plusSeconds(61), 10)).containsExactly(HERE);

      sessions().forget(HERE);
      assertThat(sessions().silent(NOON.plusSeconds(61), 10)).isEmpty();
      assertThat(sessions().heard(HERE, NOON)).isFalse();
    }

    @Test
    void reporterThatOthersSpokeOf_isNewAllTheSame() {
      sessions().renew(ELSEWHERE, NOON);

      assertThat(sessions().heard(ELSEWHERE, NOON.plusSeconds(1))).isFalse();
      assertThat(sessions().heard(ELSEWHERE, NOON.plusSeconds(2))).isTrue();
    }

    @Test
    void reporterThatOpenedAgainBeforeItWasForgotten_isToTellOfAll() {
      sessions().heard(HERE, NOON);
      Credential a = issue(0, credential("pump-1", "a", token("t"), 0));
      sessions().open(session(HERE, "one", a), 1);

      sessions().forget(HERE);

      assertThat(sessions().heard(HERE, NOON)).isFalse();
    }
  }
}

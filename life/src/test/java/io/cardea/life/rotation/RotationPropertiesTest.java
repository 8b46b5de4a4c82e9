package io.cardea.life.rotation;

import static io.cardea.life.inventory.CredentialState.CURRENT;
import static io.cardea.life.inventory.CredentialState.RETIRED;
import static io.cardea.life.inventory.CredentialState.RETIRING;
import static io.cardea.life.inventory.CredentialState.REVOKED;
import static io.cardea.life.inventory.CredentialState.STAGED;
import static io.cardea.life.testing.SlotStory.TERMS;
import static io.cardea.life.testing.SlotStory.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.RandomStory.Step;
import io.cardea.life.testing.Neighbourhood;
import io.cardea.life.testing.Seeds;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RotationPropertiesTest {
  private static final int STORIES = 600;
  private static final int STEPS = 250;

  private static final Map<CredentialState, Set<CredentialState>> NEXT =
      new EnumMap<>(
          Map.of(
              STAGED, Set.of(CURRENT, RETIRING, REVOKED),
              CURRENT, Set.of(RETIRING, REVOKED),
              RETIRING, Set.of(RETIRED, REVOKED),
              RETIRED, Set.of(REVOKED),
              REVOKED, Set.of()));

  private final Rotation rotation = new ProvenRotation();

  /// Tells a story, and shows each step of it.
  private static void tell(RandomGenerator random, Consumer<Step> listener) {
    RandomStory story = new RandomStory(random);
    for (int i = 0; i < STEPS; i++) {
      Step step = story.next();
      listener.accept(step);
      if (step.event() instanceof Event.Requested requested
          && step.transition().verdict() instanceof Verdict.Issue granted) {
        listener.accept(story.issue(requested, granted));
      }
    }
  }

  /// P1, whatever happens: what was accepted ends by revocation, expiry, a fork that closes the
  /// doors, or the rule of retirement, and by nothing else.
  @Test
  void acceptance_endsByNothingElseThanTheRules() {
    Seeds.check(
        STORIES,
        random -> {
          Witness witness = new Witness();
          tell(
              random,
              step -> {
                if (step.event() instanceof Event.Used(var id, var at)) {
                  assertThat(step.transition().verdict() instanceof Verdict.Accept)
                      .as("%s of %s", step.event(), step.before())
                      .isEqualTo(witness.mustAccept(id, step.terms(), at, inSession(step)));
                }
                if (step.event() instanceof Event.Seen seen) {
                  assertThat(step.transition().verdict() instanceof Verdict.Accept)
                      .as("%s of %s", seen, step.before())
                      .isEqualTo(
                          step.terms().reporting().contains(seen.audience())
                              && witness.mustAccept(
                                  seen.credential(), step.terms(), seen.at(), inSession(step)));
                }
                witness.see(step);
              });
        });
  }

  private static Set<CredentialId> inSession(Step step) {
    return step.before().reports().inSession();
  }

  /// R2: what an audience says that may not prove moves no credential forward, and ends none; but
  /// for the one that it names, whose time was over before it spoke.
  @Test
  void reportThatProvesNothing_onlyProlongs() {
    int[] reports = {0};
    Seeds.check(
        STORIES,
        random ->
            tell(
                random,
                step -> {
                  if (step.event() instanceof Event.Seen seen
                      && seen.weight() == Event.Weight.PROLONGS) {
                    reports[0]++;
                    boolean refused = step.transition().verdict() instanceof Verdict.Refuse;
                    for (Link after : step.transition().next().links()) {
                      Link before = step.before().link(after.id()).orElseThrow();
                      assertThat(after.provenAt()).isEqualTo(before.provenAt());
                      assertThat(after.state())
                          .isEqualTo(
                              refused && after.id().equals(seen.credential())
                                  ? after.state()
                                  : before.state());
                    }
                    assertThat(step.transition().next().forkedAt())
                        .isEqualTo(step.before().forkedAt());
                    assertThat(step.transition().next().uses()).isEqualTo(step.before().uses());
                  }
                }));
    assertThat(reports[0]).isGreaterThan(STORIES);
  }

  @Test
  void revocation_isFinal() {
    Seeds.check(
        STORIES,
        random -> {
          Witness witness = new Witness();
          tell(
              random,
              step -> {
                witness.see(step);
                for (Link link : step.transition().next().links()) {
                  assertThat(link.state() == REVOKED)
                      .isEqualTo(witness.revoked().contains(link.id()));
                }
                if (step.transition().verdict() instanceof Verdict.AnswerWith(var id)) {
                  assertThat(witness.revoked()).doesNotContain(id);
                }
              });
        });
  }

  @Test
  void effects_tellEveryChangeOfStateAndOnlyAllowedOnes() {
    Seeds.check(STORIES, random -> tell(random, RotationPropertiesTest::assertEffectsTellAll));
  }

  private static void assertEffectsTellAll(Step step) {
    List<Effect> told = new ArrayList<>();
    for (Effect effect : step.transition().effects()) {
      if (effect instanceof Effect.Moved || effect instanceof Effect.RevokedFor) {
        told.add(effect);
      }
    }
    List<Effect> seen = new ArrayList<>();
    for (Link after : step.transition().next().links()) {
      Optional<Link> before = step.before().link(after.id());
      if (before.isEmpty() || before.get().state() == after.state()) {
        continue;
      }
      CredentialState from = before.get().state();
      assertThat(NEXT.get(from)).as("from %s", from).contains(after.state());
      Instant at = step.event().at();
      assertThat(after.since()).isEqualTo(at);
      seen.add(
          after.state() == REVOKED
              ? new Effect.RevokedFor(after.id(), from, reason(step.event()), at)
              : new Effect.Moved(after.id(), from, after.state(), at));
    }
    assertThat(told).containsExactlyInAnyOrderElementsOf(seen);
    if (step.transition().effects().isEmpty()) {
      assertThat(step.transition().next()).isSameAs(step.before());
    }
  }

  private static RevocationReason reason(Event event) {
    return event instanceof Event.Revoked revoked
        ? revoked.reason()
        : RevocationReason.PRIVILEGE_WITHDRAWN;
  }

  @Test
  void neighbourhood_answersAsTheWholeLineage() {
    int[] smaller = {0};
    Seeds.check(
        STORIES,
        random ->
            tell(
                random,
                step -> {
                  for (Lineage part : neighbourhoods(step)) {
                    smaller[0] += part.links().size() < step.before().links().size() ? 1 : 0;
                    Transition transition = rotation.transition(part, step.event(), step.terms());
                    assertThat(transition.verdict())
                        .as("%s of %s", step.event(), step.before())
                        .isEqualTo(step.transition().verdict());
                    assertThat(transition.effects()).isEqualTo(step.transition().effects());
                    assertThat(transition.next().uses()).isEqualTo(step.transition().next().uses());
                    assertThat(transition.next().reports())
                        .isEqualTo(step.transition().next().reports());
                    assertThat(transition.next().forkedAt())
                        .isEqualTo(step.transition().next().forkedAt());
                  }
                }));
    // Or the property would say nothing.
    assertThat(smaller[0]).isGreaterThan(STORIES);
  }

  private static List<Lineage> neighbourhoods(Step step) {
    return switch (step.event()) {
      case Event.Used(var id, _) -> {
        Optional<Fingerprint> key =
            step.before().links().isEmpty()
                ? Optional.empty()
                : Optional.of(step.before().links().getFirst().key());
        yield List.of(
            Neighbourhood.of(step.before(), Optional.of(id), Optional.empty()),
            Neighbourhood.of(step.before(), Optional.of(id), key));
      }
      case Event.Seen seen ->
          List.of(
              Neighbourhood.of(step.before(), Optional.of(seen.credential()), Optional.empty()));
      case Event.Requested(Knock.ByCredential(var id), var key, _, _) ->
          List.of(Neighbourhood.of(step.before(), Optional.of(id), Optional.of(key)));
      case Event.Requested(Knock.ByToken _, var key, _, _) ->
          List.of(Neighbourhood.of(step.before(), Optional.empty(), Optional.of(key)));
      case Event.Requested(Knock.ByBirth _, var key, _, _) ->
          List.of(Neighbourhood.of(step.before(), Optional.empty(), Optional.of(key)));
      case Event.Requested(Knock.ByAct _, var key, _, _) ->
          List.of(Neighbourhood.of(step.before(), Optional.empty(), Optional.of(key)));
      case Event.Issued _, Event.OverlapEnded _, Event.Revoked _, Event.Settled _ -> List.of();
    };
  }

  /// P2: a request that was granted is answered with what it led to, as long as that is accepted
  /// and not due for renewal.
  @Test
  void retry_isAnsweredWithWhatWasIssued() {
    int[] answered = {0};
    Seeds.check(
        STORIES,
        random -> {
          List<Event.Requested> granted = new ArrayList<>();
          tell(
              random,
              step -> {
                if (step.event() instanceof Event.Requested requested) {
                  if (step.transition().verdict() instanceof Verdict.Issue) {
                    granted.add(requested);
                  }
                } else if (step.event() instanceof Event.Issued(var link, var at)) {
                  Event retry =
                      new Event.Requested(granted.getLast().knock(), link.key(), at.plusSeconds(1));
                  assertThat(
                          rotation
                              .transition(step.transition().next(), retry, step.terms())
                              .verdict())
                      .as("%s of %s", retry, step.transition().next())
                      .isEqualTo(new Verdict.AnswerWith(link.id()));
                  answered[0]++;
                }
              });
        });
    assertThat(answered[0]).isGreaterThan(STORIES);
  }

  /// R9 lets a predecessor and a key have one credential: a verdict that asks for a second one
  /// could never be carried out.
  @Test
  void issue_neverAsksForASecondCredentialOfKeyAndPredecessor() {
    Seeds.check(
        STORIES,
        random ->
            tell(
                random,
                step -> {
                  if (step.event() instanceof Event.Issued(var link, _)) {
                    List<Link> newest =
                        step.before().links().reversed().stream()
                            .filter(each -> each.key().equals(link.key()))
                            .limit(Lineage.NEIGHBOURHOOD)
                            .toList();
                    assertThat(newest)
                        .noneMatch(each -> each.predecessor().equals(link.predecessor()));
                  }
                }));
  }

  /// R5, with a device that loses every answer, makes a new key each time and obeys what it is
  /// told.
  @Test
  void deviceThatLosesEveryAnswer_isServedUntilItsOwnExpires() {
    Seeds.check(
        100,
        random -> {
          SlotStory story = new SlotStory(rotation, TERMS);
          CredentialId own = story.enrol("own");
          Instant end = story.link(own).notAfter();
          story.later(Duration.ofDays(60 + random.nextInt(39)));
          int served = 0;
          Instant begin = story.now();
          for (int request = 0; !story.now().isAfter(end); request++) {
            switch (story.request(by(own), "lost-" + request)) {
              case Verdict.Issue issue -> {
                story.issue(issue, "lost-" + request, SlotStory.LIFE);
                served++;
                story.later(Duration.ofMinutes(random.nextInt(1, 600)));
              }
              case Verdict.Wait(var retryAfter) -> {
                Duration left = Duration.between(story.now(), end);
                assertThat(retryAfter.multipliedBy(4))
                    .isLessThanOrEqualTo(
                        left.compareTo(Duration.ofSeconds(4)) < 0 ? Duration.ofSeconds(4) : left);
                story.later(retryAfter);
              }
              case Verdict verdict -> throw new AssertionError(verdict);
            }
          }
          long windows = Duration.between(begin, end).toDays() / 10 + 1;
          assertThat((long) served).isBetween(3L, 3 * windows);
        });
  }
}

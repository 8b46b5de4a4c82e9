package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Anything that can happen to a slot, in any order: devices, thieves and operators alike.
final class RandomStory {
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ZERO,
          Duration.ofSeconds(1),
          Duration.ofMinutes(20),
          Duration.ofHours(7),
          Duration.ofDays(1),
          Duration.ofDays(9),
          Duration.ofDays(40));

  private static final List<Set<String>> REPORTING =
      List.of(Set.of(), Set.of("broker"), Set.of("broker", "proxy"));

  /// What happened, with the lineage before it.
  record Step(Lineage before, Event event, Transition transition, Terms terms) {}

  private final RandomGenerator random;
  private final SlotStory story;
  private final int keys;
  private final boolean operators;

  RandomStory(RandomGenerator random) {
    this.random = random;
    this.story = new SlotStory(new ProvenRotation(), terms(random));
    this.keys = random.nextInt(1, 8);
    this.operators = random.nextInt(3) == 0;
  }

  private static Terms terms(RandomGenerator random) {
    return new Terms(
        oneOf(random, List.of(Duration.ZERO, Duration.ofHours(5), Duration.ofDays(20))),
        random.nextInt(4) != 0,
        oneOf(random, List.of(Duration.ZERO, Duration.ofDays(7), Duration.ofDays(200))),
        oneOf(random, List.of(Duration.ZERO, Duration.ofHours(1))),
        oneOf(random, List.of(1, 3, 1_000)),
        oneOf(random, List.of(OnFork.values())),
        oneOf(random, REPORTING));
  }

  SlotStory slot() {
    return story;
  }

  Step next() {
    story.later(oneOf(random, PAUSES));
    openSessions();
    Lineage before = story.lineage();
    Event event = event(before);
    story.apply(event);
    return new Step(before, event, story.last(), story.terms());
  }

  /// Issues what the request was granted.
  Step issue(Event.Requested requested, Verdict.Issue granted) {
    Lineage before = story.lineage();
    Duration life = Duration.ofDays(random.nextInt(3) == 0 ? 10 : 100);
    Link link =
        new Link(
            SlotStory.id(before.links().size()),
            requested.key(),
            granted.predecessor(),
            granted.generation(),
            CredentialState.STAGED,
            story.now(),
            story.now(),
            story.now().plus(life),
            Optional.empty(),
            Optional.empty());
    Event event = new Event.Issued(link, story.now());
    story.apply(event);
    return new Step(before, event, story.last(), story.terms());
  }

  private void openSessions() {
    if (story.lineage().links().isEmpty() || random.nextInt(4) == 0) {
      story.inSession();
    } else if (random.nextInt(4) == 0) {
      story.inSession(some(story.lineage()));
    }
  }

  private Event event(Lineage lineage) {
    Instant at = story.now();
    int links = lineage.links().size();
    if (links == 0) {
      return requested(SlotStory.byToken("token-0"), at);
    }
    CredentialId some = some(lineage);
    int dice = random.nextInt(100);
    if (dice < 12) {
      return new Event.Seen(
          some,
          oneOf(random, List.of("broker", "broker", "proxy")),
          oneOf(random, List.of(Event.Weight.values())),
          at);
    }
    if (dice < 50) {
      return new Event.Used(some, at);
    }
    if (dice < 85) {
      return requested(SlotStory.by(some), at);
    }
    if (dice < 90) {
      String token = "token-" + random.nextInt(4);
      return requested(SlotStory.byToken(token, oneOf(random, List.of(Standing.values()))), at);
    }
    if (dice < 95 || !operators) {
      return new Event.OverlapEnded(some, at);
    }
    if (dice < 98) {
      RevocationReason reason = oneOf(random, List.of(RevocationReason.values()));
      return new Event.Revoked(some, reason, at.minus(oneOf(random, PAUSES)), at);
    }
    return new Event.Settled(at);
  }

  private Event requested(Knock knock, Instant at) {
    int key = keys == 7 ? random.nextInt() : random.nextInt(keys);
    return new Event.Requested(knock, SlotStory.key("k" + key), at);
  }

  /// Recent ones more often, or nothing would ever grow deep.
  private CredentialId some(Lineage lineage) {
    int links = lineage.links().size();
    int back = random.nextBoolean() ? random.nextInt(Math.min(links, 3)) : random.nextInt(links);
    return lineage.links().get(links - 1 - back).id();
  }

  private static <T> T oneOf(RandomGenerator random, List<T> things) {
    return things.get(random.nextInt(things.size()));
  }
}

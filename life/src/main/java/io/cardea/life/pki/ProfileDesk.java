package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Permission;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Saves profiles. What was issued before keeps what it has; what is issued from now on follows the
/// new one.
public final class ProfileDesk {
  private final Commits commits;
  private final Authorities authorities;
  private final InstantSource time;
  private final Changed changed;

  /// Told after a profile was saved, so that this replica uses it at once.
  @FunctionalInterface
  public interface Changed {
    void now() throws Refused;
  }

  public ProfileDesk(
      Commits commits, Authorities authorities, InstantSource time, Changed changed) {
    this.commits = commits;
    this.authorities = authorities;
    this.time = time;
    this.changed = changed;
  }

  /// Saves a profile, new or changed. Other replicas follow within ten seconds.
  ///
  /// @param seen what it must be still, or nothing is changed; without one, it is saved anyhow
  /// @throws Refused with [Refusal#CONFLICT] when it changed meanwhile
  public Profile save(Profile profile, Optional<Profile> seen, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    if (profile.authority().isPresent()
        && Generations.in(authorities)
            .present(profile.authority().get())
            .filter(one -> one.kind() == Authority.Kind.ISSUING)
            .isEmpty()) {
      throw new Refused(
          Refusal.NOT_FOUND, "active issuing authority: " + profile.authority().get());
    }
    Entry entry =
        new Entry(
            EntryKind.PROFILE_SAVED,
            time.instant(),
            actor.name(),
            Optional.empty(),
            Map.of(
                "profile", profile.name(),
                "life", profile.life().toString(),
                "authority", profile.authority().orElse(""),
                "backdate", profile.backdate().toString(),
                "keys",
                    profile.keys().stream()
                        .map(Enum::name)
                        .sorted()
                        .collect(Collectors.joining(" "))));
    if (!(commits.commit(
            new Decision(List.of(new PkiChange.SaveProfile(profile, seen)), List.of(entry)))
        instanceof Outcome.Committed)) {
      throw new Refused(Refusal.CONFLICT, "profile: " + profile.name() + " changed meanwhile");
    }
    changed.now();
    return profile;
  }
}

package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import java.util.Optional;

/// Lets a device in by the certificate that it showed, or not.
///
/// A use is a proof (R2): call it once for each full handshake, never for a resumption. What it
/// promotes, retires or finds is durable before it says yes.
public final class Access {
  private final Lineages lineages;
  private final Commits commits;
  private final Rotation rotation;
  private final TrustedTime time;

  public Access(Lineages lineages, Commits commits, Rotation rotation, TrustedTime time) {
    this.lineages = lineages;
    this.commits = commits;
    this.rotation = rotation;
    this.time = time;
  }

  /// What became of a knock.
  public sealed interface Admission {
    record Admitted(Device device, CredentialId credential) implements Admission {}

    /// @param device whose credential it is, when it is known
    record Denied(Refusal refusal, Optional<Device> device) implements Admission {}
  }

  /// A full handshake with this certificate was finished.
  ///
  /// @throws Refused when nothing can be judged now: no store, no trusted time
  public Admission use(Fingerprint certificate) throws Refused {
    return Stubborn.insist(() -> {
      Optional<Sighting> sighted = lineages.byCertificate(certificate, Optional.empty());
      if (sighted.isEmpty() || sighted.get().presented().isEmpty()) {
        return Optional.of(new Admission.Denied(Refusal.CREDENTIAL_UNKNOWN, Optional.empty()));
      }
      Sighting sighting = sighted.get();
      CredentialId presented = sighting.presented().get();
      Writes writes = new Writes(sighting.lineage(), "device:" + sighting.device().id());
      Admission admission = judge(sighting, new Event.Used(presented, time.instant()), writes);
      boolean written =
          writes.isEmpty() || commits.commit(writes.decision()) instanceof Outcome.Committed;
      return written ? Optional.of(admission) : Optional.empty();
    });
  }

  /// What an audience tells of a use that it is about to accept, or did accept.
  ///
  /// @param audience in whose name, as is known for sure
  /// @param fullHandshake whether the device showed its key, in a handshake that was no resumption
  /// @param claimed the device that it says it is, if it says so
  public record Report(
      String audience,
      Fingerprint certificate,
      boolean fullHandshake,
      Optional<DeviceId> claimed) {}

  /// What is to be done with an accepted use before it stands.
  @FunctionalInterface
  public interface Accepted {
    /// @param version of the slot, by which it was judged
    /// @return false when the slot was stepped since, and all has to be judged again
    boolean stands(SlotId slot, CredentialId credential, long version);
  }

  /// Judges a use at an audience. It is a proof if the audience may prove and the handshake was a
  /// full one; else it can only prolong the life of an older credential (R2).
  ///
  /// @throws Refused when nothing can be judged now
  public Admission report(Report report, Accepted accepted) throws Refused {
    return Stubborn.insist(() -> {
      Optional<Sighting> sighted = lineages.byCertificate(report.certificate(), Optional.empty());
      if (sighted.isEmpty() || sighted.get().presented().isEmpty()) {
        return Optional.of(new Admission.Denied(Refusal.CREDENTIAL_UNKNOWN, Optional.empty()));
      }
      Sighting sighting = sighted.get();
      Optional<Refusal> refusal = entitled(report, sighting);
      if (refusal.isPresent()) {
        return Optional.of(new Admission.Denied(refusal.get(), Optional.of(sighting.device())));
      }
      CredentialId presented = sighting.presented().get();
      Writes writes = new Writes(sighting.lineage(), "audience:" + report.audience());
      Admission admission =
          judge(
              sighting,
              new Event.Seen(
                  presented, report.audience(), weight(report, sighting), time.instant()),
              writes);
      if (!writes.isEmpty() && !(commits.commit(writes.decision()) instanceof Outcome.Committed)) {
        return Optional.empty();
      }
      long version = sighting.lineage().version() + (writes.isEmpty() ? 0 : 1);
      boolean stands =
          admission instanceof Admission.Denied
              || accepted.stands(sighting.lineage().slot(), presented, version);
      return stands ? Optional.of(admission) : Optional.empty();
    });
  }

  private static Optional<Refusal> entitled(Report report, Sighting sighting) {
    if (audience(report, sighting).filter(Audience::reports).isEmpty()) {
      return Optional.of(Refusal.REPORTER_NOT_ENTITLED);
    }
    return report.claimed().filter(claimed -> !claimed.equals(sighting.device().id())).isPresent()
        ? Optional.of(Refusal.IDENTITY_MISMATCH)
        : Optional.empty();
  }

  private static Optional<Audience> audience(Report report, Sighting sighting) {
    return sighting.audiences().stream()
        .filter(each -> each.name().equals(report.audience()))
        .findFirst();
  }

  private static Event.Weight weight(Report report, Sighting sighting) {
    Audience audience = audience(report, sighting).orElseThrow();
    if (!report.fullHandshake() || !audience.mayProve()) {
      return Event.Weight.PROLONGS;
    }
    return audience.kind() == Audience.Kind.EMBEDDED_BROKER
        ? Event.Weight.PROVES_IN_TURN
        : Event.Weight.PROVES;
  }

  /// Says what a use would say, and leaves no trace: for probes and for people.
  public Admission wouldUse(Fingerprint certificate) throws Refused {
    return Stubborn.insist(() -> {
      Optional<Sighting> sighted = lineages.byCertificate(certificate, Optional.empty());
      if (sighted.isEmpty() || sighted.get().presented().isEmpty()) {
        return Optional.of(new Admission.Denied(Refusal.CREDENTIAL_UNKNOWN, Optional.empty()));
      }
      Sighting sighting = sighted.get();
      return Optional.of(
          judge(
              sighting,
              new Event.Used(sighting.presented().get(), time.instant()),
              new Writes(sighting.lineage(), "nobody")));
    });
  }

  /// The same for a person, who is told of no device outside of their scope.
  public Admission wouldUse(Fingerprint certificate, Actor actor) throws Refused {
    actor.must(Permission.SEE);
    Admission admission = wouldUse(certificate);
    Optional<Device> device =
        switch (admission) {
          case Admission.Admitted(var its, _) -> Optional.of(its);
          case Admission.Denied(_, var its) -> its;
        };
    return device.isEmpty() || actor.sees(device.get())
        ? admission
        : new Admission.Denied(Refusal.CREDENTIAL_UNKNOWN, Optional.empty());
  }

  private Admission judge(Sighting sighting, Event event, Writes writes) throws Refused {
    if (!time.trusted()) {
      throw new Refused(Refusal.CLOCK_UNTRUSTED, "no expiry is judged by this clock");
    }
    if (sighting.device().state() instanceof DeviceState.Scrapped) {
      return new Admission.Denied(Refusal.DEVICE_SCRAPPED, Optional.of(sighting.device()));
    }
    // Not a use either: what was refused proves nothing (R2), and the lineage stays as it is.
    if (sighting.device().state() instanceof DeviceState.Quarantined) {
      return new Admission.Denied(Refusal.DEVICE_QUARANTINED, Optional.of(sighting.device()));
    }
    Verdict verdict = writes.apply(rotation, event, sighting.terms());
    return switch (verdict) {
      case Verdict.Accept(var credential) -> new Admission.Admitted(sighting.device(), credential);
      case Verdict.Refuse(var refusal) ->
          new Admission.Denied(refusal, Optional.of(sighting.device()));
      case Verdict.AnswerWith _, Verdict.Issue _, Verdict.Wait _, Verdict.Noted _ ->
          throw new IllegalStateException("a use was answered with " + verdict);
    };
  }
}

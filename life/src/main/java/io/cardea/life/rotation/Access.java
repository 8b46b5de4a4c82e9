package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Permission;
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
      Admission admission = judge(sighting, presented, writes);
      boolean written =
          writes.isEmpty() || commits.commit(writes.decision()) instanceof Outcome.Committed;
      return written ? Optional.of(admission) : Optional.empty();
    });
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
          judge(sighting, sighting.presented().get(), new Writes(sighting.lineage(), "nobody")));
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

  private Admission judge(Sighting sighting, CredentialId presented, Writes writes) throws Refused {
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
    Verdict verdict =
        writes.apply(
            rotation, new Event.Used(presented, time.instant()), Terms.of(sighting.deviceClass()));
    return switch (verdict) {
      case Verdict.Accept(var credential) -> new Admission.Admitted(sighting.device(), credential);
      case Verdict.Refuse(var refusal) ->
          new Admission.Denied(refusal, Optional.of(sighting.device()));
      case Verdict.AnswerWith _, Verdict.Issue _, Verdict.Wait _, Verdict.Noted _ ->
          throw new IllegalStateException("a use was answered with " + verdict);
    };
  }
}

package io.cardea.life.enrolment;

import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.path.PathJudgement;
import io.cardea.life.pki.path.PathQuestion;
import io.cardea.life.pki.path.PathStep;
import io.cardea.life.pki.path.PathStep.Outcome;
import io.cardea.life.pki.path.PathValidation;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says what would be decided about any certificate, step by step, and writes nothing: a question
/// is not a proof.
public final class CertificateCheck {
  private final Access access;
  private final BirthCertificates birthCertificates;
  private final Births births;
  private final Authorities authorities;
  private final PathValidation validation;
  private final InstantSource time;

  public CertificateCheck(
      Access access,
      BirthCertificates birthCertificates,
      Births births,
      Authorities authorities,
      PathValidation validation,
      InstantSource time) {
    this.access = access;
    this.birthCertificates = birthCertificates;
    this.births = births;
    this.authorities = authorities;
    this.validation = validation;
    this.time = time;
  }

  /// @param good whether it would be let in, or trusted
  /// @param decision in words
  /// @param path names, from the certificate up to its anchor
  public record Report(boolean good, String decision, List<String> path, List<PathStep> steps) {}

  /// @param at when; now, if it is left out. What Cardea issued itself is judged as of now
  public Report check(
      Certificate certificate, List<Certificate> chain, Optional<Instant> at, Actor actor)
      throws Refused {
    actor.must(Permission.SEE);
    Instant when = at.orElseGet(time::instant);
    switch (access.wouldUse(certificate.fingerprint(), actor)) {
      case Admission.Admitted(var device, var credential) -> {
        return ours(
            true,
            "the device " + device.id() + " would be let in by it, now",
            certificate,
            "it is the credential " + credential);
      }
      case Admission.Denied(var refusal, var device) -> {
        if (device.isPresent()) {
          return ours(
              false,
              "the device " + device.get().id() + " would be refused: " + refusal.code(),
              certificate,
              refusal.meaning());
        }
      }
    }
    List<Manufacturer> manufacturers = births.manufacturers();
    BirthCertificates.Origin origin =
        birthCertificates.origin(certificate, chain, manufacturers, when);
    if (origin.manufacturer().isPresent()) {
      return born(certificate, origin.manufacturer().get(), origin.judgement(), when, actor);
    }
    PathJudgement own = byOurs(certificate, chain, when);
    if (own.trusted()) {
      return report(true, "it leads to an authority of this installation, and is no device's", own);
    }
    PathJudgement nearest = origin.judgement().path().isEmpty() ? own : origin.judgement();
    return report(false, "it would be refused: " + nearest.refusal(), nearest);
  }

  private Report born(
      Certificate certificate,
      Manufacturer manufacturer,
      PathJudgement judgement,
      Instant when,
      Actor actor) {
    List<PathStep> steps = new ArrayList<>(judgement.steps());
    String under = "under the authority " + manufacturer.name();
    try {
      BirthCertificates.Binding binding = birthCertificates.bind(certificate, manufacturer, when);
      Device device = binding.device();
      boolean seen = actor.sees(device);
      String whose = seen ? "the device " + device.id() : "a device";
      steps.add(
          new PathStep(
              Outcome.PASSED,
              "device",
              "",
              binding.changes().isEmpty()
                  ? "it is bound to " + whose
                  : "at first sight it would be bound to " + whose,
              "cardea manufacturer list"));
      return new Report(
          true, "it is the birth certificate of " + whose + ", " + under, names(judgement), steps);
    } catch (Refused refused) {
      // Why may name a device, which is not there for who acts for another part of the fleet.
      String why = actor.scope().isAll() ? refused.detail() : refused.refusal().meaning();
      steps.add(new PathStep(Outcome.FAILED, "device", "", why, "cardea manufacturer list"));
      return new Report(
          false, "it is trusted " + under + ", and no device's: " + why, names(judgement), steps);
    }
  }

  private PathJudgement byOurs(Certificate certificate, List<Certificate> chain, Instant when) {
    List<Certificate> anchors = new ArrayList<>();
    List<Certificate> between = new ArrayList<>(chain);
    for (Authority each : authorities.authorities()) {
      switch (each.kind()) {
        case ROOT -> anchors.add(each.certificate());
        case ISSUING -> between.add(each.certificate());
      }
    }
    return validation.judge(
        new PathQuestion(
            certificate,
            between,
            anchors,
            List.of(),
            false,
            when,
            PathQuestion.Purpose.ANY,
            PathQuestion.Policies.ANY));
  }

  private Report ours(boolean good, String decision, Certificate certificate, String why) {
    List<PathStep> steps = new ArrayList<>();
    steps.add(
        new PathStep(
            good ? Outcome.PASSED : Outcome.FAILED,
            "inventory",
            certificate.subject(),
            why,
            "cardea device why"));
    // What was issued before its key was known to be weak goes on until somebody revokes it.
    validation
        .refusalOfKey(certificate)
        .ifPresent(weak ->
            steps.add(
                new PathStep(
                    Outcome.NOTED,
                    "key",
                    certificate.subject(),
                    "it would not be certified again, and should be revoked: " + weak,
                    "cardea credential revoke")));
    return new Report(good, decision, List.of(certificate.subject()), steps);
  }

  private static Report report(boolean good, String decision, PathJudgement judgement) {
    return new Report(good, decision, names(judgement), judgement.steps());
  }

  private static List<String> names(PathJudgement judgement) {
    return judgement.path().stream().map(Certificate::subject).toList();
  }
}

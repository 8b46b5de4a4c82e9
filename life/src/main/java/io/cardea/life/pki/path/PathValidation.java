package io.cardea.life.pki.path;

import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.path.PathStep.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds a path from a certificate to an anchor, and judges it strictly by RFC 5280 §6, with the
/// reason of each step. It is what decides about birth certificates, and what `cardea certificate
/// check` prints.
///
/// Guarantees an answer within [PathLimits], whatever it is shown: meshes of cross certificates,
/// heaps of constraints, loops. Trusts only what Java's own PKIX trusts too. What it does not
/// support (indirect revocation lists, lists signed with another key than the certificate) it
/// refuses.
public final class PathValidation {
  private final Signatures signatures;

  public PathValidation(CryptoBackend crypto) {
    this(Signatures.strong(crypto));
  }

  PathValidation(Signatures signatures) {
    this.signatures = signatures;
  }

  public PathJudgement judge(PathQuestion question) {
    if (question.candidates().size() > PathLimits.CANDIDATES) {
      return refused(
          question.candidates().size()
              + " certificates beside the one that is judged (expected: at most "
              + PathLimits.CANDIDATES
              + ")");
    }
    if (question.lists().size() > PathLimits.LISTS) {
      return refused(
          question.lists().size() + " lists (expected: at most " + PathLimits.LISTS + ")");
    }
    try {
      PathCertificate leaf = PathCertificate.of(question.leaf());
      List<PathCertificate> anchors = read(question.anchors());
      return new Search(question, anchors, candidates(question)).from(leaf);
    } catch (Refused refused) {
      return refused(refused.detail());
    }
  }

  /// Why the key is none that a certificate may hold, if it is not.
  public Optional<String> refusalOfKey(Certificate certificate) {
    try {
      return signatures.refusalOf(PathCertificate.of(certificate).publicKeyInfo);
    } catch (Refused refused) {
      return Optional.of(refused.detail());
    }
  }

  /// Each once; one that cannot be read is no help and no harm.
  private static List<PathCertificate> candidates(PathQuestion question) {
    Map<Certificate, PathCertificate> found = new LinkedHashMap<>();
    for (Certificate each : question.candidates()) {
      if (!found.containsKey(each) && !each.equals(question.leaf())) {
        try {
          found.put(each, PathCertificate.of(each));
        } catch (Refused unreadable) {
          // Then no path goes through it.
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static List<PathCertificate> read(List<Certificate> certificates) throws Refused {
    List<PathCertificate> read = new ArrayList<>();
    for (Certificate each : certificates) {
      read.add(PathCertificate.of(each));
    }
    return read;
  }

  private static PathJudgement refused(String why) {
    return new PathJudgement(List.of(), List.of(step("chain", "", why, "RFC 5280 §6.1")));
  }

  private static PathStep step(String check, String subject, String why, String rule) {
    return new PathStep(Outcome.FAILED, check, subject, why, rule);
  }

  /// One search, upwards from the leaf. Edges whose signatures verify come first, so that an honest
  /// chain is found at once among whatever stands beside it.
  private final class Search {
    private final PathQuestion question;
    private final List<PathCertificate> anchors;
    private final List<PathCertificate> candidates;
    private final Verifications verifications = new Verifications(signatures);
    private Optional<PathJudgement> nearest = Optional.empty();
    private int stepsLeft = PathLimits.SEARCH;
    private int pathsLeft = PathLimits.PATHS;

    Search(PathQuestion question, List<PathCertificate> anchors, List<PathCertificate> candidates) {
      this.question = question;
      this.anchors = anchors;
      this.candidates = candidates;
    }

    PathJudgement from(PathCertificate leaf) {
      Optional<PathJudgement> trusted = climb(List.of(leaf));
      if (trusted.isPresent()) {
        return trusted.get();
      }
      boolean bounded = stepsLeft == 0 || pathsLeft == 0 || verifications.exhausted();
      return nearest.orElseGet(() ->
          new PathJudgement(
              List.of(),
              List.of(
                  step(
                      "chain",
                      leaf.name(),
                      bounded
                          ? "no path to a trusted authority was found within the bounds of a search"
                          : "no path leads from it to a trusted authority; its issuer is "
                              + leaf.certificate.issuer(),
                      "RFC 5280 §6.1"))));
    }

    /// @param path the leaf first
    private Optional<PathJudgement> climb(List<PathCertificate> path) {
      if (stepsLeft == 0 || pathsLeft == 0) {
        return Optional.empty();
      }
      stepsLeft--;
      PathCertificate top = path.getLast();
      for (PathCertificate anchor : issuers(top, anchors)) {
        Optional<PathJudgement> judged = judged(path, anchor);
        if (judged.isPresent() || pathsLeft == 0) {
          return judged;
        }
      }
      if (path.size() == PathLimits.DEPTH) {
        return Optional.empty();
      }
      for (PathCertificate issuer : issuers(top, candidates)) {
        if (path.stream().noneMatch(issuer::isSameEntityAs)
            && anchors.stream().noneMatch(issuer::isSameEntityAs)) {
          List<PathCertificate> longer = new ArrayList<>(path);
          longer.add(issuer);
          Optional<PathJudgement> judged = climb(longer);
          if (judged.isPresent()) {
            return judged;
          }
        }
      }
      return Optional.empty();
    }

    private List<PathCertificate> issuers(PathCertificate of, List<PathCertificate> among) {
      return among.stream()
          .filter(each -> each.subject.equals(of.issuer))
          .sorted(
              Comparator.comparing((PathCertificate each) -> !of.mayBeIssuedBy(each))
                  .thenComparing(each -> verifications.refusal(of, each).isPresent()))
          .toList();
    }

    /// Empty if the path does not hold; it is kept if it came nearer than others.
    private Optional<PathJudgement> judged(List<PathCertificate> path, PathCertificate anchor) {
      pathsLeft--;
      List<PathCertificate> down = new ArrayList<>(path);
      down.add(anchor);
      List<Certificate> shown = down.stream().map(each -> each.certificate).toList();
      List<PathCertificate> walked = down.reversed();
      List<PathStep> steps = new ArrayList<>(new PathWalk(question, verifications).walk(walked));
      if (steps.stream().noneMatch(each -> each.outcome() == Outcome.FAILED)) {
        steps.add(JavaOpinion.of(question, walked));
      }
      PathJudgement judgement = new PathJudgement(shown, steps);
      if (nearest.isEmpty() || judgement.failures() < nearest.get().failures()) {
        nearest = Optional.of(judgement);
      }
      return judgement.trusted() ? Optional.of(judgement) : Optional.empty();
    }
  }
}

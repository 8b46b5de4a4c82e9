package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Event.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The product's rules of rotation. The numbers are those of the rules (R1–R8).
///
/// What it is for: a device that keeps what it used, and whose lineage is not forked, holds at
/// every moment a credential that is accepted, until its newest one expires (P1). So acceptance
/// ends by proof of something newer or by a decision to revoke, and by nothing else (R1).
public final class ProvenRotation implements Rotation {
  /// Uses of a current credential are recorded once in this part of its life.
  private static final int COARSENESS = 100;

  /// The window of R5 while nothing is accepted: there is no life to take a tenth of, nothing to
  /// preserve, and a device that waits outside.
  private static final Duration WINDOW_OF_NONE = Duration.ofMinutes(1);

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    return switch (event) {
      case Event.Used(var credential, var at) ->
          accepted(lineage, credential, new Door(lineage, terms, at), Optional.empty());
      case Event.Seen seen ->
          accepted(
              lineage, seen.credential(), new Door(lineage, terms, seen.at()), Optional.of(seen));
      case Event.Requested requested ->
          new Transition(lineage, answer(lineage, requested, terms), List.of());
      case Event.Issued issued -> issued(lineage, issued, terms);
      case Event.OverlapEnded ended -> overlapEnded(lineage, ended, terms);
      case Event.Revoked revoked -> revoked(lineage, revoked);
      case Event.Settled settled -> settled(lineage, settled.at());
    };
  }

  private static Transition accepted(
      Lineage lineage, CredentialId credential, Door door, Optional<Event.Seen> report) {
    Step step = new Step(lineage);
    // R2: who is no audience of the class, or a blind one, says nothing that counts.
    if (report.isPresent() && !door.terms().reporting().contains(report.get().audience())) {
      return step.refuse(Refusal.REPORTER_NOT_ENTITLED);
    }
    Optional<Link> known = lineage.link(credential);
    if (known.isEmpty()) {
      return step.refuse(Refusal.CREDENTIAL_UNKNOWN);
    }
    Link link = known.get();
    if (door.overlapIsOver(link)) {
      step.move(link, CredentialState.RETIRED, door.at());
      return step.refuse(Refusal.CREDENTIAL_RETIRED);
    }
    Optional<Refusal> refusal = door.access(link);
    if (refusal.isPresent()) {
      return step.refuse(refusal.get());
    }
    boolean proves = report.map(each -> each.weight() != Weight.PROLONGS).orElse(true);
    boolean turns = report.map(each -> each.weight() == Weight.PROVES_IN_TURN).orElse(true);
    if (link.state() != CredentialState.STAGED) {
      usedAgain(step, door, link, turns);
    } else if (proves) {
      proven(step, door, link, turns);
    }
    report.ifPresent(each -> remember(step, door, link, each.audience()));
    return step.end(new Verdict.Accept(link.id()));
  }

  /// R3: how far down the lineage each audience has come.
  private static void remember(Step step, Door door, Link link, String audience) {
    Lineage lineage = door.lineage();
    Optional<CredentialId> seen = lineage.reports().seenBy(audience);
    if (seen.filter(link.id()::equals).isPresent()
        || seen.flatMap(lineage::link)
            .filter(furthest -> Ancestry.isAbove(lineage, link, furthest))
            .isPresent()) {
      return;
    }
    step.remember(lineage.reports().saw(audience, link.id(), door.terms().reporting()));
    step.add(new Effect.SeenBy(audience, link.id(), door.at()));
    for (Link ancestor : Ancestry.above(lineage, link)) {
      if (ancestor.state() == CredentialState.RETIRING) {
        step.add(new Effect.LeftBehind(ancestor.id()));
      }
    }
  }

  /// R3: it becomes current, and its ancestors start to retire. Siblings and their branches are
  /// left alone: they may be all that another holder of the lineage has, and he may be the right
  /// one.
  private static void proven(Step step, Door door, Link link, boolean turns) {
    step.prove(link, door.at());
    Link root = link;
    boolean first = true;
    for (Link ancestor : Ancestry.above(door.lineage(), link)) {
      if (ancestor.state() == CredentialState.STAGED
          || ancestor.state() == CredentialState.CURRENT) {
        step.move(ancestor, CredentialState.RETIRING, door.at());
      }
      first &= ancestor.provenAt().isEmpty();
      root = ancestor;
    }
    if (first) {
      switch (root.predecessor()) {
        case Predecessor.EnrolmentToken(var token) ->
            step.add(new Effect.TokenSpent(token, door.at()));
        case Predecessor.BirthCertificate(var birth) ->
            step.add(new Effect.BirthSpent(birth, door.at()));
        case Predecessor.OlderCredential _, Predecessor.Act _ -> {}
      }
    }
    findSecondBranch(step, door, link);
    if (turns) {
      takeTurn(step, door, link);
    }
  }

  private static void usedAgain(Step step, Door door, Link link, boolean turns) {
    boolean turned = turns && takeTurn(step, door, link);
    // A retiring credential's overlap starts again with each use (R3), so each use is recorded.
    if (turned || link.state() == CredentialState.RETIRING || isNews(link, door.at())) {
      step.use(link, door.at());
    }
  }

  private static boolean isNews(Link link, Instant at) {
    return link.lastUsedAt().isEmpty()
        || !at.isBefore(link.lastUsedAt().get().plus(link.life().dividedBy(COARSENESS)));
  }

  /// R7: for a while after a proof the programs of a device change over one by one, and nobody's
  /// turn counts but that of a newer one yet. The last turn was the proof then.
  private static boolean settling(Door door, Link link) {
    return lastUsed(door.lineage())
        .filter(last -> !Ancestry.isAbove(door.lineage(), last, link))
        .flatMap(Link::provenAt)
        .filter(proof -> door.at().isBefore(proof.plus(door.terms().settling())))
        .isPresent();
  }

  /// R7: remembers whose turn it is, if that changed, and looks whether two holders take turns.
  private static boolean takeTurn(Step step, Door door, Link link) {
    Lineage lineage = door.lineage();
    List<CredentialId> uses = lineage.uses();
    // A fork is declared once; what showed it is kept until somebody has settled it.
    if (lineage.forkedAt().isPresent()
        || (!uses.isEmpty() && uses.getLast().equals(link.id()))
        || settling(door, link)) {
      return false;
    }
    List<CredentialId> turns =
        new ArrayList<>(uses.subList(Math.max(0, uses.size() - 2), uses.size()));
    turns.add(link.id());
    step.remember(turns);
    Optional<Link> last = lastUsed(lineage);
    if (last.isPresent()) {
      boolean again = turns.size() == 3 && turns.getFirst().equals(link.id());
      if (Ancestry.isAbove(lineage, link, last.get())) {
        step.add(new Effect.ReturnedToAncestor(last.get().id(), link.id(), door.at()));
      } else if (again && !Ancestry.mayBeAbove(lineage, link, last.get())) {
        step.fork(Optional.of(door.at()));
        step.add(new Effect.ForkDeclared(link.id(), last.get().id(), door.at()));
      }
    }
    return true;
  }

  /// R3: two proven branches are a finding.
  private static void findSecondBranch(Step step, Door door, Link link) {
    Lineage lineage = door.lineage();
    if (lineage.forkedAt().isPresent()) {
      return;
    }
    for (CredentialId use : lineage.uses().reversed()) {
      Optional<Link> other = lineage.link(use).filter(door::accepts);
      if (other.isPresent()
          && !Ancestry.mayBeAbove(lineage, other.get(), link)
          && !Ancestry.mayBeAbove(lineage, link, other.get())) {
        step.add(new Effect.SecondBranchProven(link.id(), use, door.at()));
        return;
      }
    }
  }

  private static Optional<Link> lastUsed(Lineage lineage) {
    return lineage.uses().isEmpty() ? Optional.empty() : lineage.link(lineage.uses().getLast());
  }

  private static Verdict answer(Lineage lineage, Event.Requested requested, Terms terms) {
    Door door = new Door(lineage, terms, requested.at());
    if (requested.knock() instanceof Knock.ByCredential(var id) && lineage.link(id).isEmpty()) {
      return new Verdict.Refuse(Refusal.CREDENTIAL_UNKNOWN);
    }
    List<Link> ofKey = ofKey(lineage, requested.key());
    // R4: before the knock is judged, so that nothing that happened to it since spoils a retry.
    for (Link held : ofKey) {
      if (door.accepts(held)) {
        return renewable(held, requested)
            ? paced(door, requested.knock(), under(held, ofKey))
            : new Verdict.AnswerWith(held.id());
      }
    }
    return switch (requested.knock()) {
      case Knock.ByCredential(var id) -> {
        Link link = lineage.link(id).orElseThrow();
        Optional<Refusal> refusal = door.renewal(link);
        yield refusal.isPresent()
            ? new Verdict.Refuse(refusal.get())
            : paced(door, requested.knock(), under(link, ofKey));
      }
      case Knock.ByToken(var id, var standing) ->
          switch (standing) {
            case EXPIRED -> new Verdict.Refuse(Refusal.TOKEN_EXPIRED);
            case SPENT -> new Verdict.Refuse(Refusal.TOKEN_SPENT);
            case GOOD ->
                byGoodProof(door, requested.knock(), new Predecessor.EnrolmentToken(id), ofKey);
          };
      case Knock.ByBirth(var id, var standing) ->
          switch (standing) {
            case EXPIRED, SPENT -> new Verdict.Refuse(Refusal.BIRTH_CERTIFICATE_SPENT);
            case GOOD ->
                byGoodProof(door, requested.knock(), new Predecessor.BirthCertificate(id), ofKey);
          };
      case Knock.ByAct(var id) ->
          byGoodProof(door, requested.knock(), new Predecessor.Act(id), ofKey);
    };
  }

  /// R4: what was issued after the server asked for a renewal is what it asked for.
  private static boolean renewable(Link held, Event.Requested requested) {
    boolean wanted =
        requested
            .renewFrom()
            .filter(from -> held.issuedAt().isBefore(from) && !requested.at().isBefore(from))
            .isPresent();
    return wanted || !requested.at().isBefore(RenewalWindow.of(held).renewalPoint());
  }

  private static Verdict byGoodProof(Door door, Knock knock, Predecessor proof, List<Link> ofKey) {
    Verdict.Issue issue = free(new Verdict.Issue(proof, 0), ofKey);
    // R7: a proof that led to this key before the fork is a way back to what the fork has closed.
    if (issue.predecessor() instanceof Predecessor.OlderCredential(var id)
        && door.lineage().link(id).flatMap(door::closedByFork).isPresent()) {
      return new Verdict.Refuse(Refusal.LINEAGE_FORKED);
    }
    return paced(door, knock, issue);
  }

  private static Verdict.Issue under(Link link, List<Link> ofKey) {
    return free(
        new Verdict.Issue(new Predecessor.OlderCredential(link.id()), link.generation() + 1),
        ofKey);
  }

  /// A predecessor and a key have one credential (R9). When it came to an end without doing its
  /// work, the key goes on under that one.
  private static Verdict.Issue free(Verdict.Issue wanted, List<Link> ofKey) {
    Verdict.Issue issue = wanted;
    for (Link link : ofKey.reversed()) {
      if (link.predecessor().equals(issue.predecessor())) {
        issue =
            new Verdict.Issue(new Predecessor.OlderCredential(link.id()), link.generation() + 1);
      }
    }
    return issue;
  }

  /// The credentials that hold this key, newest first, as many as a neighbourhood has.
  private static List<Link> ofKey(Lineage lineage, Fingerprint key) {
    List<Link> found = new ArrayList<>(2);
    for (Link link : lineage.links().reversed()) {
      if (link.key().equals(key)) {
        found.add(link);
        if (found.size() == Lineage.NEIGHBOURHOOD) {
          break;
        }
      }
    }
    return found;
  }

  /// R5: enough candidates are enough, but nobody waits so long that too little is left to try
  /// again.
  private static Verdict paced(Door door, Knock knock, Verdict.Issue issue) {
    Duration rest =
        door.lineage().pace().rest(door.at(), window(door), door.terms().candidatesPerTenth());
    if (rest.isZero()) {
      return issue;
    }
    Duration wait = rest;
    Optional<Link> newest = newestAccepted(door);
    if (newest.isPresent()) {
      wait = shorter(wait, Duration.between(door.at(), newest.get().notAfter()).dividedBy(4));
    }
    if (knock instanceof Knock.ByCredential(var id)) {
      Duration left = Duration.between(door.at(), door.lineage().link(id).orElseThrow().notAfter());
      wait = left.isPositive() ? shorter(wait, left.dividedBy(4)) : wait;
    }
    return new Verdict.Wait(wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Duration window(Door door) {
    return newestAccepted(door).map(link -> link.life().dividedBy(10)).orElse(WINDOW_OF_NONE);
  }

  private static Optional<Link> newestAccepted(Door door) {
    for (Link link : door.lineage().links().reversed()) {
      if (link.state().accepted()) {
        return Optional.of(link).filter(door::accepts);
      }
    }
    return Optional.empty();
  }

  /// R1: nothing else is touched.
  private static Transition issued(Lineage lineage, Event.Issued issued, Terms terms) {
    if (issued.link().state() != CredentialState.STAGED) {
      throw new IllegalArgumentException(
          "issued: " + issued.link().state() + " (expected: STAGED)");
    }
    Step step = new Step(lineage);
    Duration window = window(new Door(lineage, terms, issued.at()));
    step.append(issued.link());
    step.remember(lineage.pace().counted(issued.at(), window));
    return step.end(new Verdict.Noted());
  }

  private static Transition overlapEnded(Lineage lineage, Event.OverlapEnded ended, Terms terms) {
    Step step = new Step(lineage);
    lineage
        .link(ended.credential())
        .filter(new Door(lineage, terms, ended.at())::overlapIsOver)
        .ifPresent(link -> step.move(link, CredentialState.RETIRED, ended.at()));
    return step.end(new Verdict.Noted());
  }

  private static Transition revoked(Lineage lineage, Event.Revoked revoked) {
    Step step = new Step(lineage);
    Optional<Link> known = lineage.link(revoked.credential());
    if (known.isEmpty()) {
      return step.refuse(Refusal.CREDENTIAL_UNKNOWN);
    }
    if (revoked.reason().cascades()) {
      compromised(step, lineage, known.get().key(), revoked);
    } else {
      step.revoke(known.get(), revoked.reason(), revoked.at());
    }
    return step.end(new Verdict.Noted());
  }

  /// R8: a compromise names a key and a date. It is heard of a credential too that was revoked for
  /// a lesser reason before.
  private static void compromised(
      Step step, Lineage lineage, Fingerprint key, Event.Revoked revoked) {
    Set<CredentialId> tainted = new HashSet<>();
    for (Link link : lineage.links()) {
      boolean sameKey = link.key().equals(key);
      boolean descends = link.parent().filter(tainted::contains).isPresent();
      if (sameKey || descends) {
        tainted.add(link.id());
      }
      if (sameKey || (descends && !link.issuedAt().isBefore(revoked.since()))) {
        step.revoke(link, revoked.reason(), revoked.at());
      }
    }
    step.add(new Effect.KeyCondemned(key, revoked.since(), revoked.at()));
  }

  /// R7: settling revokes the rest of the slot, whoever came first, and whoever came by the
  /// recovery door meanwhile: a copied device holds a copy of its recovery token too.
  private static Transition settled(Lineage lineage, Instant at) {
    Step step = new Step(lineage);
    if (lineage.forkedAt().isPresent()) {
      for (Link link : lineage.links()) {
        step.revoke(link, RevocationReason.PRIVILEGE_WITHDRAWN, at);
      }
      step.fork(Optional.empty());
      step.remember(List.of());
    }
    return step.end(new Verdict.Noted());
  }
}

package io.cardea.apps.fleet;

import io.cardea.apps.agent.AgentEvent;
import io.cardea.apps.agent.Operation;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.ledger.EntryKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How one device was lost, in plain words: what its agent, the proxy and the ledger recorded, and
/// what the other side made of the same lost answer.
final class Trace {
  private static final int SHORT_NAME = 8;

  private final Instant began;
  private final List<String> lines = new ArrayList<>();

  private Trace(Instant began) {
    this.began = began;
  }

  /// The first device that the control lost, or nothing if there is none.
  static List<String> ofOneLost(Side control, Side cardea, String rules, Instant began) {
    Prober.Findings findings = control.findings();
    for (String id : findings.lockedOut().keySet()) {
      for (Device device : control.fleet().devices()) {
        Optional<Diary.Lost> fatal = lastLoss(device);
        if (device.id().equals(id) && fatal.isPresent()) {
          Trace trace = new Trace(began);
          trace.tell(device, fatal.get(), control.ledger(), rules);
          Instant seen = findings.lockedOut().get(id);
          trace.add(seen, "nothing on its disk is let in any more, and nobody answers it: lost");
          trace.compare(cardea, device.number(), fatal.get());
          return trace.lines;
        }
      }
    }
    return List.of();
  }

  private static Optional<Diary.Lost> lastLoss(Device device) {
    Optional<Diary.Lost> last = Optional.empty();
    for (Diary.Moment moment : device.diary().moments()) {
      if (moment instanceof Diary.Lost loss) {
        last = Optional.of(loss);
      }
    }
    return last;
  }

  private void tell(Device device, Diary.Lost fatal, LedgerView ledger, String rules) {
    lines.add("How " + rules + " lost " + device.id() + ":");
    Fingerprint key = fatal.attempt().key();
    boolean asked = false;
    boolean lost = false;
    for (Diary.Moment moment : device.diary().moments()) {
      switch (moment) {
        case Diary.Told(var at, AgentEvent.Attempted(var operation, var about))
            when about.equals(key) && operation != Operation.PROVE -> {
          if (lost) {
            add(at, askedAgain(operation));
          } else if (!asked) {
            add(at, firstAsked(operation, key));
          }
          asked = true;
        }
        case Diary.Lost loss when loss.equals(fatal) -> {
          lost = true;
          committed(device, loss, ledger);
          add(loss.at(), "the answer was lost on its way back");
        }
        case Diary.Told(var at, AgentEvent.Refused(_, var about, var status, var code, _))
            when about.equals(key) -> {
          if (lost) {
            add(at, "refused: " + status + " " + code + meaning(code));
          }
        }
        case Diary.Told(var at, AgentEvent.NeedsHelp(var what)) -> {
          if (lost) {
            add(at, "it needs a person: " + what);
            return;
          }
        }
        case Diary.Told _, Diary.Lost _ -> {}
      }
    }
  }

  private static String firstAsked(Operation operation, Fingerprint key) {
    return "it made the key "
        + name(key)
        + ", put it on its disk, and asked to have it certified ("
        + (operation == Operation.ENROL ? "enrolment" : "renewal")
        + ")";
  }

  private static String askedAgain(Operation operation) {
    return operation == Operation.ENROL
        ? "it showed its enrolment token, with the same key"
        : "it asked again, with the same key";
  }

  /// What the ledger says about the commit.
  private void committed(Device device, Diary.Lost loss, LedgerView ledger) {
    boolean revoked =
        ledger.newest(device.id()).stream()
            .anyMatch(line ->
                line.kind() == EntryKind.CREDENTIAL_REVOKED && line.at().equals(loss.committed()));
    add(
        loss.committed(),
        revoked
            ? "the server issued its certificate and, in the same commit, revoked the one in use"
            : "the server issued its certificate");
  }

  /// The same device, the same attempt, the same loss, under the other rules.
  private void compare(Side cardea, int number, Diary.Lost fatal) {
    Device twin = cardea.fleet().devices().get(number);
    Optional<Diary.Lost> same = Optional.empty();
    for (Diary.Moment moment : twin.diary().moments()) {
      if (moment instanceof Diary.Lost loss
          && loss.attempt().number() == fatal.attempt().number()) {
        same = Optional.of(loss);
      }
      if (same.isPresent()
          && moment instanceof Diary.Told(var at, AgentEvent.Stored(_, var key, _))
          && key.equals(same.get().attempt().key())) {
        Duration later = Duration.between(same.get().at(), at);
        boolean neverOut = !cardea.findings().everOut().contains(twin.id());
        lines.add(
            String.format(
                Locale.ROOT,
                "Under Cardea's rules the same answer to %s was lost, too: %.1f s later its retry"
                    + " with the same key was answered with the certificate%s.",
                twin.id(),
                later.toMillis() / 1000.0,
                neverOut ? ", and what it held before was good until then" : ""));
        return;
      }
    }
  }

  private void add(Instant at, String what) {
    double seconds = Duration.between(began, at).toMillis() / 1000.0;
    lines.add(String.format(Locale.ROOT, "  %6.1f s  %s", seconds, what));
  }

  private static String name(Fingerprint key) {
    return key.hex().substring(0, SHORT_NAME) + "…";
  }

  private static String meaning(String code) {
    return Refusal.byCode(code).map(refusal -> " (" + refusal.meaning() + ")").orElse("");
  }
}

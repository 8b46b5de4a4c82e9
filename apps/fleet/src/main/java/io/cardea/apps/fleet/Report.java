package io.cardea.apps.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a whole run came to, and whether it passes.
///
/// @param ready from the command to a server that says it is ready
/// @param rules the name of the other rules, if there was a control
/// @param control what the control came to
record Report(
    DemoPlan plan,
    Duration ready,
    Figures cardea,
    Optional<String> rules,
    Optional<Figures> control,
    List<String> trace) {
  Report {
    trace = List.copyOf(trace);
  }

  /// Why the run does not pass; empty when it does.
  List<String> shortcomings() {
    List<String> found = new ArrayList<>();
    Prober.Findings seen = cardea.findings();
    if (cardea.enrolled() < cardea.devices()) {
      found.add((cardea.devices() - cardea.enrolled()) + " devices did not enrol");
    }
    if (devicesThatRenewed() < cardea.devices()) {
      found.add(
          (cardea.devices() - devicesThatRenewed())
              + " devices renewed fewer than "
              + DemoPlan.RENEWALS
              + " times");
    }
    if (cardea.lockedOut() > 0) {
      found.add("devices were locked out: " + seen.lockedOut().keySet());
    }
    if (!seen.everOut().isEmpty()) {
      found.add("devices had no open door for a while: " + seen.everOut());
    }
    if (!seen.everRefused().isEmpty()) {
      found.add("devices were refused for good: " + seen.everRefused());
    }
    if (cardea.doubled() > 0) {
      found.add(cardea.doubled() + " retries were given a second certificate");
    }
    if (seen.contradicted() > 0) {
      found.add(seen.contradicted() + " handshakes contradicted the prober");
    }
    if (seen.rounds() == 0 || seen.confirmed() == 0) {
      found.add("the prober did not get to see the fleet");
    }
    if (control.isPresent() && control.get().lockedOut() == 0) {
      found.add("the control lost no device, so this run proved nothing");
    }
    return found;
  }

  private int devicesThatRenewed() {
    return cardea.renewedEnough();
  }

  /// For people.
  List<String> text() {
    List<String> lines = new ArrayList<>();
    Prober.Findings seen = cardea.findings();
    lines.add("");
    lines.add("What happened");
    lines.add("  The server was ready after " + seconds(ready) + ".");
    lines.add(
        "  "
            + cardea.enrolled()
            + " of "
            + cardea.devices()
            + " devices made a key of their own and enrolled over EST: middle "
            + middle(cardea.enrolTimes())
            + ", longest "
            + longest(cardea.enrolTimes())
            + ", lost answers and retries included.");
    lines.add(
        "  They renewed "
            + cardea.renewals()
            + " times, each at least "
            + cardea.fewestRenewals()
            + " times: middle "
            + middle(cardea.renewTimes())
            + ", longest "
            + longest(cardea.renewTimes())
            + ".");
    lines.add(
        "  "
            + cardea.answersDropped()
            + " answers were lost after the server's commit, as the ledger shows; "
            + cardea.answeredAgain()
            + " retries were answered again, "
            + (cardea.doubled() == 0
                ? "each with the same certificate."
                : cardea.doubled() + " of them with a second certificate!"));
    lines.add(
        "  The prober looked "
            + seen.rounds()
            + " times at what each device has on its disk; "
            + seen.confirmed()
            + " of "
            + (seen.confirmed() + seen.contradicted())
            + " real handshakes confirmed it.");
    lines.add("");
    lines.add(
        "answers dropped "
            + cardea.answersDropped()
            + " · devices locked out "
            + cardea.lockedOut());
    if (cardea.answersDropped() == 0) {
      lines.add(
          "No answer was dropped in this run, so that zero means nothing: take more --devices or"
              + " --drop.");
    }
    if (control.isPresent()) {
      lines.add(
          rules.orElse("control").replace('-', ' ')
              + ": "
              + control.get().lockedOut()
              + " locked out · Cardea: "
              + cardea.lockedOut());
      if (!trace.isEmpty()) {
        lines.add("");
        lines.addAll(trace);
      }
    }
    List<String> shortcomings = shortcomings();
    if (!shortcomings.isEmpty()) {
      lines.add("");
      shortcomings.forEach(shortcoming -> lines.add("This run does not pass: " + shortcoming));
    }
    return lines;
  }

  /// For programs: one object in one line.
  String json() {
    Prober.Findings seen = cardea.findings();
    ObjectNode json = new JsonMapper().createObjectNode();
    json.put("devices", cardea.devices());
    json.put("enrolled", cardea.enrolled());
    json.put("renewed", devicesThatRenewed());
    json.put("renewals", cardea.renewals());
    json.put("answers_dropped", cardea.answersDropped());
    json.put("retries_answered_again", cardea.answeredAgain());
    json.put("second_certificates", cardea.doubled());
    json.put("locked_out", cardea.lockedOut());
    json.put("out_for_a_while", seen.everOut().size());
    json.put("refused_for_good", seen.everRefused().size());
    control.ifPresentOrElse(
        other -> json.put("control_locked_out", other.lockedOut()),
        () -> json.putNull("control_locked_out"));
    control.ifPresentOrElse(
        other -> json.put("control_answers_dropped", other.answersDropped()),
        () -> json.putNull("control_answers_dropped"));
    rules.ifPresentOrElse(name -> json.put("against", name), () -> json.putNull("against"));
    json.put("ready_ms", ready.toMillis());
    millis(json, "enrol_p50_ms", cardea.enrolTimes(), true);
    millis(json, "enrol_max_ms", cardea.enrolTimes(), false);
    millis(json, "renew_p50_ms", cardea.renewTimes(), true);
    millis(json, "renew_max_ms", cardea.renewTimes(), false);
    json.put("probe_rounds", seen.rounds());
    json.put("handshakes_confirmed", seen.confirmed());
    json.put("handshakes_contradicted", seen.contradicted());
    json.put("seed", plan.drops().seed());
    json.put("drop", plan.drops().share());
    json.put("life_seconds", plan.life().toSeconds());
    json.put("passed", shortcomings().isEmpty());
    return json.toString();
  }

  /// Null when nothing was measured.
  private static void millis(ObjectNode json, String name, List<Duration> sorted, boolean middle) {
    Optional<Duration> value = middle ? Figures.middle(sorted) : Figures.longest(sorted);
    value.ifPresentOrElse(
        measured -> json.put(name, measured.toMillis()), () -> json.putNull(name));
  }

  private static String middle(List<Duration> sorted) {
    return Figures.middle(sorted).map(Report::seconds).orElse("not measured");
  }

  private static String longest(List<Duration> sorted) {
    return Figures.longest(sorted).map(Report::seconds).orElse("not measured");
  }

  static String seconds(Duration duration) {
    long millis = duration.toMillis();
    return millis < 1_000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}

package io.cardea.apps.agent;

import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.RenewalAnswer;
import io.cardea.protocols.est.client.RenewalInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// What stands in a device's directory, for people. It changes nothing and needs no lock.
record Status(Identities identities, String renews) {
  static Status look(Disk disk, Path directory) throws IOException {
    Identities identities = Identities.look(disk, directory);
    return new Status(identities, byItsOwnDates(identities));
  }

  private static String byItsOwnDates(Identities identities) {
    return identities
        .shown()
        .map(g -> {
          Instant begin = g.certificate().getNotBefore().toInstant();
          Instant at = begin.plusSeconds(g.life().toSeconds() * 2 / 3);
          return "about " + at + ", by its own dates (give --server and --ca-file to ask)";
        })
        .orElse("nothing to renew");
  }

  /// The same, with what the server says about the window.
  Status withWindow(TlsDoor door) {
    Optional<Generation> shown = identities.shown();
    if (shown.isEmpty()) {
      return this;
    }
    X509Certificate certificate = shown.get().certificate();
    Set<X509Certificate> anchors = door.settings().anchors();
    try (Door.Visit visit = door.visit(Optional.empty(), anchors, Instant.EPOCH)) {
      return new Status(identities, said(visit.renewalInfo(certificate)));
    } catch (IOException e) {
      return new Status(identities, renews + "; the server does not answer: " + e.getMessage());
    }
  }

  private String said(RenewalAnswer answer) {
    return switch (answer) {
      case RenewalInfo info ->
          "between "
              + info.start()
              + " and "
              + info.end()
              + info.relative()
                  .map(r -> " (in " + seconds(r.start()) + " to " + seconds(r.end()) + ")")
                  .orElse("");
      case Later(var after, _) -> renews + "; the server asks for patience: " + seconds(after);
      case Declined(var status, var code, _) ->
          renews + "; the server did not say: " + status + " " + code;
    };
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }

  /// Whether there is a credential to show.
  boolean usable() {
    return identities.shown().isPresent();
  }

  void print(PrintWriter out) {
    out.printf("directory  %s%n", identities.directory());
    for (Generation generation : identities.generations()) {
      X509Certificate certificate = generation.certificate();
      out.printf(
          "gen %-6d %s%n           subject %s%n           serial  %s%n           key     %s%n"
              + "           valid   %s to %s%n",
          generation.number(),
          state(generation),
          certificate.getSubjectX500Principal().getName(),
          certificate.getSerialNumber().toString(16),
          generation.key(),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant());
    }
    if (identities.generations().isEmpty()) {
      out.printf("gen        none: not enrolled%n");
    }
    identities.damaged().forEach(what -> out.printf("damaged    %s%n", what));
    if (identities.pending().isPresent()) {
      out.printf("pending    a key whose certificate did not arrive yet%n");
    }
    out.printf("renews     %s%n", renews);
    out.flush();
  }

  private String state(Generation generation) {
    int current = identities.current().map(Generation::number).orElse(0);
    if (generation.refused()) {
      return "refused (" + generation.refusedFor() + ")";
    }
    if (generation.number() == current) {
      return "in use";
    }
    return generation.number() > current ? "not yet confirmed" : "kept";
  }
}

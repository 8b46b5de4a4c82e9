package io.cardea.apps.agent;

import io.cardea.life.Fingerprint;
import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.CaAnswer;
import io.cardea.protocols.est.client.CaCertificates;
import io.cardea.protocols.est.client.CertificateRequests;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.Login;
import io.cardea.protocols.est.client.RenewalAnswer;
import io.cardea.protocols.est.client.RenewalInfo;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The attempts: each asks the server one thing, puts what it learned on the disk, tells the
/// listener, and returns how long to wait before the next step.
///
/// An IOException leaves here only when the disk failed; a lost answer is a wait.
final class Contact {
  private static final Duration LONGEST_WORD = Duration.ofDays(1);

  private interface Question<T> {
    T ask(Door.Visit visit) throws IOException;
  }

  private final AgentSettings settings;
  private final Surroundings surroundings;
  private final AgentEvents events;
  private final Door door;
  private final Identities identities;
  private final Schedule schedule;
  private final Help help;
  private final AtomicReference<Door.@Nullable Visit> visiting = new AtomicReference<>();
  private volatile Set<X509Certificate> anchors;
  private int failures;
  private int expired;

  Contact(
      AgentSettings settings,
      Surroundings surroundings,
      AgentEvents events,
      Door door,
      Identities identities,
      Schedule schedule,
      Help help) {
    this.settings = settings;
    this.surroundings = surroundings;
    this.events = events;
    this.door = door;
    this.identities = identities;
    this.schedule = schedule;
    this.help = help;
    this.anchors = settings.server().anchors();
    try {
      trust(identities.authorities());
    } catch (IOException e) {
      events.happened(new AgentEvent.DiskFailed("ca.pem: " + e.getMessage()));
    }
  }

  /// Ends the request that is under way in another thread, if there is one; one that is over takes
  /// no harm.
  void stop() {
    Door.Visit visit = visiting.get();
    if (visit != null) {
      visit.close();
    }
  }

  /// Whether the server said that this one expired before it was confirmed: it can only be renewed.
  boolean expired(Generation generation) {
    return expired == generation.number();
  }

  /// Whom it believes now.
  Set<X509Certificate> anchors() {
    return anchors;
  }

  Duration enrol() throws IOException {
    Optional<String> token = help.token();
    if (token.isEmpty()) {
      return help.withoutToken(identities);
    }
    KeyPair key = identities.pending(settings.key());
    Fingerprint name = Fingerprint.of(key.getPublic().getEncoded());
    byte[] csr = CertificateRequests.der(key, settings.device().value());
    Login login = new Login(settings.device().value(), token.get());
    Optional<EnrolAnswer> answer;
    try (Door.Visit visit = visit(Optional.empty())) {
      answer = ask(Operation.ENROL, name, visit, v -> v.enrol(csr, login));
    }
    if (answer.isEmpty()) {
      return afterFailure();
    }
    return switch (answer.get()) {
      case Issued(var certificate) -> stored(certificate);
      case Later later -> postponed(Operation.ENROL, name, later);
      case Declined declined -> {
        refused(Operation.ENROL, name, declined);
        yield switch (Reaction.to(declined)) {
          case TRY_AGAIN -> afterFailure();
          case FRESH_KEY -> freshKey();
          case OTHER_CREDENTIAL, WAIT_FOR_HELP -> help.tokenRefused(identities, token.get());
        };
      }
    };
  }

  Duration renew(Generation shown) throws IOException {
    KeyPair key = identities.pending(settings.key());
    Fingerprint name = Fingerprint.of(key.getPublic().getEncoded());
    byte[] csr = CertificateRequests.der(key, settings.device().value());
    Optional<EnrolAnswer> answer;
    try (Door.Visit visit = visit(Optional.of(shown))) {
      answer = ask(Operation.RENEW, name, visit, v -> v.reenrol(csr));
    }
    if (answer.isEmpty()) {
      return afterFailure();
    }
    return switch (answer.get()) {
      case Issued(var certificate) -> stored(certificate);
      case Later later -> postponed(Operation.RENEW, name, later);
      case Declined declined -> {
        refused(Operation.RENEW, name, declined);
        yield switch (Reaction.to(declined)) {
          case TRY_AGAIN -> afterFailure();
          case FRESH_KEY -> freshKey();
          case OTHER_CREDENTIAL -> giveUp(shown, declined.code());
          case WAIT_FOR_HELP -> help.needed("the renewal was refused: " + declined.code());
        };
      }
    };
  }

  Duration prove(Generation shown) throws IOException {
    try (Door.Visit visit = visit(Optional.of(shown))) {
      Optional<Admission> answer = ask(Operation.PROVE, shown.key(), visit, Door.Visit::self);
      if (answer.isEmpty()) {
        return afterFailure();
      }
      return switch (answer.get()) {
        case Admitted admitted -> admitted(visit, shown, admitted);
        case Later later -> postponed(Operation.PROVE, shown.key(), later);
        case Declined declined -> {
          refused(Operation.PROVE, shown.key(), declined);
          yield switch (Reaction.to(declined)) {
            case TRY_AGAIN -> afterFailure();
            case OTHER_CREDENTIAL, FRESH_KEY -> notAdmitted(shown, declined.code());
            case WAIT_FOR_HELP -> help.needed("the credential was refused: " + declined.code());
          };
        }
      };
    }
  }

  private Duration admitted(Door.Visit visit, Generation shown, Admitted admitted)
      throws IOException {
    if (!admitted.device().equals(settings.device().value())) {
      // Whoever this certificate is for, it is not us.
      return giveUp(shown, "identity-mismatch");
    }
    failures = 0;
    help.over();
    identities.confirm(shown);
    events.happened(new AgentEvent.Confirmed(shown.number(), shown.key(), shown.certificate()));
    Optional<CaAnswer> authorities = quietly(visit, Door.Visit::authorities);
    if (authorities.isPresent() && authorities.get() instanceof CaCertificates known) {
      identities.authorities(known.certificates());
      trust(known.certificates());
    }
    Optional<RenewalAnswer> window = quietly(visit, v -> v.renewalInfo(shown.certificate()));
    if (window.isPresent() && window.get() instanceof RenewalInfo info) {
      planned(shown, info);
    }
    return Duration.ZERO;
  }

  private Duration notAdmitted(Generation shown, String code) throws IOException {
    if (code.equals("credential-expired")) {
      // No access, but within its grace it may still be renewed.
      expired = shown.number();
      return Duration.ZERO;
    }
    return giveUp(shown, code);
  }

  /// Asks when to renew; without showing the credential, because this is no use of it.
  Duration askWindow(Generation shown) {
    Optional<RenewalAnswer> answer;
    try (Door.Visit visit = visit(Optional.empty())) {
      answer =
          ask(Operation.ASK_WINDOW, shown.key(), visit, v -> v.renewalInfo(shown.certificate()));
    }
    if (answer.isEmpty()) {
      schedule.lost();
      return afterFailure();
    }
    switch (answer.get()) {
      case RenewalInfo info -> planned(shown, info);
      case Later later -> schedule.postponed(word(later));
      case Declined declined -> {
        refused(Operation.ASK_WINDOW, shown.key(), declined);
        schedule.answeredWithout(settings.pace().longest());
      }
    }
    failures = 0;
    return Duration.ZERO;
  }

  private void planned(Generation shown, RenewalInfo info) {
    schedule.answered(info);
    events.happened(new AgentEvent.Planned(shown.number(), schedule.untilRenewal()));
  }

  private Duration stored(X509Certificate certificate) throws IOException {
    failures = 0;
    help.over();
    Generation generation = identities.store(certificate);
    schedule.follow(generation, true);
    events.happened(new AgentEvent.Stored(generation.number(), generation.key(), certificate));
    return Duration.ZERO;
  }

  /// The refusal is on the disk before an older one is shown.
  private Duration giveUp(Generation shown, String code) throws IOException {
    identities.refuse(shown, code);
    events.happened(new AgentEvent.GivenUp(shown.number(), shown.key(), code));
    return Duration.ZERO;
  }

  private Duration freshKey() throws IOException {
    identities.forgetPending();
    return afterFailure();
  }

  private Duration postponed(Operation operation, Fingerprint key, Later later) {
    Duration wait = word(later);
    events.happened(new AgentEvent.Postponed(operation, key, wait, later.code()));
    return wait;
  }

  private void refused(Operation operation, Fingerprint key, Declined declined) {
    events.happened(
        new AgentEvent.Refused(
            operation, key, declined.status(), declined.code(), declined.detail()));
  }

  /// The server's word counts, up to a quarter of the credential's life: a longer one is a mistake
  /// of somebody in between, and would cost the device its identity.
  private Duration word(Later later) {
    Duration bound = identities.shown().map(g -> g.life().dividedBy(4)).orElse(LONGEST_WORD);
    Duration said = later.after().compareTo(bound) > 0 ? bound : later.after();
    return settings.pace().afterWord(said, surroundings.random());
  }

  private Duration afterFailure() {
    failures++;
    Duration cap =
        identities.shown().map(g -> g.life().dividedBy(10)).orElse(settings.pace().longest());
    return settings.pace().afterFailure(failures, cap, surroundings.random());
  }

  private Door.Visit visit(Optional<Generation> shown) {
    Instant passed =
        identities
            .shown()
            .map(g -> g.certificate().getNotBefore().toInstant())
            .orElse(Instant.EPOCH);
    Door.Visit visit = door.visit(shown.map(Generation::identity), anchors, passed);
    visiting.set(visit);
    return visit;
  }

  private <T> Optional<T> ask(
      Operation operation, Fingerprint key, Door.Visit visit, Question<T> question) {
    events.happened(new AgentEvent.Attempted(operation, key));
    try {
      return Optional.of(question.ask(visit));
    } catch (IOException e) {
      events.happened(new AgentEvent.AnswerLost(operation, key, String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  /// What can as well be asked another time.
  private static <T> Optional<T> quietly(Door.Visit visit, Question<T> question) {
    try {
      return Optional.of(question.ask(visit));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Beside those of the install: what the server names may be other roots than its own door's.
  private void trust(List<X509Certificate> certificates) {
    Set<X509Certificate> trusted = new HashSet<>(settings.server().anchors());
    trusted.addAll(new CaCertificates(certificates).roots());
    anchors = Set.copyOf(trusted);
  }
}

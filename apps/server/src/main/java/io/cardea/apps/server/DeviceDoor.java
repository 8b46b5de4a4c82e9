package io.cardea.apps.server;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.Recognition;
import io.cardea.life.enrolment.Recognition.Finding;
import io.cardea.life.enrolment.RefusalLog;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.CertId;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.RenewalAdvice;
import io.cardea.life.rotation.calendar.Windows;
import io.cardea.protocols.edge.EdgeHandler;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Peer;
import io.cardea.protocols.edge.Routes;
import io.cardea.protocols.est.EstServer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What devices find on 8443 beside the enrolment protocols: when to renew, and whether they are
/// let in.
final class DeviceDoor {
  static final String CODE = "Cardea-Code";
  private static final String PROTOCOL = "cardea";
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Inventory inventory;
  private final Issuers issuers;
  private final Access access;
  private final Recognition recognition;
  private final RefusalLog refusals;
  private final Windows windows;
  private final TrustedTime time;

  DeviceDoor(
      Inventory inventory,
      Issuers issuers,
      Access access,
      Recognition recognition,
      RefusalLog refusals,
      Windows windows,
      TrustedTime time) {
    this.inventory = inventory;
    this.issuers = issuers;
    this.access = access;
    this.recognition = recognition;
    this.refusals = refusals;
    this.windows = windows;
    this.time = time;
  }

  Routes.Builder routes() {
    return Routes.builder()
        .route("GET", "/.well-known/cardea/renewal-info/{certId}", counted(this::renewalInfo))
        .route("GET", "/.well-known/cardea/self", this::self);
  }

  /// Counts the handshake of the connection as a use before the handler runs, if nobody has yet. A
  /// refused use does not spoil a public answer.
  EdgeHandler counted(EdgeHandler handler) {
    return request -> {
      try {
        var _ = admission(request.peer());
      } catch (Refused refused) {
        // Nothing can be judged now; the answer itself needs no judgement.
        refusals.note(Optional.empty(), refused.refusal(), PROTOCOL, time.instant());
      }
      return handler.handle(request);
    };
  }

  /// The handshake of a connection is one use (R2), counted at its first request; after that only
  /// its standing is asked, which may have changed meanwhile.
  Admission admission(Peer peer) throws Refused {
    if (peer.certificate().isEmpty()) {
      return new Admission.Denied(Refusal.AUTHENTICATION_REQUIRED, Optional.empty());
    }
    Fingerprint certificate = Fingerprint.ofDigest(peer.certificate().get().sha256());
    Admission admission = peer.isJudged() ? access.wouldUse(certificate) : access.use(certificate);
    if (admission instanceof Admission.Denied(var refusal, var _)
        && refusal == Refusal.CREDENTIAL_UNKNOWN) {
      admission =
          switch (recognition.find(peer.certificate().get().der())) {
            case Finding.Known _ -> access.use(certificate);
            case Finding.Expired(var device) ->
                new Admission.Denied(Refusal.CREDENTIAL_EXPIRED, inventory.device(device));
            case Finding.Foreign _ -> admission;
          };
    }
    peer.judged();
    if (admission instanceof Admission.Denied(var refusal, var device)) {
      refusals.note(device.map(Device::id), refusal, PROTOCOL, time.instant());
    }
    return admission;
  }

  private EdgeResponse self(EdgeRequest request) {
    try {
      return switch (admission(request.peer())) {
        case Admission.Admitted(var device, var credential) -> {
          Map<String, Object> body = new LinkedHashMap<>();
          body.put("device", device.id().value());
          body.put("credential", credential.toString());
          inventory
              .credential(credential)
              .ifPresent(known -> {
                body.put("state", known.state().word());
                body.put("not_after", known.notAfter().toString());
                body.put("renewal", window(advice(known)));
              });
          yield json(200, body);
        }
        case Admission.Denied(var refusal, var _) -> refused(refusal);
      };
    } catch (Refused refused) {
      return refused(refused.refusal());
    }
  }

  /// RFC 9773 §4.2, with the window in relative seconds beside it for devices without a clock
  /// (R10).
  private EdgeResponse renewalInfo(EdgeRequest request) {
    Optional<CertId> id = CertId.parse(request.capture("certId"));
    if (id.isEmpty()) {
      return refused(Refusal.REQUEST_MALFORMED);
    }
    if (!time.trusted()) {
      return refused(Refusal.CLOCK_UNTRUSTED);
    }
    Optional<Authority> authority = issuers.byKeyIdentifier(id.get().keyIdentifier());
    Optional<Credential> credential =
        authority.isEmpty()
            ? Optional.empty()
            : inventory.credentialBySerial(authority.get().id().value(), id.get().serial().value());
    if (credential.isEmpty()) {
      return refused(Refusal.NOT_FOUND);
    }
    RenewalAdvice advice = advice(credential.get());
    return json(200, window(advice)).withRetryAfter(advice.retryAfter());
  }

  private RenewalAdvice advice(Credential credential) {
    return windows.advice(credential, time.instant());
  }

  private static Map<String, Object> window(RenewalAdvice advice) {
    Map<String, Object> suggested = new LinkedHashMap<>();
    suggested.put("start", seconds(advice.start()));
    suggested.put("end", seconds(advice.end()));
    Map<String, Object> relative = new LinkedHashMap<>();
    relative.put("start_seconds", advice.secondsToStart());
    relative.put("end_seconds", advice.secondsToEnd());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("suggestedWindow", suggested);
    body.put("relative", relative);
    if (advice.newKey()) {
      body.put("new_key", true);
    }
    return body;
  }

  private static String seconds(Instant instant) {
    return Instant.ofEpochSecond(instant.getEpochSecond()).toString();
  }

  private static EdgeResponse json(int status, Map<String, Object> body) {
    return EdgeResponse.of(status).withBody("application/json", JSON.writeValueAsBytes(body));
  }

  static EdgeResponse refused(Refusal refusal) {
    int status =
        switch (refusal) {
          case AUTHENTICATION_REQUIRED -> 401;
          case NOT_FOUND -> 404;
          case REQUEST_MALFORMED -> 400;
          default -> refusal.fault() == Refusal.Fault.SERVER ? 503 : 403;
        };
    EdgeResponse response =
        EdgeResponse.text(status, refusal.meaning()).withHeader(CODE, refusal.code());
    return switch (status) {
      // A certificate that the TLS engine could not read arrives as none.
      case 401 -> response.withHeader(EstServer.ACCEPTED_KEYS, EstServer.KEYS);
      case 503 -> response.withRetryAfter(RETRY);
      default -> response;
    };
  }
}

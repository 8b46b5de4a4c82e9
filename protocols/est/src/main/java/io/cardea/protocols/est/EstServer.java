package io.cardea.protocols.est;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.CertKey;
import io.cardea.protocols.edge.ClientCertificate;
import io.cardea.protocols.edge.EdgeHandler;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Peer;
import io.cardea.protocols.edge.Routes;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The server's side of EST, under `/.well-known/est/` and, for each label,
/// `/.well-known/est/LABEL/`.
///
/// It reads and writes what EST says and decides nothing: who may have a certificate,
/// [EnrolmentDoor] judges. An answer is base64 without line breaks, with its length and its
/// transfer encoding, since only this form serves all the clients there are.
public final class EstServer {

  /// The field of a 401 that tells a client whose certificate arrived unread what would have been
  /// read.
  public static final String ACCEPTED_KEYS = "Cardea-Accepted-Keys";

  public static final String KEYS = "ec-p256, ec-p384, rsa-2048+";

  private static final String BASE = "/.well-known/est/";
  private static final String PROTOCOL = "est";

  private final EnrolmentDoor door;
  private final Supplier<List<byte[]>> authorities;
  private final Supplier<Set<CertKey>> keys;
  private final Consumer<Refusal> refused;

  /// Serves EST for one fleet.
  ///
  /// @param authorities the DER of the CA certificates, the issuing ones and their roots; asked at
  ///   each request, so it should answer from memory
  /// @param keys what the devices' profile allows; empty when it has no opinion; asked like the
  ///   above
  /// @param refused hears of refusals that never reach the door: of bodies that hold no request
  public EstServer(
      EnrolmentDoor door,
      Supplier<List<byte[]>> authorities,
      Supplier<Set<CertKey>> keys,
      Consumer<Refusal> refused) {
    this.door = door;
    this.authorities = authorities;
    this.keys = keys;
    this.refused = refused;
  }

  /// What a label is: the name of a device class (RFC 7030 §3.2.2).
  @FunctionalInterface
  public interface ClassLabels {
    /// What the class's profile lets its devices have certified; empty when there is no such class.
    Optional<Set<CertKey>> keysOf(String deviceClass);
  }

  /// The routes without a label, and those with the name of a class as one. A label chooses
  /// nothing: a device of another class is refused, and what is hinted at is what that class
  /// allows.
  public Routes.Builder routes(ClassLabels classes) {
    Routes.Builder routes = Routes.builder();
    under(routes, BASE);
    String base = BASE + "{label}/";
    EdgeHandler notOffered = request -> refuse(Refusal.NOT_OFFERED, "");
    return routes
        .route("GET", base + "cacerts", request -> labelled(request, classes, _ -> cacerts()))
        .route("GET", base + "csrattrs", request -> labelled(request, classes, this::csrattrs))
        .route(
            "POST",
            base + "simpleenroll",
            request -> labelled(request, classes, _ -> enrol(request, label(request))))
        .route(
            "POST",
            base + "simplereenroll",
            request -> labelled(request, classes, _ -> enrol(request, label(request))))
        .immediate("POST", base + "serverkeygen", notOffered)
        .immediate("POST", base + "fullcmc", notOffered);
  }

  private static Optional<String> label(EdgeRequest request) {
    return Optional.of(request.capture("label"));
  }

  private EdgeResponse labelled(
      EdgeRequest request, ClassLabels classes, Function<Set<CertKey>, EdgeResponse> answer) {
    try {
      return classes
          .keysOf(request.capture("label"))
          .map(answer)
          .orElseGet(() -> refuse(Refusal.NOT_FOUND, "no class of this name"));
    } catch (StoreFailure failure) {
      return refuse(Refusal.STORE_UNAVAILABLE, "");
    }
  }

  private void under(Routes.Builder routes, String base) {
    EdgeHandler notOffered = request -> refuse(Refusal.NOT_OFFERED, "");
    routes
        .route("GET", base + "cacerts", request -> cacerts())
        .route("GET", base + "csrattrs", request -> csrattrs())
        .route("POST", base + "simpleenroll", this::enrol)
        .route("POST", base + "simplereenroll", this::enrol)
        .immediate("POST", base + "serverkeygen", notOffered)
        .immediate("POST", base + "fullcmc", notOffered);
  }

  /// §4.1.
  private EdgeResponse cacerts() {
    try {
      List<byte[]> certificates = authorities.get();
      return certificates.isEmpty()
          ? refuse(Refusal.AUTHORITY_UNAVAILABLE, "")
          : certificates(certificates);
    } catch (StoreFailure failure) {
      return refuse(Refusal.STORE_UNAVAILABLE, "");
    }
  }

  /// §4.5.
  private EdgeResponse csrattrs() {
    try {
      return csrattrs(keys.get());
    } catch (StoreFailure failure) {
      return refuse(Refusal.STORE_UNAVAILABLE, "");
    }
  }

  private EdgeResponse csrattrs(Set<CertKey> allowed) {
    return CsrAttributes.hint(allowed)
        .map(der -> base64("application/csrattrs", der))
        .orElseGet(() -> EdgeResponse.of(204));
  }

  /// §4.2.1 and §4.2.2: the credential shown decides what the request is, not the path.
  private EdgeResponse enrol(EdgeRequest request) {
    return enrol(request, Optional.empty());
  }

  private EdgeResponse enrol(EdgeRequest request, Optional<String> deviceClass) {
    Peer peer = request.peer();
    if (peer.tls().isEmpty()) {
      return refuse(Refusal.NOT_OFFERED, "EST is spoken over TLS alone");
    }
    try {
      Applicant applicant = applicant(request, deviceClass);
      if (applicant.certificate().isEmpty() && applicant.login().isEmpty()) {
        // Most clients ask like this first, to be told what is wanted: no refusal to be counted.
        return EstRefusals.response(Refusal.AUTHENTICATION_REQUIRED, "");
      }
      byte[] csr = RequestBody.csr(request);
      Answer answer = door.enrol(applicant, csr, PROTOCOL);
      if (!isServersFault(answer)) {
        peer.judged();
      }
      return response(answer);
    } catch (Refused e) {
      return refuse(e.refusal(), e.detail());
    } catch (UnsupportedType e) {
      refused.accept(Refusal.REQUEST_MALFORMED);
      return EstRefusals.unsupportedType();
    } catch (StoreFailure failure) {
      return refuse(Refusal.STORE_UNAVAILABLE, "");
    }
  }

  private static Applicant applicant(EdgeRequest request, Optional<String> deviceClass)
      throws Refused {
    Peer peer = request.peer();
    Optional<Fingerprint> certificate =
        peer.certificate().map(ClientCertificate::sha256).map(Fingerprint::ofDigest);
    return new Applicant(
        certificate,
        certificate.isPresent() && !peer.isJudged(),
        BasicLogin.of(request.headers(), peer.source()),
        peer.certificate().map(shown -> shown::chain),
        deviceClass);
  }

  private static boolean isServersFault(Answer answer) {
    return answer instanceof Answer.Declined(Refusal refusal, String _)
        && refusal.fault() == Refusal.Fault.SERVER;
  }

  private static EdgeResponse response(Answer answer) {
    return switch (answer) {
      case Answer.Issued issued -> certificates(List.of(issued.certificate()));
      case Answer.Wait(var retryAfter) -> EdgeResponse.of(202).withRetryAfter(retryAfter);
      case Answer.TooOften(var refusal, var retryAfter) -> EstRefusals.later(refusal, retryAfter);
      case Answer.Declined(var refusal, var detail) -> EstRefusals.response(refusal, detail);
    };
  }

  private EdgeResponse refuse(Refusal refusal, String detail) {
    refused.accept(refusal);
    return EstRefusals.response(refusal, detail);
  }

  private static EdgeResponse certificates(List<byte[]> certificates) {
    return base64("application/pkcs7-mime; smime-type=certs-only", CertsOnly.encode(certificates));
  }

  private static EdgeResponse base64(String type, byte[] der) {
    return EdgeResponse.of(200)
        .withBody(type, Base64.getEncoder().encode(der))
        .withHeader("Content-Transfer-Encoding", "base64");
  }
}

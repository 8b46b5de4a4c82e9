package io.cardea.apps.server.revocation;

import io.cardea.life.TrustedTime;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.OcspAnswer;
import io.cardea.life.pki.OcspFailure;
import io.cardea.life.pki.OcspIssuer;
import io.cardea.life.pki.OcspKey;
import io.cardea.life.pki.OcspRequest;
import io.cardea.life.pki.OcspResponder;
import io.cardea.life.pki.Signatories;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// OCSP over HTTP (RFC 6960 appendix A, RFC 5019): GET and POST, from memory on the event loop as
/// long as the memory is known to be right, and else from the store on a thread of its own.
final class OcspDoor {
  private static final String RESPONSE = "application/ocsp-response";
  private static final String SEVERAL = "several";

  private final OcspResponder responder;
  private final OcspMemory memory;
  private final Freshness freshness;
  private final Signatories signatories;
  private final TrustedTime time;
  private final OcspEvents events;
  private final Map<String, OcspIssuer> issuers = new ConcurrentHashMap<>();

  OcspDoor(
      OcspResponder responder,
      OcspMemory memory,
      Freshness freshness,
      Signatories signatories,
      TrustedTime time,
      OcspEvents events) {
    this.responder = responder;
    this.memory = memory;
    this.freshness = freshness;
    this.signatories = signatories;
    this.time = time;
    this.events = events;
  }

  Routes.Builder routes() {
    return Routes.builder()
        .route("GET", "/ocsp/{authority}/{request...}", this::fromMemory, this::answer)
        .route("POST", "/ocsp/{authority}", this::fromMemory, this::answer);
  }

  /// One question, read.
  private record Asked(OcspIssuer issuer, OcspRequest request, Optional<OcspKey> key) {}

  private Asked read(EdgeRequest request) throws OcspFailure {
    OcspIssuer issuer = issuer(request.capture("authority"));
    OcspRequest question =
        OcspRequest.parse(
            request.method().equals("POST")
                ? request.body()
                : OcspPath.decode(request.capture("request")));
    return new Asked(issuer, question, responder.key(issuer, question));
  }

  private OcspIssuer issuer(String name) throws OcspFailure {
    OcspIssuer known = issuers.get(name);
    if (known != null) {
      return known;
    }
    Optional<Authority> authority;
    try {
      authority = signatories.authority(new AuthorityId(name));
    } catch (IllegalArgumentException e) {
      throw OcspFailure.unauthorized();
    }
    OcspIssuer made =
        authority
            .filter(each -> each.kind() == Authority.Kind.ISSUING)
            .map(OcspIssuer::new)
            .orElseThrow(OcspFailure::unauthorized);
    issuers.put(name, made);
    return made;
  }

  private Optional<EdgeResponse> fromMemory(EdgeRequest request) {
    try {
      Asked asked = read(request);
      return asked
          .key()
          .flatMap(memory::get)
          .filter(this::mayBeTold)
          .map(known -> {
            events.answered(word(known), true);
            return response(known);
          });
    } catch (OcspFailure failure) {
      events.answered(word(failure), true);
      return Optional.of(response(failure));
    }
  }

  /// A revocation does not become untrue while the database cannot be asked; `good` may.
  private boolean mayBeTold(OcspAnswer known) {
    boolean lasting =
        known.status() instanceof CertificateStatus.Revoked(_, var reason) && reason != 6;
    return !known.isDue(time.instant()) && (lasting || freshness.isFresh());
  }

  private EdgeResponse answer(EdgeRequest request) {
    try {
      Asked asked = read(request);
      OcspAnswer answer = asked.key().isPresent() ? kept(asked, asked.key().get()) : made(asked);
      events.answered(asked.request().size() == 1 ? word(answer) : SEVERAL, false);
      return response(answer);
    } catch (OcspFailure failure) {
      events.answered(word(failure), false);
      return response(failure);
    }
  }

  private OcspAnswer made(Asked asked) throws OcspFailure {
    return responder.answer(asked.issuer(), asked.request());
  }

  private OcspAnswer kept(Asked asked, OcspKey key) throws OcspFailure {
    OcspMemory.Mark mark = memory.begin(key);
    try {
      OcspAnswer answer = made(asked);
      if (!(answer.status() instanceof CertificateStatus.Unknown)) {
        memory.keep(key, mark, answer);
      }
      return answer;
    } finally {
      memory.end(key, mark);
    }
  }

  private static EdgeResponse response(OcspAnswer answer) {
    EdgeResponse response = EdgeResponse.of(200).withBody(RESPONSE, answer.response());
    return answer.status() instanceof CertificateStatus.Unknown
        ? response.withHeader("Cache-Control", "no-store")
        : Caching.dated(
            response, Instant.ofEpochSecond(answer.thisUpdate()), '"' + answer.tag() + '"');
  }

  /// RFC 5019 §6.2: nobody is to remember that there was no answer.
  private static EdgeResponse response(OcspFailure failure) {
    return EdgeResponse.of(200)
        .withBody(RESPONSE, failure.response())
        .withHeader("Cache-Control", "no-store");
  }

  private static String word(OcspFailure failure) {
    return switch (failure.kind()) {
      case MALFORMED_REQUEST -> "malformed-request";
      case TRY_LATER -> "try-later";
      case UNAUTHORIZED -> "unauthorized";
    };
  }

  private static String word(OcspAnswer answer) {
    return switch (answer.status()) {
      case CertificateStatus.Good _ -> "good";
      case CertificateStatus.Revoked _ -> "revoked";
      case CertificateStatus.Unknown _ -> "unknown";
    };
  }
}

package io.cardea.apps.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Pem;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// What relying parties trust, to be fetched again now and then: as PEM, and as JSON signed by the
/// usual issuing authority, which whoever has the last bundle trusts already.
///
/// The signed form is a SPIFFE trust bundle in a JWS. It is signed once for each content and served
/// from memory.
final class TrustBundle {
  static final String PATH = "/.well-known/cardea/trust-bundle";
  private static final Duration FRESH = Duration.ofHours(1);
  private static final String JOSE = "application/jose";
  private static final Logger log = LoggerFactory.getLogger(TrustBundle.class);

  /// RFC 7518 §3.1. What is not here has no name in JOSE yet, and then there is PEM alone.
  private static final Map<CertKey, JWSAlgorithm> ALGORITHMS =
      Map.of(
          CertKey.EC_P256, JWSAlgorithm.ES256,
          CertKey.EC_P384, JWSAlgorithm.ES384,
          CertKey.RSA_2048_AND_UP, JWSAlgorithm.RS256);

  private final Issuers issuers;
  private volatile Optional<Made> made = Optional.empty();

  /// @param content what it was made of
  private record Made(List<Certificate> content, String tag, byte[] pem, Optional<byte[]> jws) {}

  TrustBundle(Issuers issuers) {
    this.issuers = issuers;
  }

  Routes.Builder routes() {
    return Routes.builder().immediate("GET", PATH, this::show);
  }

  /// Makes it again when an authority came, went or changed. Not for an event loop: it may sign.
  void refresh() throws Refused {
    List<Certificate> content = issuers.trusted();
    if (made.filter(known -> known.content().equals(content)).isPresent()) {
      return;
    }
    StringBuilder pem = new StringBuilder();
    content.forEach(certificate -> pem.append(Pem.encode(certificate)));
    byte[] bytes = pem.toString().getBytes(StandardCharsets.US_ASCII);
    Optional<byte[]> jws = Optional.empty();
    try {
      jws = signed(content);
    } catch (JOSEException e) {
      // The PEM form serves; who wants the signed one is told that there is none.
      log.error("the trust bundle was not signed: {}", e.getMessage());
    }
    made = Optional.of(new Made(content, Fingerprint.of(bytes).hex().substring(0, 32), bytes, jws));
  }

  private EdgeResponse show(EdgeRequest request) {
    if (made.isEmpty()) {
      return DeviceDoor.refused(Refusal.AUTHORITY_UNAVAILABLE);
    }
    Made now = made.get();
    boolean signed =
        request.headers().first("Accept").filter(accept -> accept.contains(JOSE)).isPresent();
    if (signed && now.jws().isEmpty()) {
      return EdgeResponse.text(406, "the authority's key has no algorithm in JOSE; ask for PEM");
    }
    String tag = '"' + now.tag() + (signed ? "-jose" : "-pem") + '"';
    boolean known =
        request.headers().first("If-None-Match").filter(field -> field.contains(tag)).isPresent();
    EdgeResponse response =
        known
            ? EdgeResponse.of(304)
            : EdgeResponse.of(200)
                .withBody(
                    signed ? JOSE : "application/x-pem-file",
                    signed ? now.jws().orElseThrow() : now.pem());
    return response
        .withHeader("ETag", tag)
        .withHeader("Vary", "Accept")
        .withHeader("Cache-Control", "public, max-age=" + FRESH.toSeconds());
  }

  /// Signed by the usual issuing authority; its chain comes along.
  private Optional<byte[]> signed(List<Certificate> content) throws Refused, JOSEException {
    List<Certificate> chain = issuers.chain();
    Authority signer =
        issuers.authorities().stream()
            .filter(one -> one.certificate().equals(chain.getFirst()))
            .findFirst()
            .orElseThrow(
                () -> new Refused(Refusal.AUTHORITY_UNAVAILABLE, "there is no issuing authority"));
    JWSAlgorithm algorithm = ALGORITHMS.get(signer.certificate().publicKey().kind());
    if (algorithm == null) {
      return Optional.empty();
    }
    JWSHeader header =
        new JWSHeader.Builder(algorithm)
            .type(new JOSEObjectType("cardea-trust-bundle+jws"))
            .x509CertChain(chain.stream().map(one -> Base64.encode(one.der())).toList())
            .build();
    JWSObject jws = new JWSObject(header, new Payload(payload(content)));
    byte[] signature = issuers.key(signer).sign(jws.getSigningInput());
    if (JWSAlgorithm.Family.EC.contains(algorithm)) {
      signature =
          ECDSA.transcodeSignatureToConcat(signature, ECDSA.getSignatureByteArrayLength(algorithm));
    }
    String compact =
        new String(jws.getSigningInput(), StandardCharsets.US_ASCII)
            + '.'
            + Base64URL.encode(signature);
    return Optional.of(compact.getBytes(StandardCharsets.US_ASCII));
  }

  /// The roots in the form of SPIFFE; what leads from one to another beside them.
  private static String payload(List<Certificate> content) throws JOSEException {
    List<JWK> roots = new ArrayList<>();
    List<String> others = new ArrayList<>();
    long newest = 0;
    for (Certificate certificate : content) {
      newest = Math.max(newest, certificate.notBefore().getEpochSecond());
      CertKey kind = kind(certificate);
      if (certificate.subject().equals(certificate.issuer()) && ALGORITHMS.containsKey(kind)) {
        roots.add(JWK.parse(certificate.toX509()));
      } else {
        others.add(Base64.encode(certificate.der()).toString());
      }
    }
    List<Map<String, Object>> keys =
        roots.stream()
            .map(root -> {
              Map<String, Object> key = new LinkedHashMap<>(root.toJSONObject());
              key.put("use", "x509-svid");
              key.put("x5c", root.getX509CertChain().stream().map(Base64::toString).toList());
              return key;
            })
            .toList();
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("keys", keys);
    bundle.put("spiffe_sequence", newest);
    bundle.put("spiffe_refresh_hint", FRESH.toSeconds());
    bundle.put("intermediates", others);
    return JsonMapper.shared().writeValueAsString(bundle);
  }

  private static CertKey kind(Certificate certificate) throws JOSEException {
    try {
      return certificate.publicKey().kind();
    } catch (Refused e) {
      throw new JOSEException(e.detail(), e);
    }
  }
}

package io.cardea.apps.server;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.RenewalWindow;
import io.cardea.life.secrets.SecretAnswer;
import io.cardea.life.secrets.SecretDesk;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// Where a device gets its secrets, on 8443 with its certificate, and shows that it has them.
final class SecretDoor {
  private static final String SLOT = "/.well-known/cardea/secrets/{slot}";
  private static final String SEALED = "application/pkcs7-mime; smime-type=authEnveloped-data";
  private static final String SCHEME = "bearer ";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final SecretDesk desk;
  private final Holder holder;
  private final Inventory inventory;

  SecretDoor(SecretDesk desk, Holder holder, Inventory inventory) {
    this.desk = desk;
    this.holder = holder;
    this.inventory = inventory;
  }

  /// @param door counts the handshake of the connection as a use of its certificate
  Routes.Builder routes(DeviceDoor door) {
    return Routes.builder()
        .route("POST", SLOT, door.counted(this::request))
        .route("GET", SLOT + "/{credential}", door.counted(this::again))
        .route("GET", SLOT, this::prove);
  }

  private EdgeResponse request(EdgeRequest request) {
    Optional<byte[]> body =
        request.body().length == 0 ? Optional.empty() : Optional.of(request.body());
    return answered(
        request, certificate -> desk.request(certificate, request.capture("slot"), body));
  }

  private EdgeResponse again(EdgeRequest request) {
    CredentialId credential;
    try {
      credential = CredentialId.parse(request.capture("credential"));
    } catch (IllegalArgumentException e) {
      return DeviceDoor.refused(Refusal.REQUEST_MALFORMED);
    }
    return answered(
        request, certificate -> desk.again(certificate, request.capture("slot"), credential));
  }

  private static EdgeResponse answered(
      EdgeRequest request, Function<Fingerprint, SecretAnswer> question) {
    if (request.peer().certificate().isEmpty()) {
      return DeviceDoor.refused(Refusal.AUTHENTICATION_REQUIRED);
    }
    Fingerprint certificate = Fingerprint.ofDigest(request.peer().certificate().get().sha256());
    return switch (question.apply(certificate)) {
      case SecretAnswer.Issued issued -> {
        RenewalWindow window = issued.renewal();
        EdgeResponse response =
            issued.sealed().length == 0
                ? EdgeResponse.of(200)
                : EdgeResponse.of(200).withBody(SEALED, issued.sealed());
        yield response
            .withHeader("Cardea-Credential", issued.credential().toString())
            .withHeader("Cardea-Kind", issued.kind().word())
            .withHeader("Cardea-Not-After", issued.notAfter().toString())
            .withHeader("Cardea-Renew-From", window.start().toString());
      }
      case SecretAnswer.Wait(var rest) -> EdgeResponse.of(202).withRetryAfter(rest);
      case SecretAnswer.Declined(var refusal, _) -> DeviceDoor.refused(refusal);
    };
  }

  private EdgeResponse prove(EdgeRequest request) {
    Optional<String> presented =
        request
            .headers()
            .first("authorization")
            .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(SCHEME))
            .map(field -> field.substring(SCHEME.length()).strip());
    if (presented.isEmpty()) {
      return DeviceDoor.refused(Refusal.AUTHENTICATION_REQUIRED);
    }
    try {
      return switch (holder.use(presented.get())) {
        case Admission.Admitted(Device device, CredentialId credential) -> {
          Map<String, Object> body = new LinkedHashMap<>();
          body.put("device", device.id().value());
          body.put("credential", credential.toString());
          inventory
              .credential(credential)
              .ifPresent(known -> {
                Instant start =
                    RenewalWindow.of(known.id(), known.issuedAt(), known.notAfter()).start();
                body.put("slot", known.slot().name());
                body.put("kind", known.kind().word());
                body.put("state", known.state().word());
                body.put("not_after", known.notAfter().toString());
                body.put("renew_from", start.toString());
              });
          yield EdgeResponse.of(200).withBody("application/json", JSON.writeValueAsBytes(body));
        }
        case Admission.Denied(var refusal, _) -> DeviceDoor.refused(refusal);
      };
    } catch (Refused refused) {
      return DeviceDoor.refused(refused.refusal());
    }
  }
}

package io.cardea.apps.server.api;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Permission;
import io.cardea.life.rotation.Access.Admission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Credentials: listed by device, shown, revoked, and judged as a door would judge them.
final class CredentialRoutes {
  private static final int MAX_JUDGED = 1_000;

  private final ApiParts parts;

  CredentialRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/credentials", this::list),
        Endpoint.get("/api/v1/credentials/{id}", this::show),
        Endpoint.post("/api/v1/credentials/{id}/revoke", Permission.REVOKE, this::revoke),
        Endpoint.ask("/api/v1/credentials/judge", this::judge));
  }

  record Question(@Nullable List<@Nullable String> certificates) {}

  /// @param code why not; null for one that would be let in
  record Judged(
      String certificate,
      boolean admitted,
      @Nullable String code,
      @Nullable String device,
      @Nullable String credential) {}

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("device", "limit"));
    DeviceId device =
        DeviceRoutes.deviceId(Call.required("device", call.query("device").orElse(null)));
    return Reply.ok(
        Page.whole(parts.view().credentialsOf(device, call.limit(), call.actor()))
            .map(CredentialView::of));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return credential(id(call), call);
  }

  private Reply revoke(Call call) throws Refused {
    CredentialId id = id(call);
    RevocationBody body = call.body(RevocationBody.class);
    parts
        .revocation()
        .revoke(
            id, body.toReason(), body.toSince(), Optional.ofNullable(body.comment()), call.actor());
    return credential(id, call);
  }

  /// Asks what a full handshake with each certificate would come to. It leaves no trace: a question
  /// is not a proof.
  private Reply judge(Call call) throws Refused {
    List<@Nullable String> asked =
        Call.required("certificates", call.body(Question.class).certificates());
    if (asked.size() > MAX_JUDGED) {
      throw Call.malformed("certificates: " + asked.size() + " (expected: <= " + MAX_JUDGED + ")");
    }
    List<Fingerprint> certificates = new ArrayList<>(asked.size());
    for (String hex : asked) {
      String text = Call.required("certificates", hex);
      try {
        certificates.add(Fingerprint.parse(text));
      } catch (IllegalArgumentException e) {
        throw Call.malformed(
            "certificate: " + text + " (expected: SHA-256, 64 hexadecimal digits)");
      }
    }
    List<Judged> judged = new ArrayList<>(certificates.size());
    for (Fingerprint certificate : certificates) {
      judged.add(view(certificate, parts.access().wouldUse(certificate, call.actor())));
    }
    return Reply.ok(Page.whole(judged));
  }

  private static Judged view(Fingerprint certificate, Admission admission) {
    return switch (admission) {
      case Admission.Admitted(var device, var credential) ->
          new Judged(certificate.hex(), true, null, device.id().value(), credential.toString());
      case Admission.Denied(var refusal, var device) ->
          new Judged(
              certificate.hex(),
              false,
              refusal.code(),
              device.map(known -> known.id().value()).orElse(null),
              null);
    };
  }

  private Reply credential(CredentialId id, Call call) throws Refused {
    Credential credential = parts.view().credential(id, call.actor());
    return Reply.ok(CredentialView.of(credential, parts.inventory().certificate(id)));
  }

  private static CredentialId id(Call call) throws Refused {
    String text = call.path("id");
    try {
      return CredentialId.parse(text);
    } catch (IllegalArgumentException e) {
      throw Call.malformed("credential: " + text + " (expected: a UUID)");
    }
  }
}

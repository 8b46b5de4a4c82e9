package io.cardea.apps.server;

import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.life.Refused;
import io.cardea.life.pki.Authority;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;

/// What relying parties fetch over plain HTTP: certificates of authorities, and what became of
/// those that were issued.
final class PublicDoor {
  private final Issuers issuers;
  private final RevocationData revocation;

  PublicDoor(Issuers issuers, RevocationData revocation) {
    this.issuers = issuers;
    this.revocation = revocation;
  }

  Routes.Builder routes() {
    return Routes.builder()
        .include(revocation.routes())
        .immediate("GET", "/ca/{certificate}", this::certificate)
        .immediate("GET", "/.well-known/cardea/instance", _ -> instance());
  }

  /// Names this installation: who fetches the public URL must find this.
  static String instanceOf(Issuers issuers) throws Refused {
    return issuers.chain().getLast().fingerprint().hex();
  }

  private EdgeResponse certificate(EdgeRequest request) {
    String name = request.capture("certificate");
    for (Authority authority : issuers.authorities()) {
      if (name.equals(authority.id() + ".cer")) {
        return EdgeResponse.of(200)
            .withBody("application/pkix-cert", authority.certificate().der());
      }
    }
    return EdgeResponse.text(404, "no such authority");
  }

  private EdgeResponse instance() {
    try {
      return EdgeResponse.text(200, instanceOf(issuers));
    } catch (Refused refused) {
      return DeviceDoor.refused(refused.refusal());
    }
  }
}

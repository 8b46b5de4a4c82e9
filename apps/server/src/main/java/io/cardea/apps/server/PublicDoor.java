package io.cardea.apps.server;

import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.Crl;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Serial;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What relying parties fetch over plain HTTP: certificates of authorities and revocation lists,
/// from memory.
final class PublicDoor {
  private static final Duration LIST_LIFE = Duration.ofDays(1);
  private static final Duration SIGN_AGAIN = Duration.ofHours(6);

  private final Issuers issuers;
  private final Revocations revocations;
  private final PublicUrls urls;
  private final TrustedTime time;
  private volatile Map<String, byte[]> lists = Map.of();
  private Map<String, Signed> signed = Map.of();

  private record Signed(List<Revocations.Revoked> content, Instant at, byte[] der) {}

  PublicDoor(Issuers issuers, Revocations revocations, PublicUrls urls, TrustedTime time) {
    this.issuers = issuers;
    this.revocations = revocations;
    this.urls = urls;
    this.time = time;
  }

  Routes routes() {
    return Routes.builder()
        .immediate("GET", "/crl/{authority}/{shard}", this::list)
        .immediate("GET", "/ca/{certificate}", this::certificate)
        .immediate("GET", "/.well-known/cardea/instance", _ -> instance())
        .build();
  }

  /// Names this installation: who fetches the public URL must find this.
  static String instanceOf(Issuers issuers) throws Refused {
    return issuers.chain().getLast().fingerprint().hex();
  }

  /// Signs the lists whose content changed, and those that are getting old.
  synchronized void refresh() throws Refused {
    if (!time.trusted()) {
      return;
    }
    Instant now = time.instant();
    Map<String, Signed> next = new HashMap<>();
    Map<String, byte[]> bytes = new HashMap<>();
    for (Authority authority : issuers.authorities()) {
      List<Revocations.Revoked> content = revocations.revoked(authority.id(), 0, now);
      String name = authority.id() + "/0.crl";
      Signed known = signed.get(name);
      if (known == null
          || !known.content().equals(content)
          || known.at().plus(SIGN_AGAIN).isBefore(now)) {
        known = new Signed(content, now, sign(authority, content, now));
      }
      next.put(name, known);
      bytes.put(name, known.der());
    }
    signed = next;
    lists = Map.copyOf(bytes);
  }

  /// The list's number is the time of the one clock in milliseconds: it grows on every replica.
  private byte[] sign(Authority authority, List<Revocations.Revoked> content, Instant now)
      throws Refused {
    List<Crl.Entry> entries =
        content.stream()
            .map(one -> new Crl.Entry(new Serial(one.serial()), one.at(), one.reasonCode()))
            .toList();
    return Crl.sign(
            authority,
            issuers.key(authority),
            urls,
            0,
            BigInteger.valueOf(now.toEpochMilli()),
            now,
            now.plus(LIST_LIFE),
            entries)
        .der();
  }

  private EdgeResponse list(EdgeRequest request) {
    byte[] der = lists.get(request.capture("authority") + "/" + request.capture("shard"));
    return der == null
        ? EdgeResponse.text(404, "no such revocation list")
        : EdgeResponse.of(200).withBody("application/pkix-crl", der);
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

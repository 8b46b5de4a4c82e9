package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Pem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Manufacturers' authorities: who is trusted to say which device was born with which certificate.
final class ManufacturerRoutes {
  private final ApiParts parts;

  ManufacturerRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/manufacturers", this::list),
        Endpoint.put("/api/v1/manufacturers/{name}", Permission.CERTIFY, this::save),
        Endpoint.post("/api/v1/manufacturers/{name}/remove", Permission.CERTIFY, this::remove));
  }

  record NewManufacturer(
      @JsonProperty("class") @Nullable String deviceClass,
      @Nullable String environment,
      @Nullable String authorityPem,
      @Nullable String chainPem,
      @Nullable String revocationListsPem,
      @Nullable String deviceId,
      @Nullable Boolean registers,
      @Nullable String owner) {}

  record ManufacturerView(
      String name,
      @JsonProperty("class") String deviceClass,
      String environment,
      String authority,
      String certificateFingerprint,
      Instant notAfter,
      int chain,
      int revocationLists,
      @Nullable String deviceId,
      boolean registers,
      String owner,
      Instant importedAt) {

    static ManufacturerView of(Manufacturer its) {
      return new ManufacturerView(
          its.name(),
          its.deviceClass(),
          its.environment().word(),
          its.anchor().subject(),
          its.anchor().fingerprint().hex(),
          its.anchor().notAfter(),
          its.intermediates().size(),
          its.revocationLists().size(),
          its.rule().deviceId().orElse(null),
          its.rule().registers(),
          its.rule().owner(),
          its.importedAt());
    }
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("after", "limit"));
    return Reply.ok(
        Page.cut(
                parts.joining().manufacturers().list(call.actor()),
                call.query("after").orElse(""),
                call.limit(),
                Manufacturer::name)
            .map(ManufacturerView::of));
  }

  private Reply save(Call call) throws Refused {
    NewManufacturer body = call.body(NewManufacturer.class);
    List<Certificate> authority =
        Pem.certificates(Call.required("authority_pem", body.authorityPem()));
    if (authority.size() != 1) {
      throw Call.malformed("authority_pem: " + authority.size() + " certificates (expected: one)");
    }
    List<Certificate> chain =
        body.chainPem() == null ? List.of() : Pem.certificates(body.chainPem());
    List<byte[]> lists =
        body.revocationListsPem() == null
            ? List.of()
            : Pem.decode(body.revocationListsPem()).stream()
                .filter(block -> block.label().equals(Pem.CRL))
                .map(Pem::der)
                .toList();
    String deviceClass = Call.required("class", body.deviceClass());
    Environment environment =
        Words.read(
            "environment", Call.required("environment", body.environment()), Environment.class);
    Instant now = parts.time().instant();
    Manufacturer wanted =
        Call.valid(() ->
            new Manufacturer(
                call.path("name"),
                deviceClass,
                environment,
                authority.getFirst(),
                chain,
                lists,
                new Manufacturer.Rule(
                    Optional.ofNullable(body.deviceId()),
                    Boolean.TRUE.equals(body.registers()),
                    body.owner() == null ? "" : body.owner()),
                now));
    parts.joining().manufacturers().save(wanted, call.actor());
    return Reply.ok(ManufacturerView.of(wanted));
  }

  private Reply remove(Call call) throws Refused {
    call.bodyOrEmpty(Map.class);
    String name = call.path("name");
    parts.joining().manufacturers().remove(name, call.actor());
    return Reply.ok(Map.of("name", name));
  }
}

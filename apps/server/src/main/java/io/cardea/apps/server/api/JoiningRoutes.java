package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.CertificateCheck;
import io.cardea.life.enrolment.ManufacturingBatch;
import io.cardea.life.enrolment.ManufacturingBatch.Line;
import io.cardea.life.enrolment.ManufacturingBatch.Result;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Registry.Registration;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.path.PathStep;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How devices come in and change hands, and what would be decided about a certificate.
final class JoiningRoutes {
  private final ApiParts parts;

  JoiningRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.ask("/api/v1/certificates/check", this::check),
        Endpoint.bulk("/api/v1/manufacturing-batches", Permission.OPERATE, this::batch),
        Endpoint.post("/api/v1/devices/{id}/hand-over", Permission.OPERATE, this::handOver),
        Endpoint.post("/api/v1/devices/{id}/transfer", Permission.OPERATE, this::transfer));
  }

  record Question(
      @Nullable String certificatePem, @Nullable String chainPem, @Nullable String at) {}

  record StepView(String outcome, String check, String subject, String why, String rule) {
    static StepView of(PathStep step) {
      return new StepView(
          Words.of(step.outcome()), step.check(), step.subject(), step.why(), step.rule());
    }
  }

  record ReportView(boolean good, String decision, List<String> path, List<StepView> steps) {}

  record HandOver(@Nullable String reason, @Nullable String environment) {}

  record Transfer(@Nullable String reason, @Nullable String owner, @Nullable Boolean revoke) {}

  record Batch(
      @JsonProperty("class") @Nullable String deviceClass,
      @Nullable String environment,
      @Nullable String owner,
      @Nullable String site,
      @Nullable List<@Nullable BatchLine> devices) {}

  /// What a line does not say of class, environment, owner and site, the batch says for it.
  record BatchLine(
      @Nullable String id,
      @Nullable String serial,
      @JsonProperty("class") @Nullable String deviceClass,
      @Nullable String environment,
      @Nullable String owner,
      @Nullable String site,
      @Nullable String birthCertificate,
      @Nullable String birthSerialNumber,
      @Nullable Map<String, @Nullable String> labels) {}

  /// @param line its place in the batch, from 0
  record RefusedLine(int line, String device, String code, String detail) {}

  record BatchReport(int registered, int known, List<RefusedLine> refused) {}

  private Reply check(Call call) throws Refused {
    Question body = call.body(Question.class);
    List<Certificate> shown =
        Pem.certificates(Call.required("certificate_pem", body.certificatePem()));
    if (shown.isEmpty()) {
      throw Call.malformed("certificate_pem: no certificate");
    }
    List<Certificate> chain = new ArrayList<>(shown.subList(1, shown.size()));
    if (body.chainPem() != null) {
      chain.addAll(Pem.certificates(body.chainPem()));
    }
    Optional<Instant> at = time(body.at());
    CertificateCheck.Report report =
        parts.joining().check().check(shown.getFirst(), chain, at, call.actor());
    return Reply.ok(
        new ReportView(
            report.good(),
            report.decision(),
            report.path(),
            report.steps().stream().map(StepView::of).toList()));
  }

  private static Optional<Instant> time(@Nullable String text) throws Refused {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeParseException e) {
      throw Call.malformed("at: " + text + " (expected: a time as of RFC 3339, in UTC)");
    }
  }

  private Reply handOver(Call call) throws Refused {
    DeviceId id = DeviceRoutes.deviceId(call.path("id"));
    HandOver body = call.body(HandOver.class);
    Environment to =
        Words.read("environment", body.environment(), Environment.class, Environment.FIELD);
    String reason = Call.required("reason", body.reason());
    return reply(parts.joining().custody().handOver(id, to, reason, call.actor()));
  }

  private Reply transfer(Call call) throws Refused {
    DeviceId id = DeviceRoutes.deviceId(call.path("id"));
    Transfer body = call.body(Transfer.class);
    return reply(
        parts
            .joining()
            .custody()
            .transfer(
                id,
                Call.required("owner", body.owner()),
                Boolean.TRUE.equals(body.revoke()),
                Call.required("reason", body.reason()),
                call.actor()));
  }

  private static Reply reply(Device device) {
    return Reply.ok(DeviceView.of(device));
  }

  private Reply batch(Call call) throws Refused {
    Batch body = call.bulkBody(Batch.class);
    List<@Nullable BatchLine> devices = Call.required("devices", body.devices());
    if (devices.size() > ManufacturingBatch.MAX_LINES) {
      throw new Refused(
          Refusal.REQUEST_TOO_LARGE,
          "devices: "
              + devices.size()
              + " (expected: at most "
              + ManufacturingBatch.MAX_LINES
              + ")");
    }
    List<Line> lines = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<RefusedLine> refused = new ArrayList<>();
    for (int place = 0; place < devices.size(); place++) {
      BatchLine each = devices.get(place);
      try {
        lines.add(line(body, Call.required("devices", each)));
        places.add(place);
      } catch (Refused malformed) {
        refused.add(
            new RefusedLine(
                place,
                each == null || each.id() == null ? "" : each.id(),
                malformed.refusal().code(),
                malformed.detail()));
      }
    }
    int registered = 0;
    int known = 0;
    List<Result> results = parts.joining().batch().register(lines, call.actor());
    for (int i = 0; i < results.size(); i++) {
      switch (results.get(i)) {
        case Result.Registered _ -> registered++;
        case Result.Known _ -> known++;
        case Result.Refusing(var device, var refusal, var detail) ->
            refused.add(new RefusedLine(places.get(i), device, refusal.code(), detail));
      }
    }
    refused.sort(Comparator.comparingInt(RefusedLine::line));
    return Reply.ok(new BatchReport(registered, known, refused));
  }

  private static Line line(Batch batch, BatchLine its) throws Refused {
    Map<String, String> labels = new TreeMap<>();
    if (its.labels() != null) {
      for (Map.Entry<String, @Nullable String> label : its.labels().entrySet()) {
        labels.put(label.getKey(), Call.required("labels." + label.getKey(), label.getValue()));
      }
    }
    Optional<Fingerprint> certificate;
    try {
      certificate = Optional.ofNullable(its.birthCertificate()).map(Fingerprint::parse);
    } catch (IllegalArgumentException e) {
      throw Call.malformed(
          "birth_certificate: "
              + its.birthCertificate()
              + " (expected: SHA-256, 64 hexadecimal digits)");
    }
    return new Line(
        new Registration(
            DeviceRoutes.deviceId(Call.required("id", its.id())),
            Optional.ofNullable(its.serial()),
            Call.required("class", or(its.deviceClass(), batch.deviceClass())),
            Optional.ofNullable(or(its.owner(), batch.owner())).orElse(""),
            Words.read(
                "environment",
                or(its.environment(), batch.environment()),
                Environment.class,
                Environment.PRODUCTION),
            Optional.ofNullable(or(its.site(), batch.site())),
            labels),
        certificate,
        Optional.ofNullable(its.birthSerialNumber()));
  }

  private static @Nullable String or(@Nullable String said, @Nullable String otherwise) {
    return said == null ? otherwise : said;
  }
}

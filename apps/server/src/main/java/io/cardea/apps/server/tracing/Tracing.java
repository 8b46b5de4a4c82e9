package io.cardea.apps.server.tracing;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.SignatureScheme;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.WrappedKey;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Sighting;
import io.cardea.protocols.est.EnrolmentDoor;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Wraps the ports that a request for a certificate goes through, so that each of its steps is a
/// span: the enrolment itself, reading the lineage, signing, and the commit.
///
/// A device cannot begin a trace, nor say that one is kept: what it sends is not looked at. Spans
/// are sent in batches from a bounded queue; a collector that does not answer costs spans and
/// nothing else. No token, key or request is in them.
public final class Tracing implements AutoCloseable {
  private static final AttributeKey<String> PROTOCOL = AttributeKey.stringKey("cardea.protocol");
  private static final AttributeKey<String> ANSWER = AttributeKey.stringKey("cardea.answer");
  private static final AttributeKey<String> REFUSAL = AttributeKey.stringKey("cardea.refusal");
  private static final AttributeKey<String> DEVICE = AttributeKey.stringKey("cardea.device.id");
  private static final AttributeKey<String> CREDENTIAL =
      AttributeKey.stringKey("cardea.credential.id");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("cardea.outcome");
  private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("cardea.scheme");
  private static final AttributeKey<Long> CHANGES = AttributeKey.longKey("cardea.changes");

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Optional<SdkTracerProvider> provider;
  private final Tracer tracer;

  private Tracing(Optional<SdkTracerProvider> provider) {
    this.provider = provider;
    TracerProvider its = provider.isPresent() ? provider.get() : TracerProvider.noop();
    this.tracer = its.get("io.cardea");
  }

  /// Without settings nothing is traced, and nothing is wrapped.
  public static Tracing to(Optional<TraceSettings> settings) {
    return new Tracing(settings.map(Tracing::provider));
  }

  private static SdkTracerProvider provider(TraceSettings settings) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.endpoint().toString())
            .setTimeout(PATIENCE)
            .build();
    return SdkTracerProvider.builder()
        .setResource(
            Resource.getDefault()
                .merge(
                    Resource.create(
                        Attributes.of(AttributeKey.stringKey("service.name"), "cardea"))))
        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.percent() / 100.0)))
        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
        .build();
  }

  public EnrolmentDoor traced(EnrolmentDoor door) {
    if (provider.isEmpty()) {
      return door;
    }
    return (applicant, csr, protocol) -> {
      Span span =
          tracer
              .spanBuilder("enrolment")
              .setParent(Context.root())
              .setSpanKind(SpanKind.SERVER)
              .setAttribute(PROTOCOL, protocol)
              .startSpan();
      try (Scope _ = span.makeCurrent()) {
        Answer answer = door.enrol(applicant, csr, protocol);
        describe(span, answer);
        return answer;
      } finally {
        span.end();
      }
    };
  }

  private static void describe(Span span, Answer answer) {
    switch (answer) {
      case Answer.Issued issued ->
          span.setAttribute(ANSWER, issued.again() ? "again" : "issued")
              .setAttribute(DEVICE, issued.device().value())
              .setAttribute(CREDENTIAL, issued.credential().toString());
      case Answer.Wait _ -> span.setAttribute(ANSWER, "wait");
      case Answer.TooOften tooOften ->
          span.setAttribute(ANSWER, "too-often").setAttribute(REFUSAL, tooOften.refusal().code());
      case Answer.Declined declined ->
          span.setAttribute(ANSWER, "declined").setAttribute(REFUSAL, declined.refusal().code());
    }
  }

  public Lineages traced(Lineages lineages) {
    if (provider.isEmpty()) {
      return lineages;
    }
    return new Lineages() {
      @Override
      public Optional<Sighting> byCertificate(
          Fingerprint certificate, Optional<Fingerprint> wantedKey) {
        return step("lineage.read", span -> lineages.byCertificate(certificate, wantedKey));
      }

      @Override
      public Optional<Sighting> bySlot(SlotId slot, Optional<Fingerprint> wantedKey) {
        return step("lineage.read", span -> lineages.bySlot(slot, wantedKey));
      }

      @Override
      public List<SlotId> slots(DeviceId device) {
        return lineages.slots(device);
      }

      @Override
      public Optional<Sighting> whole(SlotId slot) {
        return lineages.whole(slot);
      }

      @Override
      public List<Retiring> retiring(Instant now, int limit) {
        return lineages.retiring(now, limit);
      }

      @Override
      public void postpone(List<CredentialId> retiring, Instant until) {
        lineages.postpone(retiring, until);
      }

      @Override
      public List<Expired> expired(Place after, Instant until, int limit) {
        return lineages.expired(after, until, limit);
      }
    };
  }

  public Commits traced(Commits commits) {
    if (provider.isEmpty()) {
      return commits;
    }
    return decision ->
        step(
            "commit",
            span -> {
              Commits.Outcome outcome = commits.commit(decision);
              span.setAttribute(CHANGES, (long) decision.changes().size())
                  .setAttribute(OUTCOME, word(outcome));
              return outcome;
            });
  }

  private static String word(Commits.Outcome outcome) {
    return switch (outcome) {
      case Commits.Outcome.Committed _ -> "committed";
      case Commits.Outcome.Stale _ -> "stale";
      case Commits.Outcome.Taken _ -> "taken";
    };
  }

  /// The keys of authorities, whose signatures are steps.
  public AuthorityKeys traced(AuthorityKeys keys) {
    if (provider.isEmpty()) {
      return keys;
    }
    return new AuthorityKeys() {
      @Override
      public WrappedKey create(CertKey kind, KeyHome home) throws Refused {
        return keys.create(kind, home);
      }

      @Override
      public WrappedKey adopt(SubjectPublicKey publicKey, byte[] pkcs8) throws Refused {
        return keys.adopt(publicKey, pkcs8);
      }

      @Override
      public WrappedKey inToken(SubjectPublicKey publicKey, String labelOrId) throws Refused {
        return keys.inToken(publicKey, labelOrId);
      }

      @Override
      public AuthorityKey open(WrappedKey key) throws Refused {
        return new TracedKey(keys.open(key));
      }
    };
  }

  private final class TracedKey implements AuthorityKey {
    private final AuthorityKey key;

    TracedKey(AuthorityKey key) {
      this.key = key;
    }

    @Override
    public SignatureScheme scheme() {
      return key.scheme();
    }

    @Override
    public SubjectPublicKey publicKey() {
      return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] toBeSigned) throws Refused {
      return step(
          "sign",
          span -> {
            span.setAttribute(SCHEME, key.scheme().name());
            return key.sign(toBeSigned);
          });
    }
  }

  /// A part of something, with what it may throw.
  private interface Work<T, X extends Exception> {
    T on(Span span) throws X;
  }

  /// A step of an enrolment is a span; the same outside of one, a list for instance, is none.
  private <T, X extends Exception> T step(String name, Work<T, X> work) throws X {
    if (!Span.current().getSpanContext().isValid()) {
      return work.on(Span.getInvalid());
    }
    Span span = tracer.spanBuilder(name).startSpan();
    boolean well = false;
    try (Scope _ = span.makeCurrent()) {
      T result = work.on(span);
      well = true;
      return result;
    } finally {
      if (!well) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }

  /// Sends what is left, if the collector takes it soon.
  @Override
  public void close() {
    provider.ifPresent(its -> its.shutdown().join(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }
}

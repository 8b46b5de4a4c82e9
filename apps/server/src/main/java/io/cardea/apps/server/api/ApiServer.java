package io.cardea.apps.server.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerTlsConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.cardea.protocols.edge.TlsMaterial;
import io.netty.handler.ssl.ClientAuth;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The API on its own port: TLS without client certificates, HTTP/1.1 and HTTP/2.
///
/// The key and chain are asked for at each handshake, so that a new certificate serves from the
/// next connection on. Closing it finishes what was begun, within a bound.
public final class ApiServer implements AutoCloseable {
  static final int MAX_BODY = 64 * 1024;

  /// Of a body with many things in it.
  static final int MAX_BULK_BODY = 2 * 1024 * 1024;

  private static final int PLACES = 128;
  private static final int BULK_PLACES = 8;
  private static final int OPEN_PLACES = 32;
  private static final int MAX_CONNECTIONS = 1_024;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofMillis(100);

  private final Server server;
  private final ExecutorService executor;

  private ApiServer(Server server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /// Serves until it is closed.
  ///
  /// @param bind port 0 takes a free one, see [#port]
  /// @param identity asked at each handshake, on an event loop: it returns what it has, at once
  /// @param drain how long closing waits for what was begun
  public static ApiServer start(
      ApiParts parts,
      InetSocketAddress bind,
      Supplier<TlsMaterial.Chain> identity,
      Duration drain) {
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("api-", 0).factory());
    ServerBuilder builder =
        Server.builder()
            .port(bind, SessionProtocol.HTTPS)
            .tlsProvider(
                new Keys(identity), ServerTlsConfig.builder().clientAuth(ClientAuth.NONE).build())
            .maxRequestLength(MAX_BODY)
            .maxNumConnections(MAX_CONNECTIONS)
            .requestTimeout(REQUEST_TIMEOUT)
            .decorator(ApiServer::afterTheBody)
            .idleTimeout(IDLE_TIMEOUT)
            .http1MaxInitialLineLength(8 * 1024)
            .http1MaxHeaderSize(16 * 1024)
            .http2MaxHeaderListSize(16 * 1024)
            .http2MaxStreamsPerConnection(100)
            .gracefulShutdownTimeout(QUIET, drain)
            .disableServerHeader()
            .errorHandler(new ProblemPages());
    Semaphore places = new Semaphore(PLACES);
    Semaphore openPlaces = new Semaphore(OPEN_PLACES);
    Semaphore bulkPlaces = new Semaphore(BULK_PLACES);
    Map<String, Dispatcher> paths = new LinkedHashMap<>();
    List<Endpoint> endpoints = endpoints(parts);
    for (Endpoint endpoint : endpoints) {
      Semaphore its =
          endpoint.size() == Endpoint.Size.BULK
              ? bulkPlaces
              : endpoint.permission().isEmpty() ? openPlaces : places;
      paths
          .computeIfAbsent(
              endpoint.path(),
              _ -> new Dispatcher(parts.bearer(), parts.perToken(), parts.events(), executor, its))
          .add(endpoint);
    }
    for (Endpoint read : endpoints) {
      for (Endpoint change : endpoints) {
        if (read.isRead() && change.changes(read)) {
          Objects.requireNonNull(paths.get(change.path())).about(read);
        }
      }
    }
    paths.forEach((path, dispatcher) ->
        builder.route().path(path).maxRequestLength(dispatcher.maxBody()).build(dispatcher));
    Server server = builder.build();
    server.start().join();
    return new ApiServer(server, executor);
  }

  /// An answer may be known before the body has come: to a stranger, for one. It is sent after the
  /// body, which is thrown away within the bounds of size and time that hold anyhow. The engine
  /// would reset a stream that still sends, and many a client of HTTP/2 then reports the reset and
  /// not the answer.
  private static HttpResponse afterTheBody(
      HttpService service, ServiceRequestContext context, HttpRequest request) throws Exception {
    return HttpResponse.of(
        service
            .serve(context, request)
            .aggregate()
            .thenCompose(answer -> end(request).handle((_, _) -> answer.toHttpResponse())));
  }

  private static CompletableFuture<Void> end(HttpRequest request) {
    return request.isComplete() ? CompletableFuture.completedFuture(null) : request.subscribe();
  }

  /// Every operation there is: `openapi.yaml` lists the same.
  static List<Endpoint> endpoints(ApiParts parts) {
    List<Endpoint> all = new ArrayList<>();
    all.addAll(new DeviceRoutes(parts).endpoints());
    all.addAll(new EnrolmentRoutes(parts).endpoints());
    all.addAll(new JoiningRoutes(parts).endpoints());
    all.addAll(new ManufacturerRoutes(parts).endpoints());
    all.addAll(new ClassRoutes(parts).endpoints());
    all.addAll(new AudienceRoutes(parts.audiences()).endpoints());
    all.addAll(new AuthorityRoutes(parts.authorities(), parts.profileDesk()).endpoints());
    all.addAll(
        new AuthorityActRoutes(
                parts.authorityDesk(), parts.authoritySuccession(), parts.usualKeyHome())
            .endpoints());
    all.addAll(new CredentialRoutes(parts).endpoints());
    all.addAll(new SecretRoutes(parts).endpoints());
    all.addAll(new MassRevocationRoutes(parts.massRevocation()).endpoints());
    all.addAll(new EmergencyRoutes(parts.emergencies()).endpoints());
    all.addAll(new PlanRoutes(parts.plans()).endpoints());
    all.addAll(new CalendarRoutes(parts.calendar()).endpoints());
    all.addAll(new CampaignRoutes(parts.campaigns()).endpoints());
    all.addAll(new IssuanceRoutes(parts.issuanceDesk()).endpoints());
    all.addAll(new AlarmRoutes(parts.watch(), parts.time()).endpoints());
    all.addAll(new HandshakeRoutes(parts.handshakes()).endpoints());
    all.addAll(new LedgerRoutes(parts.view()).endpoints());
    all.addAll(new ApiTokenRoutes(parts).endpoints());
    all.addAll(new OpenRoutes(parts).endpoints());
    return all;
  }

  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    server.close();
    executor.close();
  }

  /// The engine keeps what it built of a pair for as long as it gets the same one.
  private static final class Keys implements TlsProvider {
    private final Supplier<TlsMaterial.Chain> identity;
    private volatile Pair last;

    private record Pair(TlsMaterial.Chain chain, TlsKeyPair keys) {}

    Keys(Supplier<TlsMaterial.Chain> identity) {
      this.identity = identity;
      this.last = pair(identity.get());
    }

    @Override
    public TlsKeyPair keyPair(String hostname) {
      TlsMaterial.Chain now = identity.get();
      Pair pair = last;
      if (!pair.chain().equals(now)) {
        pair = pair(now);
        last = pair;
      }
      return pair.keys();
    }

    private static Pair pair(TlsMaterial.Chain chain) {
      return new Pair(chain, TlsKeyPair.of(chain.key(), chain.certificates()));
    }
  }
}

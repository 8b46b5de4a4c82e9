package io.cardea.apps.server.config;

import io.cardea.apps.server.oidc.RoleRule;
import io.cardea.life.pki.KeyHome;
import io.cardea.protocols.edge.Proxies.Network;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Every key, in the order of the reference.
final class Keys {
  static final Key<Path> DATA_DIRECTORY =
      Key.derived(
          "data.directory",
          Kind.path(),
          "/var/lib/cardea for root, else ./.cardea",
          "Where the server keeps its embedded database, its wrapping key, its CA file and the administrator's token."
              + " A relative path starts at the working directory.");
  static final Key<URI> PUBLIC_URL =
      Key.required(
          "public.url",
          Kind.plainHttpUrl(),
          "Where the world reaches `http.listen`. It is written into every certificate (CRL, OCSP and issuer address)"
              + " and stays there for years: choose a name that you will keep.");
  static final Key<String> TRUST_DOMAIN =
      Key.derived(
          "identity.trust-domain",
          Kind.trustDomain(),
          "the host of `public.url`",
          "Names your fleet in each device's identity, spiffe://TRUST-DOMAIN/device/ID. Read at the first start, and"
              + " written into certificates for years.");
  static final Key<Listen> DEVICE_LISTEN =
      Key.withDefault(
          "device.listen",
          Kind.listen(),
          "0.0.0.0:8443",
          "Devices: enrolment and renewal over TLS, the client certificate optional.");
  static final Key<Listen> API_LISTEN =
      Key.withDefault(
          "api.listen",
          Kind.listen(),
          "0.0.0.0:9443",
          "People and programs: the API with a bearer token over TLS, health and metrics. Bind it to 127.0.0.1 when"
              + " only this host should reach it.");
  static final Key<Listen> HTTP_LISTEN =
      Key.withDefault(
          "http.listen",
          Kind.listen(),
          "0.0.0.0:8080",
          "Plain HTTP: CA certificates, and what relying parties fetch. Nothing secret goes over it.");
  static final Key<Listen> POINTS_LISTEN =
      Key.optional(
          "points.listen",
          Kind.listen(),
          "Enforcement points (brokers, proxies, gateways): reports of sessions, and orders to end them, over TLS with the"
              + " certificate of a registered device. Usually 0.0.0.0:7443; without it nothing listens.");
  static final Key<List<String>> TLS_NAMES =
      Key.derived(
          "tls.names",
          Kind.hostNames(),
          "the host of `public.url`, localhost and 127.0.0.1",
          "The names in the server's own certificate: each name and address by which devices and people call it.");
  static final Key<Path> TLS_CERTIFICATE =
      Key.optional(
          "tls.certificate",
          Kind.path(),
          "A server certificate from another PKI instead of one from Cardea's own: its chain in PEM, the leaf first. Read"
              + " again when it changes.");
  static final Key<Path> TLS_KEY =
      Key.optional(
          "tls.key",
          Kind.path(),
          "Its key in PEM (PKCS#8, EC or RSA, without a passphrase), which nobody but its owner and group can read.");
  static final Key<Path> TLS_SECOND_CERTIFICATE =
      Key.optional(
          "tls.second-certificate",
          Kind.path(),
          "Another one, of RSA where the first is of EC or the other way round: each device is shown the one that it can"
              + " verify. People are shown the first.");
  static final Key<Path> TLS_SECOND_KEY =
      Key.optional("tls.second-key", Kind.path(), "The key of the second one.");
  static final Key<Path> TLS_ANCHORS =
      Key.optional(
          "tls.anchors",
          Kind.path(),
          "The roots of that PKI in PEM: a chain that does not lead to one of them is not used, and EST clients are told"
              + " of them in `cacerts`.");
  static final Key<String> DATABASE_URL =
      Key.derived(
          "database.url",
          Kind.postgresqlUrl(),
          "none: an embedded PostgreSQL in `data.directory`",
          "A PostgreSQL of your own. To another host it has to say `sslmode=`:"
              + " `verify-full` with `sslrootcert=`, or what else you choose.");
  static final Key<String> DATABASE_USER =
      Key.optional("database.user", Kind.text("a role of the database"), "The role to connect as.");
  static final Key<Path> DATABASE_PASSWORD_FILE =
      Key.optional(
          "database.password-file",
          Kind.path(),
          "A file with the role's password, readable by its owner alone. A line break at its end is not part of it.");
  static final Key<Secret> DATABASE_PASSWORD =
      Key.secret(
          "database.password",
          Kind.secret(),
          "The password itself. In the file only when nobody else can read the file; better use"
              + " `database.password-file`.");
  static final Key<Integer> DATABASE_POOL_SIZE =
      Key.withDefault(
          "database.pool-size",
          Kind.integer(2, 200),
          "10",
          "Connections to the database, the writers' included.");
  static final Key<List<String>> DATABASE_REPORTING_STANDBYS =
      Key.optional(
          "database.reporting-standbys",
          Kind.names(),
          "The application_name of each standby that nobody will ever promote. Any other one that follows without being"
              + " synchronous raises the alarm `standby-not-synchronous`.");
  static final Key<KeyHome> KEYS_HOME =
      Key.withDefault(
          "keys.home",
          Kind.oneOf(KeyHome.class),
          "software",
          "Where keys of authorities are made when nobody says where: those of the first start too. In software they are"
              + " stored encrypted under the wrapping key.");
  static final Key<Path> KEYS_PKCS11_MODULE =
      Key.optional(
          "keys.pkcs11.module",
          Kind.path(),
          "The PKCS#11 module of a token that holds keys of authorities, such as"
              + " `/usr/lib/softhsm/libsofthsm2.so`. Linux and macOS.");
  static final Key<String> KEYS_PKCS11_TOKEN =
      Key.optional(
          "keys.pkcs11.token",
          Kind.text("the label of a token, or slot:NUMBER"),
          "Which token of the module: its label, or `slot:` and the number of its slot.");
  static final Key<Path> KEYS_PKCS11_PIN_FILE =
      Key.optional(
          "keys.pkcs11.pin-file",
          Kind.path(),
          "A file with the user PIN of the token, readable by its owner alone. Under systemd, better the credential"
              + " `cardea-pkcs11-pin`.");
  static final Key<Duration> KEYS_PKCS11_TIMEOUT =
      Key.withDefault(
          "keys.pkcs11.timeout",
          Kind.duration("100ms", "60s"),
          "5s",
          "For one signature, the time in the queue before the token included; beyond, the request is answered with 503"
              + " and Retry-After.");
  static final Key<Integer> KEYS_PKCS11_SESSIONS =
      Key.withDefault(
          "keys.pkcs11.sessions",
          Kind.integer(1, 64),
          "4",
          "Sessions with the token, and so signatures made at once.");
  static final Key<Integer> ISSUE_WRITERS =
      Key.withDefault(
          "issue.writers",
          Kind.integer(1, 16),
          "2",
          "Writers that group decisions into commits. More of them help only when the disk is slow to confirm.");
  static final Key<Path> ENROLMENT_REFUSED_KEYS =
      Key.optional(
          "enrolment.refused-keys",
          Kind.path(),
          "Public keys that are never certified or believed, such as those of Debian's weak generator: in each line the"
              + " SHA-256 of one SubjectPublicKeyInfo, in 64 lower-case hexadecimal digits. Read again when it changes.");
  static final Key<Duration> EDGE_HANDSHAKE_TIMEOUT =
      Key.withDefault(
          "edge.handshake-timeout",
          Kind.duration("100ms", "5m"),
          "10s",
          "From accepting a connection to the end of its TLS handshake.");
  static final Key<Duration> EDGE_REQUEST_TIMEOUT =
      Key.withDefault(
          "edge.request-timeout",
          Kind.duration("100ms", "5m"),
          "10s",
          "From a request's first byte to its last.");
  static final Key<Duration> EDGE_IDLE_TIMEOUT =
      Key.withDefault(
          "edge.idle-timeout",
          Kind.duration("1s", "1h"),
          "60s",
          "Between an answer and the next request on a connection.");
  static final Key<Duration> EDGE_WRITE_TIMEOUT =
      Key.withDefault(
          "edge.write-timeout",
          Kind.duration("100ms", "5m"),
          "10s",
          "Until a client has taken an answer.");
  static final Key<Integer> EDGE_HEADER_SIZE =
      Key.withDefault(
          "edge.header-size",
          Kind.size("1KiB", "64KiB"),
          "8KiB",
          "The most for a request line, and apart from it for all header fields together.");
  static final Key<Integer> EDGE_BODY_SIZE =
      Key.withDefault(
          "edge.body-size", Kind.size("4KiB", "1MiB"), "64KiB", "The most for a request's body.");
  static final Key<Integer> EDGE_CONNECTIONS =
      Key.withDefault(
          "edge.connections",
          Kind.integer(1, 1_000_000),
          "10000",
          "Connections open at once on a listener.");
  static final Key<Integer> EDGE_CONNECTIONS_PER_ADDRESS =
      Key.withDefault(
          "edge.connections-per-address",
          Kind.integer(1, 1_000_000),
          "4000",
          "Of those, from one IPv4 address or one IPv6 /64.");
  static final Key<Integer> EDGE_REQUESTS_PER_CONNECTION =
      Key.withDefault(
          "edge.requests-per-connection",
          Kind.integer(1, 1_000_000),
          "10000",
          "Requests until a connection is closed after its answer.");
  static final Key<Integer> EDGE_REQUESTS_IN_FLIGHT =
      Key.withDefault(
          "edge.requests-in-flight",
          Kind.integer(1, 100_000),
          "128",
          "Requests in work at once, over all connections.");
  static final Key<Integer> EDGE_REQUESTS_WAITING =
      Key.withDefault(
          "edge.requests-waiting",
          Kind.integer(0, 100_000),
          "1024",
          "Requests that wait to be in work, those whose certificate expires first before the others; beyond, whoever can wait longest gets 503 with a Retry-After by what is served per second.");
  static final Key<Integer> EDGE_HANDSHAKE_SHARE =
      Key.withDefault(
          "edge.handshake-share",
          Kind.integer(1, 100),
          "50",
          "Percent of an event loop's time that TLS handshakes take at most, so that a flood of them leaves the rest to devices that are connected.");
  static final Key<Integer> LIMITS_DEVICE =
      Key.withDefault(
          "limits.device-per-minute",
          Kind.integer(0, 1_000_000),
          "60",
          "Requests for a certificate that show one and the same, at a replica, in a minute; beyond, 429 with a"
              + " Retry-After. 0: no limit.");
  static final Key<Integer> LIMITS_TOKEN =
      Key.withDefault(
          "limits.token-per-minute",
          Kind.integer(0, 1_000_000),
          "20",
          "The same for requests with an enrolment token, right or wrong, for one device from one source.");
  static final Key<Integer> LIMITS_CLASS =
      Key.withDefault(
          "limits.class-per-second",
          Kind.integer(0, 1_000_000),
          "0",
          "New certificates for the devices of one class, at a replica, in a second; beyond, 503 with a Retry-After"
              + " that spreads those who wait. 0: no limit.");
  static final Key<Integer> LIMITS_API_TOKEN =
      Key.withDefault(
          "limits.api-token-per-second",
          Kind.integer(0, 1_000_000),
          "500",
          "Requests at the API with one token, at a replica, in a second; beyond, 429 with a Retry-After. 0: no limit.");
  static final Key<Path> CRL_FOLDER =
      Key.optional(
          "crl.folder",
          Kind.path(),
          "A folder of revocation lists that others signed, such as those of a root elsewhere: NAME.crl in it is served"
              + " at `public.url` under /lists/NAME.crl, the newest good one.");
  static final Key<Integer> CRL_MEMORY =
      Key.withDefault(
          "crl.memory",
          Kind.size("1MiB", "1024MiB"),
          "64MiB",
          "Revocation lists that are kept in memory; each is read again from the database when asked for.");
  static final Key<Integer> OCSP_MEMORY =
      Key.withDefault(
          "ocsp.memory",
          Kind.size("1MiB", "1024MiB"),
          "64MiB",
          "Signed OCSP answers that are kept in memory, about 600 bytes each. One that was dropped is signed anew.");
  static final Key<Duration> OCSP_ANSWER_LIFE =
      Key.withDefault(
          "ocsp.answer-life",
          Kind.duration("1m", "7d"),
          "1h",
          "How long relying parties may believe an OCSP answer that they keep. Those who ask learn of a revocation"
              + " within a second, whatever this is.");
  static final Key<RevocationSettings.Nonce> OCSP_NONCE =
      Key.withDefault(
          "ocsp.nonce",
          Kind.oneOf(RevocationSettings.Nonce.class),
          "ignore",
          "Whether the nonce of a question is repeated in its answer, which must then be signed for this one question.");
  static final Key<List<Network>> PROXY_PASS_THROUGH =
      Key.optional(
          "proxy.pass-through",
          Kind.networks(),
          "Networks of proxies in front of `device.listen` that hand on TLS as it is. Each connection from there has to"
              + " begin with a PROXY header, version 2 or 1; from elsewhere none may.");
  static final Key<List<String>> PROXY_CERTIFICATES =
      Key.optional(
          "proxy.certificates",
          Kind.fingerprints(),
          "SHA-256 of the client certificate of each proxy that ends TLS in front of `device.listen`. Its `Client-Cert`"
              + " (RFC 9440) is believed, and nobody else's.");
  static final Key<Boolean> PROXY_PROVES =
      Key.withDefault(
          "proxy.proves",
          Kind.bool(),
          "false",
          "Whether what such a proxy says counts as a full handshake, which ends the acceptance of older credentials."
              + " Only when it never resumes a TLS session.");
  static final Key<Listen> MQTT_LISTEN =
      Key.optional(
          "mqtt.listen",
          Kind.listen(),
          "Devices by MQTT over TLS, such as 0.0.0.0:8883: with it, the embedded broker runs. The limits of `edge.` hold"
              + " here too.");
  static final Key<Integer> MQTT_PACKET_SIZE =
      Key.withDefault(
          "mqtt.packet-size",
          Kind.size("1KiB", "16MiB"),
          "256KiB",
          "The longest MQTT packet, and so the longest message.");
  static final Key<Integer> MQTT_QUEUED =
      Key.withDefault(
          "mqtt.queued-messages",
          Kind.integer(10, 1_000_000),
          "1000",
          "Messages that wait for one client while it is away or slow; beyond, new ones are dropped for it.");
  static final Key<Duration> MQTT_SESSION_EXPIRY =
      Key.withDefault(
          "mqtt.session-expiry",
          Kind.duration("1s", "3650d"),
          "7d",
          "The longest that a client's session, with what is queued for it, outlives its connection.");
  static final Key<List<String>> MQTT_READERS =
      Key.optional(
          "mqtt.readers",
          Kind.names(),
          "The registered ids of those that may read what every device publishes: programs with a certificate of their"
              + " own.");
  static final Key<Duration> DRAIN_TIMEOUT =
      Key.withDefault(
          "drain.timeout",
          Kind.duration("1s", "10m"),
          "20s",
          "How long a stopping server lets requests in flight finish.");
  static final Key<Duration> CLOCK_MAX_DRIFT =
      Key.withDefault(
          "clock.max-drift",
          Kind.duration("100ms", "60s"),
          "5s",
          "How far the host's clock and the database's may be apart before issuing stops.");
  static final Key<Duration> BACKUP_EXPECTED_EVERY =
      Key.withDefault(
          "backup.expected-every",
          Kind.duration("1h", "3650d"),
          "7d",
          "How old the last `cardea backup` may be before the alarm `backup-overdue`: a little more than the time between"
              + " two. Very long, if you back up by other means.");
  static final Key<Duration> CREDENTIALS_KEEP_EXPIRED =
      Key.withDefault(
          "credentials.keep-expired",
          Kind.duration("1s", "36500d"),
          "30d",
          "How long an expired credential stays in the inventory after the grace of its class is over; then it is"
              + " removed, and the ledger alone tells of it. Very long, if nothing is to go.");
  static final Key<URI> TRACES_ENDPOINT =
      Key.optional(
          "traces.endpoint",
          Kind.serviceUrl(),
          "A collector of OpenTelemetry that takes OTLP over HTTP, like http://localhost:4318/v1/traces. Requests for"
              + " certificates are traced when it is set.");
  static final Key<Integer> TRACES_PERCENT =
      Key.withDefault(
          "traces.percent", Kind.integer(1, 100), "10", "Of these requests, how many are traced.");
  static final Key<URI> OIDC_ISSUER =
      Key.optional(
          "oidc.issuer",
          Kind.httpsUrl(),
          "An OpenID Connect provider whose tokens sign in at the API, as bearer tokens. Written as it is in its tokens.");
  static final Key<String> OIDC_AUDIENCE =
      Key.optional(
          "oidc.audience",
          Kind.text("a name"),
          "What a token must be made for: its `aud` has this.");
  static final Key<Path> OIDC_CA_FILE =
      Key.derived(
          "oidc.ca-file",
          Kind.path(),
          "the JDK's authorities",
          "PEM file with the authorities of the provider's TLS certificate.");
  static final Key<String> OIDC_ROLES_CLAIM =
      Key.withDefault(
          "oidc.roles-claim", Kind.text("a name"), "groups", "The claim that roles follow from.");
  static final Key<List<RoleRule>> OIDC_ROLES =
      Key.optional(
          "oidc.roles",
          Kind.roleRules(),
          "Which value of the claim gives which role; the first one that fits holds, and nobody else signs in.");
  static final Key<LogSettings.Level> LOG_LEVEL =
      Key.withDefault("log.level", Kind.oneOf(LogSettings.Level.class), "info", "What is logged.");
  static final Key<LogSettings.Format> LOG_FORMAT =
      Key.withDefault(
          "log.format",
          Kind.oneOf(LogSettings.Format.class),
          "text",
          "Lines for people, or one JSON object a line.");

  static final List<Key<?>> ALL =
      List.of(
          DATA_DIRECTORY,
          PUBLIC_URL,
          TRUST_DOMAIN,
          DEVICE_LISTEN,
          API_LISTEN,
          HTTP_LISTEN,
          POINTS_LISTEN,
          TLS_NAMES,
          TLS_CERTIFICATE,
          TLS_KEY,
          TLS_SECOND_CERTIFICATE,
          TLS_SECOND_KEY,
          TLS_ANCHORS,
          DATABASE_URL,
          DATABASE_USER,
          DATABASE_PASSWORD_FILE,
          DATABASE_PASSWORD,
          DATABASE_POOL_SIZE,
          KEYS_HOME,
          KEYS_PKCS11_MODULE,
          KEYS_PKCS11_TOKEN,
          KEYS_PKCS11_PIN_FILE,
          KEYS_PKCS11_TIMEOUT,
          KEYS_PKCS11_SESSIONS,
          DATABASE_REPORTING_STANDBYS,
          ISSUE_WRITERS,
          ENROLMENT_REFUSED_KEYS,
          EDGE_HANDSHAKE_TIMEOUT,
          EDGE_REQUEST_TIMEOUT,
          EDGE_IDLE_TIMEOUT,
          EDGE_WRITE_TIMEOUT,
          EDGE_HEADER_SIZE,
          EDGE_BODY_SIZE,
          EDGE_CONNECTIONS,
          EDGE_CONNECTIONS_PER_ADDRESS,
          EDGE_REQUESTS_PER_CONNECTION,
          EDGE_REQUESTS_IN_FLIGHT,
          EDGE_REQUESTS_WAITING,
          EDGE_HANDSHAKE_SHARE,
          LIMITS_DEVICE,
          LIMITS_TOKEN,
          LIMITS_CLASS,
          LIMITS_API_TOKEN,
          CRL_FOLDER,
          CRL_MEMORY,
          OCSP_MEMORY,
          OCSP_ANSWER_LIFE,
          OCSP_NONCE,
          PROXY_PASS_THROUGH,
          PROXY_CERTIFICATES,
          PROXY_PROVES,
          MQTT_LISTEN,
          MQTT_PACKET_SIZE,
          MQTT_QUEUED,
          MQTT_SESSION_EXPIRY,
          MQTT_READERS,
          DRAIN_TIMEOUT,
          CLOCK_MAX_DRIFT,
          BACKUP_EXPECTED_EVERY,
          CREDENTIALS_KEEP_EXPIRED,
          TRACES_ENDPOINT,
          TRACES_PERCENT,
          OIDC_ISSUER,
          OIDC_AUDIENCE,
          OIDC_CA_FILE,
          OIDC_ROLES_CLAIM,
          OIDC_ROLES,
          LOG_LEVEL,
          LOG_FORMAT);

  private Keys() {}

  static Optional<Key<?>> named(String name) {
    return ALL.stream().filter(key -> key.name().equals(name)).findFirst();
  }
}

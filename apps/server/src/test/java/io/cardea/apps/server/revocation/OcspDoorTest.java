package io.cardea.apps.server.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.Ceremony;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.OcspResponder;
import io.cardea.life.pki.OcspSigner;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.Signatories;
import io.cardea.life.testing.SettableTime;
import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.EdgeLimits;
import io.cardea.protocols.edge.EdgeServer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is told from memory, and for how long.
class OcspDoorTest {
  private static final BigInteger GOOD = BigInteger.TWO.pow(100);
  private static final BigInteger REVOKED = GOOD.add(BigInteger.ONE);

  private final Ceremony ceremony = new Ceremony();
  private final OcspMemory memory = new OcspMemory(1 << 20);
  private final Freshness freshness = new Freshness(memory);
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile boolean away;
  private EdgeServer server;

  OcspDoorTest() throws Exception {}

  @BeforeEach
  void open() throws Exception {
    SettableTime time = new SettableTime(Ceremony.AT);
    OcspSigner signer = OcspSigner.certified(ceremony.issuer, ceremony.backend, Ceremony.AT);
    OcspResponder responder =
        new OcspResponder(new Statuses(), _ -> signer, time, Duration.ofHours(1), false);
    OcspDoor door =
        new OcspDoor(responder, memory, freshness, new Ours(), time, (answer, fromMemory) -> {});
    server =
        EdgeServer.start(
            EdgeConfig.plain(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), EdgeLimits.defaults()),
            door.routes().build(),
            EdgeEvents.NONE,
            time);
  }

  @AfterEach
  void close() {
    server.close();
    http.close();
  }

  /// A database that can be away.
  private final class Statuses implements Revocations {
    @Override
    public Optional<Shard> shard(AuthorityId authority, int shard) {
      return Optional.empty();
    }

    @Override
    public List<Revoked> revoked(AuthorityId authority, int shard, long after, int limit) {
      return List.of();
    }

    @Override
    public boolean publish(AuthorityId authority, int shard, long before, Listed next) {
      return false;
    }

    @Override
    public CertificateStatus status(AuthorityId authority, Serial serial) {
      if (away) {
        throw new StoreFailure("away", new IllegalStateException("away"));
      }
      return serial.value().equals(REVOKED)
          ? new CertificateStatus.Revoked(Ceremony.AT.minusSeconds(60), 4)
          : new CertificateStatus.Good();
    }
  }

  private final class Ours implements Signatories {
    @Override
    public Optional<Authority> authority(AuthorityId id) {
      return Optional.of(ceremony.issuing).filter(each -> each.id().equals(id));
    }

    @Override
    public AuthorityKey key(Authority authority) {
      return ceremony.issuingKey;
    }
  }

  /// `good`, `revoked`, or the number of the failure.
  private String ask(BigInteger serial) throws Exception {
    X509CertificateHolder issuer =
        new X509CertificateHolder(ceremony.issuing.certificate().toX509().getEncoded());
    CertificateID id =
        new CertificateID(
            new JcaDigestCalculatorProviderBuilder()
                .build()
                .get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1)),
            issuer,
            serial);
    byte[] question = new OCSPReqBuilder().addRequest(id).build().getEncoded();
    byte[] answer =
        http.send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:"
                                + server.port()
                                + "/ocsp/"
                                + ceremony.issuing.id().value()))
                    .header("content-type", "application/ocsp-request")
                    .POST(BodyPublishers.ofByteArray(question))
                    .build(),
                BodyHandlers.ofByteArray())
            .body();
    OCSPResp response = new OCSPResp(answer);
    if (response.getStatus() != 0) {
      return "failure " + response.getStatus();
    }
    BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
    return basic.getResponses()[0].getCertStatus() instanceof RevokedStatus ? "revoked" : "good";
  }

  @Test
  void goodIsTold_onlyWhileTheMemoryIsKnownToBeRight() throws Exception {
    assertThat(ask(GOOD)).isEqualTo("good");
    assertThat(ask(REVOKED)).isEqualTo("revoked");
    away = true;

    freshness.confirmed(System.nanoTime() + Duration.ofMinutes(1).toNanos());
    assertThat(ask(GOOD)).isEqualTo("good");

    freshness.confirmed(System.nanoTime() - Freshness.BOUND.toNanos() - 1);
    assertThat(ask(GOOD)).isEqualTo("failure " + OCSPResp.TRY_LATER);
    assertThat(ask(REVOKED)).isEqualTo("revoked"); // that does not become untrue

    away = false;
    assertThat(ask(GOOD)).isEqualTo("good");
  }
}

package io.cardea.trials.bench.rig;

import io.cardea.life.Refused;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.EdgeLimits;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.EdgeServer;
import io.cardea.protocols.edge.Routes;
import io.cardea.protocols.edge.TlsMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The edge for devices with nothing behind it: what a connection costs before anybody does
/// anything. It shows a chain like the server's own, and answers one path at once.
public final class BareMain {
  public static final String PATH = "/bare";
  public static final String READY = "bare";
  private static final String FILE = "bare.pem";

  private BareMain() {}

  public static void main(String[] arguments)
      throws IOException, Refused, GeneralSecurityException, InterruptedException {
    TlsMaterial material = material(Path.of(arguments[0]).resolve(FILE));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
    Routes.Builder routes =
        Routes.builder().immediate("GET", PATH, request -> EdgeResponse.text(200, "here"));
    try (EdgeServer edge =
        EdgeServer.start(
            EdgeConfig.tls(address, () -> material, EdgeLimits.defaults()),
            routes.build(),
            EdgeEvents.NONE,
            InstantSource.system())) {
      System.out.println(READY + " " + edge.port());
      System.out.flush();
      new CountDownLatch(1).await(); // until it is told to stop
    }
  }

  /// Issues the chain that it shows, by the server's own authority.
  static void writeMaterial(
      Place place, Issuer issuer, Authorities authorities, CryptoBackend crypto, Instant now)
      throws IOException, Refused {
    Profile profile =
        authorities.profiles().stream()
            .filter(known -> known.name().equals("server"))
            .findFirst()
            .orElseThrow();
    KeyPair pair = crypto.generateKeyPair(CertKey.EC_P256);
    IssuanceRequest request =
        IssuanceRequest.forServer(
            List.of("localhost"), SubjectPublicKey.of(pair.getPublic().getEncoded()), now);
    byte[] leaf = issuer.issue(issuer.prepare(profile, request)).der();
    Files.writeString(
        place.root().resolve(FILE),
        Pem.encode(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded())
            + Pem.encode(Pem.CERTIFICATE, leaf)
            + Pem.encode(issuer.authority().certificate()));
  }

  private static TlsMaterial material(Path file)
      throws IOException, Refused, GeneralSecurityException {
    List<Pem> blocks = Pem.decode(Files.readString(file));
    PrivateKey key =
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(blocks.getFirst().der()));
    List<X509Certificate> chain = new ArrayList<>();
    for (Pem block : blocks.subList(1, blocks.size())) {
      chain.add(Newcomers.read(block.der()));
    }
    return new TlsMaterial(new TlsMaterial.Chain(key, chain));
  }
}

package io.cardea.apps.server;

import io.cardea.apps.server.config.TlsFileSettings;
import io.cardea.apps.server.watch.Look;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.ExtendedKeyUse;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.path.PathJudgement;
import io.cardea.life.pki.path.PathQuestion;
import io.cardea.life.pki.path.PathValidation;
import io.cardea.protocols.edge.TlsMaterial;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's identity in files that an operator, or a program of theirs, keeps up to date.
///
/// The files are read again and again, and what changed is used from the next connection on, if it
/// is good: the chain leads to an anchor, the key fits, the names are there, it is for servers and
/// valid now. What is no good is not used; the last good one serves on, and the alarm says why.
final class TlsFiles implements TlsIdentity {
  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
  private static final int LARGEST = 64 * 1024;

  /// Of its life; less left, and whoever replaces it is late.
  private static final int SIXTHS = 6;

  private static final Set<PosixFilePermission> OPEN =
      Set.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.GROUP_WRITE);

  private final TlsFileSettings settings;
  private final CryptoBackend crypto;
  private final TrustedTime time;
  private volatile Optional<Shown> shown = Optional.empty();
  private volatile Optional<String> problem = Optional.empty();
  private volatile Optional<Fingerprint> looked = Optional.empty();

  private record Shown(
      TlsMaterial material,
      List<TlsMaterial.Chain> chains,
      List<Certificate> leaves,
      List<Certificate> anchors) {}

  /// One chain, judged.
  private record Judged(TlsMaterial.Chain chain, Certificate leaf) {}

  /// What is wrong with the files, without what is in them.
  private static final class Bad extends Exception {
    private static final long serialVersionUID = 1L;

    Bad(String message) {
      super(message, null, false, false);
    }
  }

  private TlsFiles(TlsFileSettings settings, CryptoBackend crypto, TrustedTime time) {
    this.settings = settings;
    this.crypto = crypto;
    this.time = time;
  }

  /// @throws IOException if there is nothing good to begin with
  static TlsFiles open(TlsFileSettings settings, CryptoBackend crypto, TrustedTime time)
      throws IOException {
    TlsFiles files = new TlsFiles(settings, crypto, time);
    files.renewIfDue();
    if (files.problem.isPresent()) {
      throw new IOException(files.problem.get());
    }
    return files;
  }

  @Override
  public TlsMaterial material() {
    return now().material();
  }

  @Override
  public TlsMaterial.Chain chain() {
    return now().chains().getFirst();
  }

  @Override
  public List<Certificate> anchors() {
    return now().anchors();
  }

  @Override
  public Instant notAfter() {
    return first().notAfter();
  }

  private Certificate first() {
    return now().leaves().stream().min(Comparator.comparing(Certificate::notAfter)).orElseThrow();
  }

  private Shown now() {
    return shown.orElseThrow(() -> new IllegalStateException("no server certificate yet"));
  }

  @Override
  public Look look() {
    if (problem.isPresent()) {
      return new Look.Wrong(problem.get() + "; the one before is shown, until " + notAfter());
    }
    Certificate first = first();
    Duration left = Duration.between(time.instant(), first.notAfter());
    Duration life = Duration.between(first.notBefore(), first.notAfter());
    return Look.when(
        left.compareTo(life.dividedBy(SIXTHS)) < 0, "until " + first.notAfter() + ", from files");
  }

  /// Looks whether the files changed.
  @Override
  public void renewIfDue() {
    try {
      Fingerprint content = Fingerprint.of(content());
      if (looked.equals(Optional.of(content)) && problem.isEmpty()) {
        return;
      }
      Shown good = read();
      boolean news = !looked.equals(Optional.of(content));
      looked = Optional.of(content);
      problem = Optional.empty();
      if (news) {
        shown = Optional.of(good);
        log.info("server certificate: {}, until {}", good.leaves().getFirst(), notAfter());
      }
    } catch (Bad | IOException e) {
      String said = e instanceof Bad ? String.valueOf(e.getMessage()) : "cannot be read: " + e;
      if (!problem.equals(Optional.of(said))) {
        log.error("the server certificate in files is not used: {}", said);
      }
      // Another look at the same files may find them good: their dates may have come.
      looked = Optional.empty();
      problem = Optional.of(said);
    }
  }

  private byte[] content() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (TlsFileSettings.Pair pair : settings.pairs()) {
      all.writeBytes(bytes(pair.certificate()));
      all.write(0);
      all.writeBytes(bytes(pair.key()));
      all.write(0);
    }
    all.writeBytes(bytes(settings.anchors()));
    return all.toByteArray();
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException(file + " is longer than " + LARGEST + " octets");
    }
    return Files.readAllBytes(file);
  }

  private Shown read() throws Bad, IOException {
    List<Certificate> anchors = certificates(settings.anchors());
    List<Judged> judged = new ArrayList<>();
    for (TlsFileSettings.Pair pair : settings.pairs()) {
      judged.add(judge(pair, anchors));
    }
    List<TlsMaterial.Chain> chains = judged.stream().map(Judged::chain).toList();
    try {
      return new Shown(
          new TlsMaterial(chains.toArray(TlsMaterial.Chain[]::new)),
          chains,
          judged.stream().map(Judged::leaf).toList(),
          anchors);
    } catch (IllegalArgumentException e) {
      throw new Bad(String.valueOf(e.getMessage()));
    }
  }

  private Judged judge(TlsFileSettings.Pair pair, List<Certificate> anchors)
      throws Bad, IOException {
    List<Certificate> given = certificates(pair.certificate());
    Certificate leaf = given.getFirst();
    PathJudgement judgement =
        new PathValidation(crypto)
            .judge(
                new PathQuestion(
                    leaf,
                    given.subList(1, given.size()),
                    anchors,
                    List.of(),
                    false,
                    time.instant(),
                    PathQuestion.Purpose.ANY,
                    PathQuestion.Policies.ANY));
    if (!judgement.trusted()) {
      throw new Bad(pair.certificate() + ": " + judgement.refusal());
    }
    requireServer(pair.certificate(), leaf);
    requireNames(pair.certificate(), leaf);
    List<X509Certificate> sent =
        judgement.path().stream()
            .filter(one -> one.equals(leaf) || !anchors.contains(one))
            .map(Certificate::toX509)
            .toList();
    try {
      return new Judged(new TlsMaterial.Chain(key(pair.key(), leaf), sent), leaf);
    } catch (IllegalArgumentException e) {
      throw new Bad(pair.key() + ": " + e.getMessage());
    }
  }

  private static List<Certificate> certificates(Path file) throws Bad, IOException {
    try {
      List<Certificate> found =
          Pem.certificates(new String(bytes(file), StandardCharsets.US_ASCII));
      if (found.isEmpty()) {
        throw new Bad(file + ": no certificate in it");
      }
      return found;
    } catch (Refused e) {
      throw new Bad(file + ": " + e.detail());
    }
  }

  private static void requireServer(Path file, Certificate leaf) throws Bad {
    try {
      List<String> uses = leaf.toX509().getExtendedKeyUsage();
      if (leaf.isAuthority()
          || (uses != null && !uses.contains(ExtendedKeyUse.SERVER_AUTH.oid()))) {
        throw new Bad(file + ": the certificate is not one of a server");
      }
    } catch (GeneralSecurityException e) {
      throw new Bad(file + ": extendedKeyUsage cannot be read");
    }
  }

  private void requireNames(Path file, Certificate leaf) throws Bad {
    for (String name : settings.names()) {
      if (!named(leaf, name.toLowerCase(Locale.ROOT))) {
        throw new Bad(
            file
                + ": the certificate does not name "
                + name
                + " (tls.names, or the host of public.url)");
      }
    }
  }

  private static boolean named(Certificate leaf, String name) {
    for (String dns : leaf.alternativeNames().dns()) {
      String pattern = dns.toLowerCase(Locale.ROOT);
      int dot = name.indexOf('.');
      if (pattern.equals(name)
          || (pattern.startsWith("*.")
              && dot > 0
              && pattern.substring(1).equals(name.substring(dot)))) {
        return true;
      }
    }
    try {
      String address = InetAddress.ofLiteral(name).getHostAddress();
      return leaf.alternativeNames().ipAddresses().contains(address);
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  private static PrivateKey key(Path file, Certificate leaf) throws Bad, IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(OPEN::contains)) {
      throw new Bad(file + ": the key is open to others (expected: rw-r----- or less)");
    }
    try {
      List<Pem> keys =
          Pem.decode(new String(bytes(file), StandardCharsets.US_ASCII)).stream()
              .filter(one -> one.label().equals(Pem.PRIVATE_KEY))
              .toList();
      if (keys.size() != 1) {
        throw new Bad(
            file
                + ": "
                + keys.size()
                + " keys in PKCS#8 (expected: 1; openssl pkcs8 -topk8 -nodes makes one)");
      }
      String algorithm = leaf.publicKey().kind().jcaName();
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst().der()));
    } catch (Refused | GeneralSecurityException e) {
      // Without the cause: what a library says about a key that it cannot read may quote it.
      throw new Bad(file + ": not a key of the certificate's kind");
    }
  }
}

package io.cardea.apps.cli;

import io.cardea.apps.server.HostCeremony;
import io.cardea.life.Refused;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Crl;
import io.cardea.life.pki.CrlEntries;
import io.cardea.life.pki.Csr;
import io.cardea.life.pki.OfflineRoot;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.path.RevocationList;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One ceremony, step by step. Each file is whole and on the disk before the step is written down;
/// one that breaks off can be held again in the same folder, and uses the root that is there.
final class Ceremony {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int READ_BACK = 8;

  private final Plan plan;
  private final People people;
  private final HostCeremony host;
  private final InstantSource time;
  private final PrintWriter out;

  /// What is to be done.
  record Plan(
      Path folder,
      Optional<String> subject,
      CertKey key,
      Duration life,
      Optional<Path> request,
      Duration issuingLife,
      Optional<String> crlUrl,
      Optional<String> rootUrl,
      Optional<Path> passphrase,
      Optional<Listing> listing) {}

  /// The root's revocation list.
  ///
  /// @param revoked certificates that the root signed, to be named in it from now on
  record Listing(List<Path> revoked, OfflineRoot.Reason reason, Duration life) {}

  /// By whom.
  ///
  /// @param answers nobody's, if nobody is asked
  record People(
      Optional<String> operator, Optional<String> witness, Optional<CeremonyAnswers> answers) {}

  /// Two that are not the same.
  private record Pair(String operator, String witness) {
    String both() {
      return operator + " and " + witness;
    }
  }

  Ceremony(Plan plan, People people, HostCeremony host, InstantSource time, PrintWriter out) {
    this.plan = plan;
    this.people = people;
    this.host = host;
    this.time = time;
    this.out = out;
  }

  void hold() throws CommandFailure, Refused, IOException {
    OfflineRoot.Whereabouts where = new OfflineRoot.Whereabouts(plan.crlUrl(), plan.rootUrl());
    boolean there = Files.exists(file("root.pem"));
    if (!there && plan.subject().isEmpty()) {
      throw CommandFailure.refused("There is no root in " + plan.folder() + ": give --subject.");
    }
    // Read before anything is made: a request that is no good costs nobody a ceremony.
    Optional<Csr> request = request();
    List<Certificate> revoked = revoked();
    Files.createDirectories(
        plan.folder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Pair pair = people();
    Path protocol = unused("transcript-" + STAMP.format(time.instant()));
    try (Transcript transcript = new Transcript(protocol, time)) {
      transcript.add(
          pair.both(),
          (people.answers().isEmpty() ? "begin, without being asked (--yes)" : "begin")
              + ", in "
              + plan.folder().toAbsolutePath());
      confirm(
          transcript,
          pair,
          "time",
          "the clock says " + time.instant().truncatedTo(ChronoUnit.SECONDS),
          "yes");
      OfflineRoot root = there ? opened(transcript, pair) : made(transcript, pair);
      if (request.isPresent()) {
        sign(transcript, pair, root, request.get(), where);
      }
      if (plan.listing().isPresent()) {
        list(transcript, pair, root, plan.listing().get(), revoked);
      }
      String digest = transcript.end(pair.both());
      out.println("The transcript is " + protocol);
      out.println("Write down, each on paper: its last digest is " + grouped(digest));
    }
  }

  private Optional<Csr> request() throws CommandFailure, Refused {
    return plan.request().isEmpty()
        ? Optional.empty()
        : Optional.of(OfflineRoot.request(TextFile.read(plan.request().get()), host.crypto()));
  }

  private Pair people() throws CommandFailure {
    String operator = person("operator", people.operator(), "Who acts?");
    String witness = person("witness", people.witness(), "Who watches, and confirms too?");
    if (operator.equalsIgnoreCase(witness)) {
      throw CommandFailure.refused("Operator and witness are one person (expected: two).");
    }
    return new Pair(operator, witness);
  }

  private String person(String id, Optional<String> given, String question) throws CommandFailure {
    String name =
        given.isPresent()
            ? given.get()
            : people
                .answers()
                .orElseThrow(() -> CommandFailure.refused("Say who is there: --" + id + " NAME."))
                .ask(id, question);
    if (name.isBlank() || name.length() > 100) {
      throw CommandFailure.refused("A name is empty or too long: " + id + ".");
    }
    return name.strip();
  }

  private OfflineRoot made(Transcript transcript, Pair pair)
      throws CommandFailure, Refused, IOException {
    if (Files.exists(file("root.key"))) {
      throw CommandFailure.refused(
          file("root.key")
              + " is there, of a ceremony that broke off before it had a certificate. Move it away.");
    }
    String subject = plan.subject().orElseThrow();
    confirm(
        transcript,
        pair,
        "root",
        "make the root " + subject + ", " + plan.key() + ", for " + plan.life().toDays() + " days",
        "yes");
    char[] passphrase = passphrase(true);
    HostCeremony.Key key;
    try {
      key = host.make(plan.key(), passphrase);
    } finally {
      Arrays.fill(passphrase, ' ');
    }
    write("root.key", key.file());
    transcript.add(
        pair.operator(),
        "key made "
            + key.where()
            + "; public key SHA-256 "
            + key.key().publicKey().fingerprint().hex());
    Instant now = time.instant();
    OfflineRoot root = OfflineRoot.make(subject, key.key(), plan.life(), host.crypto(), now);
    write("root.pem", Pem.encode(root.certificate()));
    transcript.add(pair.operator(), "root made: " + told(root.certificate()));
    readBack(transcript, pair, "root-fingerprint", root.certificate().fingerprint().hex());
    return root;
  }

  private OfflineRoot opened(Transcript transcript, Pair pair)
      throws CommandFailure, Refused, IOException {
    List<Certificate> found = Pem.certificates(TextFile.read(file("root.pem")));
    if (found.size() != 1) {
      throw CommandFailure.refused("root.pem has " + found.size() + " certificates (expected: 1).");
    }
    Certificate certificate = found.getFirst();
    String sealed = TextFile.read(file("root.key"));
    char[] passphrase = passphrase(false);
    try {
      HostCeremony.Key key = host.open(certificate, sealed, passphrase);
      OfflineRoot root = OfflineRoot.open(certificate, key.key(), host.crypto(), time.instant());
      transcript.add(pair.operator(), "root opened, " + key.where() + ": " + told(certificate));
      readBack(transcript, pair, "root-fingerprint", certificate.fingerprint().hex());
      return root;
    } finally {
      Arrays.fill(passphrase, ' ');
    }
  }

  private void sign(
      Transcript transcript,
      Pair pair,
      OfflineRoot root,
      Csr request,
      OfflineRoot.Whereabouts where)
      throws CommandFailure, Refused, IOException {
    transcript.add(
        pair.operator(),
        "request read: "
            + request.subject()
            + ", "
            + request.key().kind()
            + "; its key proved; file SHA-256 "
            + Transcript.sha256(request.der())
            + " (DER)");
    readBack(transcript, pair, "request-fingerprint", request.keyFingerprint().hex());
    confirm(
        transcript,
        pair,
        "sign",
        "sign "
            + request.subject()
            + " as an issuing authority for "
            + plan.issuingLife().toDays()
            + " days",
        "yes");
    Certificate issued = root.sign(request, plan.issuingLife(), where, time.instant());
    String name = "issued-" + issued.fingerprint().hex().substring(0, 16) + ".pem";
    write(name, Pem.encode(issued));
    transcript.add(pair.operator(), "issued, as " + name + ": " + told(issued));
    readBack(transcript, pair, "issued-fingerprint", issued.fingerprint().hex());
    out.println(
        "Take "
            + file(name)
            + " and root.pem to the server: cardea ca install NAME --certificate "
            + name
            + " --chain root.pem --anchor root.pem");
  }

  private List<Certificate> revoked() throws CommandFailure, Refused {
    List<Certificate> all = new ArrayList<>();
    if (plan.listing().isPresent()) {
      for (Path file : plan.listing().get().revoked()) {
        List<Certificate> found = Pem.certificates(TextFile.read(file));
        if (found.size() != 1) {
          throw CommandFailure.refused(
              file + " has " + found.size() + " certificates (expected: 1).");
        }
        all.add(found.getFirst());
      }
    }
    return all;
  }

  /// The next list has all that the last one in the folder had.
  private void list(
      Transcript transcript,
      Pair pair,
      OfflineRoot root,
      Listing listing,
      List<Certificate> revoked)
      throws CommandFailure, Refused, IOException {
    Path file = file("root.crl");
    CrlEntries before = CrlEntries.NONE;
    BigInteger number = BigInteger.ONE;
    if (Files.exists(file)) {
      byte[] last = Files.readAllBytes(file);
      number = following(root, RevocationList.parse(last));
      before = CrlEntries.of(last);
    }
    for (Certificate one : revoked) {
      transcript.add(pair.operator(), "to be revoked: " + told(one));
      readBack(transcript, pair, "revoked-fingerprint", one.fingerprint().hex());
    }
    confirm(
        transcript,
        pair,
        "list",
        "sign the root's revocation list for "
            + listing.life().toDays()
            + " days, "
            + "number "
            + number
            + ", with "
            + before.serials().size()
            + " entries of the last one and "
            + revoked.size()
            + " more",
        "yes");
    Crl made = root.list(before, number, revoked, listing.reason(), listing.life(), time.instant());
    try (WholeFile whole = new WholeFile(file, true)) {
      whole.out().write(made.der());
      whole.keep();
    }
    transcript.add(
        pair.operator(),
        "list signed, as root.crl: number "
            + made.number()
            + ", until "
            + made.nextUpdate()
            + "; SHA-256 "
            + Transcript.sha256(made.der()));
    out.println("Publish " + file + " before " + made.nextUpdate() + ".");
  }

  /// The number that follows on the last list, if that is one of this root.
  private BigInteger following(OfflineRoot root, RevocationList last) throws CommandFailure {
    if (!last.isSignedBy(root.certificate(), host.crypto())
        || time.instant().isBefore(last.thisUpdate())) {
      throw CommandFailure.refused(
          file("root.crl") + " is not a list of this root, or is from tomorrow. Move it away.");
    }
    return last.listNumber().orElse(BigInteger.ZERO).add(BigInteger.ONE);
  }

  private static String told(Certificate certificate) {
    return certificate.subject()
        + ", by "
        + certificate.issuer()
        + ", serial "
        + certificate.serial().hex()
        + ", until "
        + certificate.notAfter()
        + "; SHA-256 "
        + certificate.fingerprint().hex();
  }

  /// Each of both types the end of what is shown, so that both have read it.
  private void readBack(Transcript transcript, Pair pair, String id, String hex)
      throws CommandFailure, IOException {
    out.println(id + ": " + grouped(hex));
    confirm(
        transcript,
        pair,
        id,
        "read back the last " + READ_BACK + " digits of " + id,
        hex.substring(hex.length() - READ_BACK));
  }

  private void confirm(Transcript transcript, Pair pair, String id, String what, String expected)
      throws CommandFailure, IOException {
    if (people.answers().isEmpty()) {
      transcript.add(pair.both(), what + ": not asked");
      return;
    }
    CeremonyAnswers answers = people.answers().get();
    for (String who : List.of(pair.operator(), pair.witness())) {
      String role = who.equals(pair.operator()) ? "operator" : "witness";
      boolean right = false;
      for (int i = 0; i < answers.tries() && !right; i++) {
        String said =
            answers.ask(
                id + "." + role, who + ", " + what + (expected.equals("yes") ? " (yes)?" : ":"));
        right = said.replace(" ", "").equalsIgnoreCase(expected);
      }
      if (!right) {
        transcript.add(who, "did not confirm: " + what);
        throw CommandFailure.refused(
            who + " did not confirm: " + what + ". Nothing more was done.");
      }
      transcript.add(who, "confirmed: " + what);
    }
  }

  private char[] passphrase(boolean fresh) throws CommandFailure {
    if (host.isInToken()) {
      return new char[0];
    }
    if (plan.passphrase().isPresent()) {
      return TextFile.read(plan.passphrase().get()).stripTrailing().toCharArray();
    }
    char[] first = read("The passphrase of root.key: ");
    if (fresh && !Arrays.equals(first, read("Once more: "))) {
      throw CommandFailure.refused("The two passphrases differ.");
    }
    return first;
  }

  private static char[] read(String prompt) throws CommandFailure {
    return Optional.ofNullable(CeremonyAnswers.console().readPassword("%s", prompt))
        .orElseThrow(() -> CommandFailure.refused("The ceremony was broken off."));
  }

  /// Two ceremonies may begin in one second.
  private Path unused(String name) {
    Path path = file(name + ".txt");
    for (int number = 2; Files.exists(path); number++) {
      path = file(name + "_" + number + ".txt");
    }
    return path;
  }

  private Path file(String name) {
    return plan.folder().resolve(name);
  }

  private void write(String name, String content) throws IOException {
    try (WholeFile whole = new WholeFile(file(name), false)) {
      whole.out().write(content.getBytes(StandardCharsets.US_ASCII));
      whole.keep();
    }
  }

  private static String grouped(String hex) {
    return hex.replaceAll("(.{4})(?=.)", "$1 ");
  }
}

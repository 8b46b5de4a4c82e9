package io.cardea.life.testing;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.enrolment.ApprovalDesk;
import io.cardea.life.enrolment.BirthCertificates;
import io.cardea.life.enrolment.CertificateCheck;
import io.cardea.life.enrolment.Custody;
import io.cardea.life.enrolment.Enrolment;
import io.cardea.life.enrolment.ManufacturerDesk;
import io.cardea.life.enrolment.ManufacturingBatch;
import io.cardea.life.enrolment.RefusalLog;
import io.cardea.life.enrolment.RequestLimits;
import io.cardea.life.enrolment.TokenDesk;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Registry;
import io.cardea.life.inventory.SecretSource;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityMaker;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Issuing;
import io.cardea.life.pki.JdkBackend;
import io.cardea.life.pki.MemoryAuthorityKeys;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.path.PathValidation;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.MassRevocation;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.Quarantine;
import io.cardea.life.rotation.Revocation;
import io.cardea.life.rotation.calendar.CalendarDesk;
import io.cardea.life.rotation.calendar.Windows;
import io.cardea.life.secrets.ApiKeys;
import io.cardea.life.secrets.SecretDesk;
import io.cardea.life.secrets.SecretSlots;
import io.cardea.life.secrets.SecretUse;
import io.cardea.life.secrets.SigningKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// All use cases of a first day on the fake store, with real keys and certificates.
public final class FirstDay {
  public static final Duration LIFE = Duration.ofHours(10);
  public static final Actor ADMIN = Actor.SERVER;

  /// Derives as an installation does whose secret is known to tests.
  public static final SecretSource SECRETS =
      new SecretSource((context, length) -> Arrays.copyOf(Fingerprint.of(context).bytes(), length));

  public final InMemoryStore store = new InMemoryStore();
  public final SettableTime time = new SettableTime(Instant.parse("2026-11-21T12:00:00Z"));
  public final JdkBackend crypto = new JdkBackend();
  public final Registry registry = new Registry(store, store, time);
  public final TokenDesk tokens = new TokenDesk(store, store, store, SECRETS, time);
  public final Access access = new Access(store, store, new ProvenRotation(), time);
  public final Revocation revocation =
      new Revocation(store, store, store, new ProvenRotation(), time);
  public final MassRevocation massRevocation =
      new MassRevocation(store, store, store, new ProvenRotation(), time, () -> {});
  public final Quarantine quarantine = new Quarantine(store, store, time);
  public final PathValidation paths = new PathValidation(crypto);
  public final BirthCertificates birthCertificates =
      new BirthCertificates(store, store, store, paths);
  public final ApprovalDesk approvals = new ApprovalDesk(store, store, store, time);
  public final Windows windows = new Windows(store.calendars(), store.campaigns(), store);
  public final CalendarDesk calendar =
      new CalendarDesk(store.calendars(), store.campaigns(), store, store, store, time);
  public final ManufacturerDesk manufacturers = new ManufacturerDesk(store, store, store, time);
  public final ManufacturingBatch batch = new ManufacturingBatch(store, store, store, time);
  public final Custody custody = new Custody(store, store, new ProvenRotation(), time);
  public final SecretSlots slots = new SecretSlots(store, store, time);
  public final ApiKeys apiKeys =
      new ApiKeys(store, store, store, new ProvenRotation(), SECRETS, time);
  public final SecretDesk secrets =
      new SecretDesk(
          store,
          store,
          store,
          store,
          new ProvenRotation(),
          crypto,
          SECRETS,
          time,
          new RefusalLog(store, (refusal, protocol) -> {}),
          RequestLimits.none());
  public final SecretUse secretUse = new SecretUse(store, access);
  public final SigningKeys signingKeys = new SigningKeys(store, store, time);
  public final CertificateCheck check =
      new CertificateCheck(access, birthCertificates, store, store, paths, time);

  /// Under which profiles certificates were asked for, in order.
  public final List<String> profiles = new ArrayList<>();

  public final Enrolment enrolment;
  public final Authority issuing;
  public final Profile profile = Profile.device("fleet.example.com", LIFE);

  public FirstDay() throws Refused {
    this(RequestLimits.none());
  }

  public FirstDay(RequestLimits limits) throws Refused {
    MemoryAuthorityKeys keys = new MemoryAuthorityKeys(crypto);
    PublicUrls urls = PublicUrls.of("http://pki.example.com");
    AuthorityMaker maker = new AuthorityMaker(keys, crypto, urls);
    Authority root = maker.root("Root", time.instant());
    issuing = maker.issuing("Issuing", root, keys.open(root.key()), time.instant());
    Issuer issuer = new Issuer(issuing, keys.open(issuing.key()), crypto, urls);
    Issuing desk =
        new Issuing() {
          @Override
          public Profile profile(String name) throws Refused {
            profiles.add(name);
            if (!Set.of("device", "factory", "quarantine").contains(name)) {
              throw new Refused(Refusal.AUTHORITY_UNAVAILABLE, "profile: " + name);
            }
            return profile;
          }

          @Override
          public Issuer issuerFor(Profile any) {
            return issuer;
          }
        };
    enrolment =
        new Enrolment(
            store,
            store,
            store,
            store,
            new ProvenRotation(),
            desk,
            crypto,
            time,
            new RefusalLog(store, (refusal, protocol) -> {}),
            birthCertificates,
            approvals,
            limits,
            windows);
    registry.saveClass(DeviceClass.of("device", "device"), ADMIN);
  }

  /// Registers a device and makes it a token.
  public String tokenFor(String device) throws Refused {
    registry.register(
        new Registry.Registration(
            new DeviceId(device),
            Optional.empty(),
            "device",
            "factory",
            Environment.LAB,
            Optional.empty(),
            Map.of()),
        ADMIN);
    return tokens
        .create(new DeviceId(device), Duration.ofDays(1), Optional.empty(), ADMIN)
        .secret();
  }

  /// Knocks with the certificate that the device was born with.
  public Answer enrolBorn(KeyPair key, Certificate... chain) {
    return enrolment.enrol(
        new Applicant(
            Optional.of(chain[0].fingerprint()),
            true,
            Optional.empty(),
            Optional.of(() -> Stream.of(chain).map(Certificate::der).toList()),
            Optional.empty()),
        csr(key),
        "est");
  }

  public KeyPair key() {
    return crypto.generateKeyPair(CertKey.EC_P256);
  }

  /// A request with an empty subject: the server knows who asks.
  public static byte[] csr(KeyPair key) {
    return csr(key, "");
  }

  public static byte[] csr(KeyPair key, String subject) {
    try {
      return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), key.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Answer enrol(String device, String token, KeyPair key) {
    return enrolment.enrol(Applicant.withToken(device, token), csr(key), "est");
  }

  /// Renews on a connection of its own.
  public Answer renew(byte[] certificate, KeyPair key) {
    return enrolment.enrol(
        Applicant.withCertificate(Fingerprint.of(certificate), true), csr(key), "est");
  }
}

package io.cardea.trials.bench.rig;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.EnrolmentChange.CreateToken;
import io.cardea.life.enrolment.Token;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.IssuedCertificate;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.RotationChange.AddCredential;
import io.cardea.life.rotation.RotationChange.StepSlot;
import io.cardea.trials.bench.load.Identity;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Devices as they are a while after their enrolment: one credential each, seen in use.
final class Newcomers {
  private static final String OPERATOR = "server:cardea";

  private final Issuer issuer;
  private final Profile profile;
  private final DeviceClass deviceClass;
  private final CryptoBackend crypto;

  Newcomers(Issuer issuer, Profile profile, DeviceClass deviceClass, CryptoBackend crypto) {
    this.issuer = issuer;
    this.profile = profile;
    this.deviceClass = deviceClass;
    this.crypto = crypto;
  }

  record Arrived(Decision decision, List<Identity> identities) {}

  /// Some devices, by their numbers.
  ///
  /// @param kept the identities of devices below this number are handed out
  Arrived arrive(int first, int count, int kept, Instant now) {
    List<Change> changes = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    List<Identity> identities = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      KeyPair pair = crypto.generateKeyPair(CertKey.EC_P256);
      DeviceId device = new DeviceId(String.format(Locale.ROOT, "bench-%07d", number));
      IssuedCertificate certificate = issue(device, pair, now);
      arrive(device, certificate, now, changes, entries);
      if (number < kept) {
        identities.add(new Identity(pair.getPrivate(), read(certificate.der())));
      }
    }
    return new Arrived(new Decision(changes, entries), identities);
  }

  private IssuedCertificate issue(DeviceId device, KeyPair pair, Instant now) {
    Map<String, String> fields = new HashMap<>();
    fields.put(Profile.DEVICE_ID, device.value());
    fields.put("device.owner", "bench");
    fields.put("device.class", deviceClass.name());
    try {
      SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
      return issuer.issue(
          issuer.prepare(profile, new IssuanceRequest(key, fields, List.of(), List.of(), now, 0)));
    } catch (Refused e) {
      throw new IllegalStateException("the profile refuses our devices: " + e.getMessage(), e);
    }
  }

  private void arrive(
      DeviceId device,
      IssuedCertificate certificate,
      Instant now,
      List<Change> changes,
      List<Entry> entries) {
    CredentialId id = nextId(now);
    UUID token = UUID.randomUUID();
    SlotId slot = SlotId.operational(device);
    changes.add(
        new RegisterDevice(
            new Device(
                device,
                Optional.empty(),
                deviceClass.name(),
                "bench",
                Environment.LAB,
                Optional.empty(),
                Map.of(),
                new DeviceState.Enrolled(),
                now)));
    changes.add(
        new CreateToken(
            new Token(
                token,
                device,
                Fingerprint.of(token.toString().getBytes(StandardCharsets.US_ASCII)),
                now,
                now.plus(Duration.ofDays(1)),
                Optional.of(now))));
    changes.add(new StepSlot(slot, 0, List.of(id), Optional.empty(), Pace.NONE));
    changes.add(
        new AddCredential(
            new Credential(
                id,
                slot,
                CredentialState.CURRENT,
                certificate.fingerprint(),
                certificate.keyFingerprint(),
                certificate.serial().value(),
                certificate.authority().value(),
                new Predecessor.EnrolmentToken(token),
                0,
                Protection.UNKNOWN,
                now,
                certificate.notBefore(),
                certificate.notAfter(),
                Optional.of(now),
                Optional.of(now)),
            certificate.der()));
    String name = device.value();
    Map<String, String> issued =
        Map.of(
            "credential", id.toString(),
            "slot", slot.name(),
            "certificate", certificate.fingerprint().hex(),
            "key", certificate.keyFingerprint().hex(),
            "serial", certificate.serial().value().toString(16),
            "authority", certificate.authority().value(),
            "profile", profile.name(),
            "not-after", certificate.notAfter().toString(),
            "token", token.toString());
    Map<String, String> proven = Map.of("credential", id.toString());
    entries.add(
        Entry.about(
            name, EntryKind.DEVICE_REGISTERED, now, OPERATOR, Map.of("class", deviceClass.name())));
    entries.add(Entry.about(name, EntryKind.CREDENTIAL_ISSUED, now, OPERATOR, issued));
    entries.add(Entry.about(name, EntryKind.DEVICE_ENROLLED, now, OPERATOR, Map.of()));
    entries.add(Entry.about(name, EntryKind.CREDENTIAL_PROVEN, now, OPERATOR, proven));
  }

  /// Ids that sort by time (RFC 9562 §5.7), as the product makes them.
  private static CredentialId nextId(Instant now) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (now.toEpochMilli() << 16) | 0x7000L | random.nextLong(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new CredentialId(new UUID(high, low));
  }

  static X509Certificate read(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalStateException("our authority issued something unreadable", e);
    }
  }
}

package io.cardea.life.testing;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Token;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.WrappedKey;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.RotationChange.StepSlot;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Rows for tests of stores: complete, plausible, and different wherever they may be.
final class Samples {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");
  static final String AUTHORITY = "sample-issuing";

  private static final String ROOT =
      """
      MIIBkjCCATmgAwIBAgIUKC+wQZCYdZhcbduUCWpMYP67ircwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLU2FtcGxl\
      IFJvb3QwIBcNMjYxMTIxMTE0NzUyWhgPMjEyNjEwMjgxMTQ3NTJaMBYxFDASBgNVBAMMC1NhbXBsZSBSb290MFkw\
      EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY4qEFTojlAbZT4t0bDUTLtluS5ACu7FKbtob7T67bq2CeCcE4/j/XdDb\
      yXxphYiWVFN8S3xXXM1EOQcmguGAb6NjMGEwHQYDVR0OBBYEFLSDE89QZjvP4hVrkkfECNvtw/I8MB8GA1UdIwQY\
      MBaAFLSDE89QZjvP4hVrkkfECNvtw/I8MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49\
      BAMCA0cAMEQCIHpdF/9jHlkmMSfhXpgJ2z0cvBB0Yv1S8fEghLB58JuFAiB3ObjOtPSRHiHOq7earxhAZE4z3C/B\
      1MQnkiN8Zgssdg==\
      """;

  private Samples() {}

  static DeviceClass deviceClass(String name) {
    return new DeviceClass(
        name,
        "device",
        Duration.ofHours(36),
        Duration.ofDays(9),
        Duration.ofMinutes(90),
        4,
        OnFork.RECOVERY_DOOR,
        true);
  }

  static Device device(String id, String deviceClass) {
    return new Device(
        new DeviceId(id),
        Optional.of("SN-" + id),
        deviceClass,
        "water",
        Environment.FIELD,
        Optional.of("Ürümqi \"west\""),
        Map.of("line", "a", "floor", "2"),
        new DeviceState.Registered(),
        NOON);
  }

  static SlotId slot(String device) {
    return SlotId.operational(new DeviceId(device));
  }

  static Fingerprint digest(String text) {
    return Fingerprint.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static CredentialId credentialId(String name) {
    return new CredentialId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }

  static Predecessor token(String name) {
    return new Predecessor.EnrolmentToken(credentialId(name).value());
  }

  static Predecessor after(Credential older) {
    return new Predecessor.OlderCredential(older.id());
  }

  /// A staged credential; each name gives another one, issued that many seconds after noon.
  static Credential credential(String device, String name, Predecessor under, int seconds) {
    int generation =
        switch (under) {
          case Predecessor.OlderCredential _ -> 1;
          case Predecessor.EnrolmentToken _, Predecessor.BirthCertificate _, Predecessor.Act _ -> 0;
        };
    return new Credential(
        credentialId(name),
        slot(device),
        CredentialState.STAGED,
        digest("certificate " + name),
        digest("key " + name),
        new BigInteger(1, digest("serial " + name).bytes()).shiftRight(128),
        AUTHORITY,
        under,
        generation,
        Protection.SOFTWARE,
        NOON.plusSeconds(seconds),
        NOON.plusSeconds(seconds).minusSeconds(3600),
        NOON.plusSeconds(seconds).plus(Duration.ofDays(90)),
        Optional.empty(),
        Optional.empty());
  }

  static Credential withKey(Credential credential, Fingerprint key) {
    return new Credential(
        credential.id(),
        credential.slot(),
        credential.state(),
        credential.shown(),
        key,
        credential.serial(),
        credential.authority(),
        credential.predecessor(),
        credential.generation(),
        credential.protection(),
        credential.issuedAt(),
        credential.notBefore(),
        credential.notAfter(),
        credential.provenAt(),
        credential.lastUsedAt());
  }

  static Credential withGeneration(Credential credential, int generation) {
    return new Credential(
        credential.id(),
        credential.slot(),
        credential.state(),
        credential.shown(),
        credential.key(),
        credential.serial(),
        credential.authority(),
        credential.predecessor(),
        generation,
        credential.protection(),
        credential.issuedAt(),
        credential.notBefore(),
        credential.notAfter(),
        credential.provenAt(),
        credential.lastUsedAt());
  }

  static byte[] der(Credential credential) {
    return ("DER of " + credential.shown()).getBytes(StandardCharsets.UTF_8);
  }

  static StepSlot step(String device, long expectedVersion, CredentialId... uses) {
    return new StepSlot(
        slot(device), expectedVersion, List.of(uses), Optional.empty(), new Pace(NOON, 1));
  }

  static Token token(String device, String name, int seconds) {
    return new Token(
        credentialId(name).value(),
        new DeviceId(device),
        digest("secret " + name),
        NOON.plusSeconds(seconds),
        NOON.plusSeconds(seconds).plus(Duration.ofDays(1)),
        Optional.empty());
  }

  static ApiToken apiToken(String name, Role role) {
    return apiToken(name, role, Scope.ALL);
  }

  static ApiToken apiToken(String name, Role role, Scope scope) {
    return new ApiToken(name, role, scope, digest("api " + name + role), NOON, Optional.empty());
  }

  static Authority authority(String id, int seconds) {
    Certificate certificate = Certificate.of(Base64.getDecoder().decode(ROOT));
    return new Authority(
        new AuthorityId(id),
        Authority.Kind.ROOT,
        "Sample Root",
        certificate,
        Optional.empty(),
        new WrappedKey("key-" + id, key(certificate), new byte[] {1, 2, 3}),
        NOON.plusSeconds(seconds));
  }

  static AuthorityRequest authorityRequest(String name) {
    SubjectPublicKey key = key(Certificate.of(Base64.getDecoder().decode(ROOT)));
    return new AuthorityRequest(
        AuthorityId.of(key),
        name,
        new WrappedKey("software-" + "1", key, new byte[] {4, 5}),
        "-----BEGIN CERTIFICATE REQUEST-----",
        NOON);
  }

  private static SubjectPublicKey key(Certificate certificate) {
    try {
      return certificate.publicKey();
    } catch (Refused e) {
      throw new IllegalStateException("the sample's key is of a kind that we certify", e);
    }
  }

  /// The changes with one ledger entry about this device.
  static Decision decision(String device, Change... changes) {
    return new Decision(List.of(changes), List.of(entry(device, EntryKind.CREDENTIAL_ISSUED)));
  }

  static Entry entry(String device, EntryKind kind) {
    return Entry.about(device, kind, NOON, "device:" + device, Map.of("fact", "\u0001é\\"));
  }
}

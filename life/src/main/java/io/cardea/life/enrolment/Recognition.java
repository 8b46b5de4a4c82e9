package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.Profile;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Stubborn;
import io.cardea.life.rotation.Writes;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Learns of a certificate that we issued and do not know: the database is a restored backup, and
/// the certificate is younger (R12). Without this, the devices that renewed last would be the ones
/// that are locked out.
///
/// Guarantees that what it records was signed by a key of one of our issuing authorities, names a
/// device that is known and not scrapped, holds a key that is neither another device's nor
/// condemned, can be used or renewed by, and is revoked by nothing that was brought to this
/// database since. It is recorded as staged, as the descendant of what the slot held when it was
/// issued: its own use proves it, and nothing else ends.
///
/// One whose grace is over is not recorded: it was known once and removed, or might as well have
/// been. Who shows it is told that it expired.
public final class Recognition {
  private static final String DISTRIBUTION_POINTS = "2.5.29.31";
  private static final Optional<Finding> KNOWN = Optional.of(new Finding.Known());
  private static final Optional<Finding> FOREIGN = Optional.of(new Finding.Foreign());
  private static final Pattern LIST = Pattern.compile("/crl/[^/]+/([0-9]{1,5})\\.crl");

  private final Inventory inventory;
  private final Lineages lineages;
  private final Authorities authorities;
  private final Commits commits;
  private final CryptoBackend crypto;
  private final TrustedTime time;
  private final RefusalLog refusals;

  public Recognition(
      Inventory inventory,
      Lineages lineages,
      Authorities authorities,
      Commits commits,
      CryptoBackend crypto,
      TrustedTime time,
      RefusalLog refusals) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.authorities = authorities;
    this.commits = commits;
    this.crypto = crypto;
    this.time = time;
    this.refusals = refusals;
  }

  /// What is thought of a certificate that the inventory did not know.
  public sealed interface Finding {
    /// It is in the inventory now.
    record Known() implements Finding {}

    /// It was this device's, and renews nothing any more.
    record Expired(DeviceId device) implements Finding {}

    record Foreign() implements Finding {}
  }

  /// The one use case in which every protocol ends, as a protocol sees it.
  @FunctionalInterface
  public interface Door {
    Answer enrol(Applicant applicant, byte[] csr, String protocol);
  }

  /// The door, for whom a certificate of ours that was unknown is no reason to send its device
  /// away.
  public Door before(Door door) {
    return (applicant, csr, protocol) -> {
      Answer answer = door.enrol(applicant, csr, protocol);
      if (!(answer instanceof Answer.Declined(var refusal, var _)
          && refusal == Refusal.CREDENTIAL_UNKNOWN)) {
        return answer;
      }
      return switch (shown(applicant)) {
        case Finding.Known _ -> door.enrol(applicant, csr, protocol);
        case Finding.Expired(var device) -> {
          refusals.note(Optional.of(device), Refusal.CREDENTIAL_EXPIRED, protocol, time.instant());
          yield new Answer.Declined(Refusal.CREDENTIAL_EXPIRED, "device: " + device);
        }
        case Finding.Foreign _ -> answer;
      };
    };
  }

  private Finding shown(Applicant applicant) {
    List<byte[]> chain = applicant.shown().map(Applicant.Shown::chain).orElse(List.of());
    return chain.isEmpty() ? new Finding.Foreign() : find(chain.getFirst());
  }

  /// Records the certificate, if it is one of ours. Its key was proven by the handshake.
  ///
  /// @return whether it is in the inventory now
  public boolean recognise(byte[] der) {
    return find(der) instanceof Finding.Known;
  }

  /// As [#recognise], and says why not.
  public Finding find(byte[] der) {
    try {
      Certificate certificate = Certificate.parse(der);
      Optional<Authority> issuer =
          authorities.authorities().stream()
              .filter(authority -> authority.kind() == Authority.Kind.ISSUING)
              .filter(authority -> certificate.isSignedBy(authority.certificate(), crypto))
              .findFirst();
      Optional<DeviceId> device = issuer.isEmpty() ? Optional.empty() : deviceOf(certificate);
      return device.isEmpty()
          ? new Finding.Foreign()
          : Stubborn.insist(() -> record(certificate, der, issuer.orElseThrow(), device.get()));
    } catch (Refused refused) {
      // Unreadable, or not now: the device is told what it would have been told.
      return new Finding.Foreign();
    }
  }

  private Optional<Finding> record(
      Certificate certificate, byte[] der, Authority issuer, DeviceId device) throws Refused {
    SlotId slot = SlotId.operational(device);
    Optional<Sighting> sighted = lineages.whole(slot);
    if (!time.trusted()
        || sighted.isEmpty()
        || sighted.get().device().state() instanceof DeviceState.Scrapped) {
      return FOREIGN;
    }
    BigInteger serial = certificate.serial().value();
    String authority = issuer.id().value();
    Fingerprint fingerprint = certificate.fingerprint();
    Optional<Credential> known = inventory.credentialBySerial(authority, serial);
    if (known.isPresent()) {
      return known.get().shown().equals(fingerprint) ? KNOWN : FOREIGN;
    }
    CredentialId id = idOf(authority, serial);
    if (inventory.isRevoked(id)) {
      return FOREIGN;
    }
    Sighting sighting = sighted.get();
    Instant now = time.instant();
    if (now.isAfter(certificate.notAfter().plus(sighting.deviceClass().grace()))) {
      return Optional.of(new Finding.Expired(device));
    }
    Optional<Credential> above = above(device, slot, certificate.notBefore());
    Credential credential =
        new Credential(
            id,
            slot,
            CredentialState.STAGED,
            fingerprint,
            certificate.keyFingerprint(),
            serial,
            authority,
            above.isPresent()
                ? new Predecessor.OlderCredential(above.get().id())
                : new Predecessor.EnrolmentToken(id.value()),
            above.map(its -> its.generation() + 1).orElse(0),
            Protection.UNKNOWN,
            certificate.notBefore(),
            certificate.notBefore(),
            certificate.notAfter(),
            Optional.empty(),
            Optional.empty());
    Writes writes = new Writes(sighting.lineage(), "device:" + device);
    writes.add(new RotationChange.AddCredential(credential, der, shard(certificate)));
    writes.record(
        EntryKind.CREDENTIAL_RECOGNISED,
        now,
        Map.of(
            "credential", id.toString(),
            "certificate", fingerprint.hex(),
            "key", credential.key().hex(),
            "serial", serial.toString(16),
            "authority", authority,
            "not-after", credential.notAfter().toString()));
    if (sighting.device().state() instanceof DeviceState.Registered registered) {
      writes.add(new InventoryChange.MoveDevice(device, registered, registered.enrolled()));
    }
    return switch (commits.commit(writes.decision())) {
      case Outcome.Committed _ -> KNOWN;
      case Outcome.Stale _ -> Optional.empty();
      case Outcome.Taken _ -> FOREIGN;
    };
  }

  /// The revocation list that the certificate itself names for its revocation.
  private static int shard(Certificate certificate) {
    byte[] points = certificate.toX509().getExtensionValue(DISTRIBUTION_POINTS);
    if (points == null) {
      return 0;
    }
    Matcher list = LIST.matcher(new String(points, StandardCharsets.ISO_8859_1));
    return list.find() ? Integer.parseInt(list.group(1)) : 0;
  }

  /// What the slot held when the certificate was issued: the newest that is not younger.
  private Optional<Credential> above(DeviceId device, SlotId slot, Instant notBefore) {
    List<Credential> ofSlot =
        inventory.credentialsOf(device, Inventory.MAX_PAGE).stream()
            .filter(each -> each.slot().equals(slot))
            .toList();
    Comparator<Credential> newest =
        Comparator.comparing(Credential::notBefore).thenComparingInt(Credential::generation);
    return ofSlot.stream()
        .filter(each -> !each.notBefore().isAfter(notBefore))
        .max(newest)
        .or(() -> ofSlot.stream().max(newest));
  }

  /// Whose it is: the certificate names the registered id in its URI, by the template of a profile.
  private Optional<DeviceId> deviceOf(Certificate certificate) throws Refused {
    for (String uri : certificate.alternativeNames().uris()) {
      int last = uri.lastIndexOf('/');
      DeviceId device;
      try {
        device =
            new DeviceId(
                URLDecoder.decode(
                    uri.substring(last + 1).replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        continue;
      }
      for (Profile profile : authorities.profiles()) {
        if (profile
            .identityUri(Map.of(Profile.DEVICE_ID, device.value()))
            .filter(uri::equals)
            .isPresent()) {
          return Optional.of(device);
        }
      }
    }
    return Optional.empty();
  }

  /// The id of a credential of which an authority and a serial number are all that is known. The
  /// same for whoever hears of it first: the device that shows it, or a revocation list.
  public static CredentialId idOf(String authority, BigInteger serial) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(authority.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      ByteBuffer bytes = ByteBuffer.wrap(digest.digest(serial.toByteArray()));
      // RFC 9562 §5.8: a version for ways of one's own.
      long high = (bytes.getLong() & 0xffff_ffff_ffff_0fffL) | 0x8000L;
      long low = (bytes.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
      return new CredentialId(new UUID(high, low));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

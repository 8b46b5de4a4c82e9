package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.platform.store.PostgresStore;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The check over all trials: the certificate's device is the authenticated device.
///
/// It reads the whole ledger and the whole inventory and believes neither alone: what each
/// certificate says in its own bytes, what the inventory says of it, and what the ledger says of
/// its issuance and of what it was issued under must agree, and nothing may stand in one and not in
/// the other.
final class LedgerCheck {
  private static final int URI_NAME = 6;
  private static final String IDENTITY = "spiffe://" + TrialServer.TRUST_DOMAIN + "/device/";

  private final Inventory inventory;
  private final List<Entry> entries;

  private LedgerCheck(Inventory inventory, List<Entry> entries) {
    this.inventory = inventory;
    this.entries = entries;
  }

  /// One issuance, as the ledger recorded it.
  record Issuance(
      String device,
      CredentialId credential,
      Fingerprint certificate,
      Fingerprint key,
      Entry entry) {}

  static LedgerCheck of(PostgresStore store) {
    List<Entry> entries = new ArrayList<>();
    long last = 0;
    List<Ledger.Recorded> page;
    do {
      page = store.after(last, 1_000);
      for (Ledger.Recorded recorded : page) {
        entries.add(Entry.ofCanonical(recorded.canonical()));
        last = recorded.number();
      }
    } while (!page.isEmpty());
    return new LedgerCheck(store, entries);
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Entry> about(String device, EntryKind kind) {
    return entries.stream()
        .filter(entry -> entry.kind() == kind && entry.device().equals(Optional.of(device)))
        .toList();
  }

  List<Issuance> issuances() {
    return entries.stream()
        .filter(entry -> entry.kind() == EntryKind.CREDENTIAL_ISSUED)
        .map(entry ->
            new Issuance(
                entry.device().orElseThrow(),
                new CredentialId(UUID.fromString(fact(entry, "credential"))),
                Fingerprint.parse(fact(entry, "certificate")),
                Fingerprint.parse(fact(entry, "key")),
                entry))
        .toList();
  }

  private static String fact(Entry entry, String name) {
    return Optional.ofNullable(entry.facts().get(name))
        .orElseThrow(() -> new AssertionError("no " + name + " in " + entry));
  }

  List<Issuance> issuancesFor(Fingerprint key) {
    return issuances().stream().filter(issuance -> issuance.key().equals(key)).toList();
  }

  /// Asserts all of it. Returns how many issuances were judged.
  int holds() {
    Map<UUID, String> authenticated = new HashMap<>();
    Map<Fingerprint, String> keys = new HashMap<>();
    int judged = 0;
    for (Entry entry : entries) {
      if (entry.kind() == EntryKind.TOKEN_CREATED) {
        authenticated.put(UUID.fromString(fact(entry, "token")), entry.device().orElseThrow());
      }
    }
    List<Issuance> issuances = issuances();
    issuances.forEach(one -> authenticated.put(one.credential().value(), one.device()));
    for (Issuance issuance : issuances) {
      String under =
          Optional.ofNullable(issuance.entry().facts().get("token"))
              .orElseGet(() -> fact(issuance.entry(), "predecessor"));
      assertThat(authenticated.get(UUID.fromString(under)))
          .as("the device of what %s was issued under", issuance)
          .isEqualTo(issuance.device());
      assertThat(issuance.entry().actor()).isEqualTo("device:" + issuance.device());
      assertThat(keys.put(issuance.key(), issuance.device()))
          .as("who else had a certificate for the key of %s", issuance)
          .isNull();
      inventoryAgrees(issuance);
      judged++;
    }
    nothingIsUnrecorded(issuances);
    return judged;
  }

  private void inventoryAgrees(Issuance issuance) {
    Credential credential =
        inventory
            .credential(issuance.credential())
            .orElseThrow(() -> new AssertionError("not in the inventory: " + issuance));
    assertThat(credential.slot().device().value()).isEqualTo(issuance.device());
    assertThat(credential.shown()).isEqualTo(issuance.certificate());
    assertThat(credential.key()).isEqualTo(issuance.key());
    byte[] der = inventory.certificate(issuance.credential()).orElseThrow();
    assertThat(Fingerprint.of(der)).isEqualTo(issuance.certificate());
    X509Certificate certificate = read(der);
    assertThat(Fingerprint.of(certificate.getPublicKey().getEncoded())).isEqualTo(issuance.key());
    assertThat(registeredId(certificate)).isEqualTo(issuance.device());
  }

  /// The registered id in a certificate's only URI name.
  static String registeredId(X509Certificate certificate) {
    try {
      List<String> names =
          certificate.getSubjectAlternativeNames().stream()
              .filter(name -> name.get(0).equals(URI_NAME))
              .map(name -> (String) name.get(1))
              .toList();
      assertThat(names).hasSize(1);
      assertThat(names.getFirst()).startsWith(IDENTITY);
      return names.getFirst().substring(IDENTITY.length());
    } catch (CertificateException e) {
      throw new AssertionError("unreadable names", e);
    }
  }

  private static X509Certificate read(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new AssertionError("an issued certificate cannot be read", e);
    }
  }

  private void nothingIsUnrecorded(List<Issuance> issuances) {
    List<CredentialId> recorded = issuances.stream().map(Issuance::credential).toList();
    List<CredentialId> known = new ArrayList<>();
    String last = "";
    List<Device> page;
    do {
      page = inventory.devices(Inventory.DeviceFilter.ALL, Scope.ALL, last, Inventory.MAX_PAGE);
      for (Device device : page) {
        DeviceId id = device.id();
        inventory.credentialsOf(id, Inventory.MAX_PAGE).forEach(one -> known.add(one.id()));
        last = id.value();
      }
    } while (!page.isEmpty());
    assertThat(known).containsExactlyInAnyOrderElementsOf(recorded);
  }
}

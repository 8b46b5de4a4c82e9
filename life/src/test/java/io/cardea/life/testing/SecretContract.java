package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.credentialId;
import static io.cardea.life.testing.Samples.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.SaveSecretSlot;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Secret;
import io.cardea.life.rotation.Sighting.KeyStanding;
import io.cardea.life.secrets.Secrets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What a store keeps of credentials that are no certificates.
public abstract class SecretContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations & Secrets>
    extends CalendarContract<S> {
  private static final SlotId MQTT = new SlotId(new DeviceId("pump-1"), "mqtt");

  private static Credential secret(String name, CredentialKind.Secret kind, Predecessor under) {
    return new Credential(
        credentialId(name),
        MQTT,
        kind,
        CredentialState.STAGED,
        digest("shown " + name),
        digest("secret " + name),
        under,
        under instanceof Predecessor.Act ? 0 : 1,
        Protection.UNKNOWN,
        NOON,
        NOON,
        NOON.plus(Duration.ofDays(90)),
        Optional.empty(),
        Optional.empty());
  }

  private static Predecessor act() {
    return new Predecessor.Act(credentialId("act").value());
  }

  private static Secret sent(String to) {
    return new Secret(
        Optional.of(digest(to)),
        Optional.of(new byte[] {1, 2}),
        Optional.of(new byte[] {3, 4}),
        Optional.empty());
  }

  private static RotationChange.StepSlot step(long version) {
    return new RotationChange.StepSlot(MQTT, version, List.of(), Optional.empty(), Pace.NONE);
  }

  @Nested
  class SecretsOfADevice {
    @Test
    void secret_isReadBackWithItsKindAndItsLineage() {
      Credential a = secret("a", CredentialKind.Secret.PRE_SHARED_KEY, act());
      Credential b =
          secret(
              "b", CredentialKind.Secret.PRE_SHARED_KEY, new Predecessor.OlderCredential(a.id()));
      commit(step(0), new RotationChange.AddSecret(a, sent("key")));
      commit(step(1), new RotationChange.AddSecret(b, Secret.DIGESTS));

      assertThat(store.credential(a.id())).contains(a);
      assertThat(store.credentialByCertificate(a.shown())).contains(a);
      assertThat(store.credentialsOf(MQTT.device(), 10)).containsExactlyInAnyOrder(a, b);
      assertThat(store.slots(MQTT.device())).containsExactly(MQTT);
      assertThat(store.bySlot(MQTT, Optional.of(a.key())).orElseThrow().wantedKey())
          .isEqualTo(KeyStanding.OURS);
      assertThat(store.byCertificate(b.shown(), Optional.empty()).orElseThrow().lineage().links())
          .extracting(Link::predecessor)
          .containsExactlyInAnyOrder(a.predecessor(), b.predecessor());
    }

    @Test
    void sealedForm_isThereUntilTheProof_andTheKeptOneUntilTheEnd() {
      Credential a = secret("a", CredentialKind.Secret.DATA_KEY, act());
      commit(step(0), new RotationChange.AddSecret(a, sent("key")));
      assertThat(store.waiting(MQTT, digest("key"))).contains(a.id());
      assertThat(store.waiting(MQTT, digest("another"))).isEmpty();
      assertThat(store.sealed(a.id())).contains(new byte[] {1, 2});

      commit(
          step(1),
          new RotationChange.MoveCredential(a.id(), CredentialState.CURRENT, NOON),
          new RotationChange.ForgetSealed(a.id()));
      assertThat(store.waiting(MQTT, digest("key"))).isEmpty();
      assertThat(store.sealed(a.id())).isEmpty();
      assertThat(store.kept(a.id())).contains(new byte[] {3, 4});

      commit(
          step(2),
          new RotationChange.RevokeCredential(a.id(), RevocationReason.SUPERSEDED, NOON),
          new RotationChange.DestroySecret(a.id()));
      assertThat(store.kept(a.id())).isEmpty();
      // In no list: nobody would look for it there.
      assertThat(store.revoked(new AuthorityId(Samples.AUTHORITY), 0, 0, 10)).isEmpty();
    }

    @Test
    void publicKeys_areThoseOfAcceptedCredentials() {
      Credential a = secret("a", CredentialKind.Secret.TOKEN_SIGNING_KEY, act());
      Credential b =
          secret(
              "b",
              CredentialKind.Secret.TOKEN_SIGNING_KEY,
              new Predecessor.OlderCredential(a.id()));
      commit(step(0), new RotationChange.AddSecret(a, Secret.ofPublicKey(new byte[] {1})));
      commit(step(1), new RotationChange.AddSecret(b, Secret.ofPublicKey(new byte[] {2})));
      assertThat(store.publicKeys(MQTT))
          .extracting(Secrets.CredentialKey::credential)
          .containsExactlyInAnyOrder(a.id(), b.id());

      commit(step(2), new RotationChange.MoveCredential(a.id(), CredentialState.RETIRED, NOON));

      assertThat(store.publicKeys(MQTT))
          .extracting(Secrets.CredentialKey::credential)
          .containsExactly(b.id());
    }

    @Test
    void slotsOfAClass_areReadBackByName() {
      SecretSlot mqtt =
          new SecretSlot("pumps", "mqtt", CredentialKind.Secret.PRE_SHARED_KEY, Duration.ofDays(1));
      SecretSlot longer =
          new SecretSlot("pumps", "mqtt", CredentialKind.Secret.PRE_SHARED_KEY, Duration.ofDays(2));
      SecretSlot api =
          new SecretSlot("pumps", "api", CredentialKind.Secret.API_KEY, Duration.ofDays(1));
      commit(new SaveSecretSlot(mqtt));
      commit(new SaveSecretSlot(api));
      commit(new SaveSecretSlot(longer));

      assertThat(store.secretSlots("pumps")).containsExactly(api, longer);
      assertThat(store.secretSlots("meters")).isEmpty();
    }
  }
}

package io.cardea.life.secrets;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import java.util.Optional;

/// Lets in by a secret, or not. Each call is a use, and an accepted one a proof (R2): what it
/// promotes or retires is durable before the answer.
///
/// The secret is looked up by its digest. Who tries secrets learns nothing from the time that
/// takes: to find a digest that resembles a stored one he would have to invert SHA-256.
public final class SecretUse {
  private static final int MAX_PRESENTED = 512;

  private final Inventory inventory;
  private final Access access;

  public SecretUse(Inventory inventory, Access access) {
    this.inventory = inventory;
    this.access = access;
  }

  /// Somebody presented an API key, a pre-shared key, or the proof of a data key.
  ///
  /// @throws Refused when nothing can be judged now: no store, no trusted time
  public Admission use(String presented) throws Refused {
    if (presented.isEmpty() || presented.length() > MAX_PRESENTED) {
      return unknown();
    }
    Fingerprint shown = NewSecret.digest(presented);
    Optional<Credential> known = find(shown);
    return known.isPresent()
            && known.get().kind() instanceof CredentialKind.Secret kind
            && kind.isMadeHere()
        ? access.use(shown)
        : unknown();
  }

  /// Whether this is a password of that device: what a broker asks when a device connects with its
  /// id as the user name. The connection is then open with the credential in the answer, so call it
  /// once for each.
  ///
  /// @throws Refused when nothing can be judged now: no store, no trusted time
  public Admission verify(DeviceId device, String password) throws Refused {
    if (password.isEmpty() || password.length() > MAX_PRESENTED) {
      return unknown();
    }
    Fingerprint shown = NewSecret.digest(password);
    Optional<Credential> known = find(shown);
    return known.isPresent()
            && known.get().kind() == CredentialKind.Secret.PRE_SHARED_KEY
            && known.get().slot().device().equals(device)
        ? access.use(shown)
        : unknown();
  }

  /// A token was presented whose signature, made with the key of this credential, was verified.
  ///
  /// @throws Refused when nothing can be judged now: no store, no trusted time
  public Admission useOfKey(CredentialId credential) throws Refused {
    Optional<Credential> known;
    try {
      known = inventory.credential(credential);
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not answer", failure);
    }
    return known.isPresent() && known.get().kind() == CredentialKind.Secret.TOKEN_SIGNING_KEY
        ? access.use(known.get().shown())
        : unknown();
  }

  private Optional<Credential> find(Fingerprint shown) throws Refused {
    try {
      return inventory.credentialByCertificate(shown);
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not answer", failure);
    }
  }

  private static Admission unknown() {
    return new Admission.Denied(Refusal.CREDENTIAL_UNKNOWN, Optional.empty());
  }
}

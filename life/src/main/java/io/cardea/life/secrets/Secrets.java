package io.cardea.life.secrets;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.SlotId;
import java.util.List;
import java.util.Optional;

/// Reads of what is stored of secrets.
public interface Secrets {
  /// The newest staged credential of the slot that was issued for this request, if its sealed form
  /// is there.
  Optional<CredentialId> waiting(SlotId slot, Fingerprint request);

  /// The secret, encrypted to the device that asked for it, as long as it is stored.
  Optional<byte[]> sealed(CredentialId credential);

  /// The secret, wrapped by a key of the installation, as long as it is stored.
  Optional<byte[]> kept(CredentialId credential);

  /// Public keys of the slot whose state is accepted, the newest first; some may have expired.
  List<CredentialKey> publicKeys(SlotId slot);

  /// @param key SubjectPublicKeyInfo
  record CredentialKey(CredentialId credential, byte[] key) {}
}

package io.cardea.life.inventory;

import io.cardea.life.Fingerprint;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads of what is known. Every list is paged by key, every query has its index.
public interface Inventory {
  int MAX_PAGE = 1_000;

  Optional<Device> device(DeviceId id);

  /// Those of them that there are, at most 1,000 asked for, in no order.
  List<Device> devices(Collection<DeviceId> ids);

  /// Devices in the order of their ids, after `after` ("" for the first page), at most `limit` (1
  /// to 1,000).
  List<Device> devices(DeviceFilter filter, Scope scope, String after, int limit);

  /// Whether there is an index for [DeviceFilter#text]. Without it such a page would cost what
  /// there is, not what it shows.
  boolean findsText();

  Optional<DeviceClass> deviceClass(String name);

  /// All classes, by name.
  List<DeviceClass> classes();

  /// All audiences, by name.
  List<Audience> audiences();

  /// The slots that devices of a class have beside the operational one, by name.
  List<SecretSlot> secretSlots(String deviceClass);

  Optional<Credential> credential(CredentialId id);

  /// The same, if its device is in the scope.
  default Optional<Credential> credential(CredentialId id, Scope scope) {
    return credential(id)
        .filter(known ->
            scope.isAll() || device(known.slot().device()).filter(scope::covers).isPresent());
  }

  /// By the digest of what its holder shows ([Credential#shown]).
  Optional<Credential> credentialByCertificate(Fingerprint certificate);

  /// By the issuing authority's id and the serial number, as a CertID names it.
  Optional<Credential> credentialBySerial(String authority, BigInteger serial);

  /// The credentials of a device, newest first, at most `limit` (1 to 1,000).
  List<Credential> credentialsOf(DeviceId device, int limit);

  /// The certificate itself, DER.
  Optional<byte[]> certificate(CredentialId id);

  /// Whether the credential is revoked; one that the inventory does not hold may be too.
  boolean isRevoked(CredentialId id);

  /// All bearer tokens, by name.
  List<ApiToken> apiTokens();

  /// Which devices to list; an empty filter lists them all.
  ///
  /// @param labels each of them must be there with that value
  /// @param prefix with which the id begins
  /// @param text a part of the id or of the manufacturer's serial number, whatever the case of its
  ///   ASCII letters
  record DeviceFilter(
      Optional<String> deviceClass,
      Optional<String> state,
      Optional<String> owner,
      Map<String, String> labels,
      Optional<String> prefix,
      Optional<String> text) {
    public static final DeviceFilter ALL =
        new DeviceFilter(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    /// Shorter ones are in nearly every name, and no index finds them.
    public static final int SHORTEST_TEXT = 3;

    public DeviceFilter {
      labels = Map.copyOf(labels);
      prefix.ifPresent(its -> bounded("prefix", its, 1));
      text.ifPresent(its -> bounded("search", its, SHORTEST_TEXT));
    }

    public DeviceFilter(
        Optional<String> deviceClass,
        Optional<String> state,
        Optional<String> owner,
        Map<String, String> labels) {
      this(deviceClass, state, owner, labels, Optional.empty(), Optional.empty());
    }

    private static void bounded(String name, String text, int shortest) {
      if (text.length() < shortest
          || text.length() > Device.MAX_TEXT
          || text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            name
                + ": "
                + text.length()
                + " characters (expected: "
                + shortest
                + " to "
                + Device.MAX_TEXT
                + ", printable)");
      }
    }
  }
}

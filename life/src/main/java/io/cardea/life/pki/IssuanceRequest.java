package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What one certificate is to say, beyond its profile.
///
/// @param fields the values for the profile's templates, such as `device.id`
/// @param at the moment of issue, by the one clock
/// @param shard the revocation list that would name the certificate
public record IssuanceRequest(
    SubjectPublicKey key,
    Map<String, String> fields,
    List<String> hostNames,
    List<String> ipAddresses,
    Instant at,
    int shard) {
  private static final int MAX_NAMES = 100;

  public IssuanceRequest {
    fields = Map.copyOf(fields);
    hostNames = List.copyOf(hostNames);
    ipAddresses = List.copyOf(ipAddresses);
    if (shard < 0) {
      throw new IllegalArgumentException("shard: " + shard + " (expected: >= 0)");
    }
    if (hostNames.size() + ipAddresses.size() > MAX_NAMES) {
      throw new IllegalArgumentException("more than 100 names");
    }
  }

  /// The usual one: a device, known by its registered id.
  public static IssuanceRequest forDevice(String deviceId, SubjectPublicKey key, Instant at) {
    return new IssuanceRequest(
        key, Map.of(Profile.DEVICE_ID, deviceId), List.of(), List.of(), at, 0);
  }

  /// A TLS server of ours; names that are IP addresses are told apart by their form.
  public static IssuanceRequest forServer(List<String> hosts, SubjectPublicKey key, Instant at) {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts: none (expected: at least one)");
    }
    List<String> addresses = hosts.stream().filter(IssuanceRequest::isAddress).toList();
    List<String> names = hosts.stream().filter(host -> !isAddress(host)).toList();
    return new IssuanceRequest(key, Map.of("host", hosts.getFirst()), names, addresses, at, 0);
  }

  static boolean isAddress(String host) {
    return host.matches("[0-9.]+") || host.contains(":");
  }

  /// The four or sixteen octets of an address that was written as a literal; names are never looked
  /// up.
  static byte[] octets(String address) throws Refused {
    try {
      return InetAddress.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException e) {
      throw new Refused(Refusal.PROFILE_VIOLATION, "not an IP address: " + address);
    }
  }
}

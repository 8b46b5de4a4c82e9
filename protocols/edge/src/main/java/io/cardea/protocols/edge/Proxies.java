package io.cardea.protocols.edge;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Who stands in front of a listener, and what is believed of them. Nothing is believed of anybody
/// else.
///
/// @param passThrough networks of proxies that hand on the bytes of TLS as they are: each
///   connection from there begins with a PROXY header, version 1 or 2, that says whom it brings
/// @param pinned SHA-256 of the client certificates, in lower-case hexadecimal, of proxies that end
///   TLS themselves: what they send as `Client-Cert` (RFC 9440) is the certificate of the peer
/// @param prove whether a certificate that a pinned proxy sends counts as a full handshake (R2);
///   only for proxies that never resume a session
public record Proxies(List<Network> passThrough, Set<String> pinned, boolean prove) {
  /// Everybody comes directly.
  public static final Proxies NONE = new Proxies(List.of(), Set.of(), false);

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public Proxies {
    passThrough = List.copyOf(passThrough);
    pinned = Set.copyOf(pinned);
    for (String fingerprint : pinned) {
      if (!SHA256.matcher(fingerprint).matches()) {
        throw new IllegalArgumentException(
            "fingerprint: " + fingerprint + " (expected: 64 of 0-9 a-f)");
      }
    }
  }

  /// A range of addresses.
  ///
  /// @param cidr `192.0.2.0/24`, `2001:db8::/32`
  public record Network(String cidr) {
    public Network {
      var _ = rule(cidr);
    }

    boolean has(InetSocketAddress address) {
      return rule(cidr).matches(address);
    }

    private static IpSubnetFilterRule rule(String cidr) {
      return new IpSubnetFilterRule(cidr, IpFilterRuleType.ACCEPT);
    }
  }

  boolean passesThrough(InetSocketAddress address) {
    return passThrough.stream().anyMatch(network -> network.has(address));
  }

  boolean isPinned(ClientCertificate certificate) {
    return pinned.contains(certificate.sha256Hex());
  }
}

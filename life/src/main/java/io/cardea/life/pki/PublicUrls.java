package io.cardea.life.pki;

import java.net.URI;
import java.util.Locale;

/// Where relying parties find revocation lists and authority certificates. The base is baked into
/// certificates for years, so it is checked before it is used.
public record PublicUrls(URI base) {
  public PublicUrls {
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || base.getHost() == null
        || base.getRawQuery() != null
        || base.getRawFragment() != null
        || base.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "public url: " + base + " (expected: http or https, a host, no query, no user)");
    }
    String text = base.toASCIIString();
    base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  public static PublicUrls of(String base) {
    return new PublicUrls(URI.create(base));
  }

  /// Each shard of an authority's revocations is a list of its own, so that no list grows with the
  /// fleet.
  public String crl(AuthorityId authority, int shard) {
    return base + "/crl/" + authority + "/" + shard + ".crl";
  }

  /// Where to ask about one certificate (RFC 6960).
  public String ocsp(AuthorityId authority) {
    return base + "/ocsp/" + authority;
  }

  public String certificate(AuthorityId authority) {
    return base + "/ca/" + authority + ".cer";
  }
}

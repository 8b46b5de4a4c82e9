package io.cardea.life.pki;

import io.cardea.life.Refused;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/// The rules that a certificate must keep before it is signed. Each reads the finished encoding,
/// and knows nothing of how it was built; none repairs anything.
public enum Lint {
  /// RFC 5280 §4.1: DER, and nothing that a parser could read in two ways.
  WELL_FORMED {
    @Override
    String judge(LintCase c) {
      return c.wellFormed ? OK : "not a version 3 certificate with extensions and nothing else";
    }
  },
  /// RFC 5280 §4.2.
  EXTENSIONS_UNIQUE {
    @Override
    String judge(LintCase c) {
      for (int i = 1; i < c.extensions.size(); i++) {
        for (int j = 0; j < i; j++) {
          if (Arrays.equals(c.extensions.get(i).oid(), c.extensions.get(j).oid())) {
            return "there twice: number " + i;
          }
        }
      }
      return OK;
    }
  },
  /// Only what a profile can ask for is in our certificates.
  EXTENSIONS_KNOWN {
    @Override
    String judge(LintCase c) {
      for (LintCase.Extension extension : c.extensions) {
        if (KNOWN.stream().noneMatch(known -> Arrays.equals(known, extension.oid()))) {
          return "unknown " + HexFormat.of().formatHex(extension.oid());
        }
      }
      return OK;
    }
  },
  /// RFC 5280 §4.1.2.2; the 64 bits are those of the CA/Browser Forum, and far below what we draw.
  SERIAL_POSITIVE_AND_RANDOM {
    @Override
    String judge(LintCase c) {
      int bits = c.serial.bitLength();
      return c.serial.signum() > 0 && bits <= 159 && bits >= 64
          ? OK
          : "serial has " + bits + " bits";
    }
  },
  /// RFC 5280 §4.1.1.2: inside and outside, and as the authority's key signs.
  SIGNATURE_ALGORITHMS_AGREE {
    @Override
    String judge(LintCase c) {
      return Arrays.equals(c.algorithm, c.expected.algorithm())
              && Arrays.equals(c.algorithm, c.outerAlgorithm)
          ? OK
          : "signature algorithms differ from each other or from " + c.expected.scheme();
    }
  },
  /// RFC 5280 §4.1.2.4: octet by octet, as verifiers differ in how they compare names.
  ISSUER_NAME_MATCHES {
    @Override
    String judge(LintCase c) {
      return Arrays.equals(c.issuer, c.expected.issuerName()) ? OK : "issuer is another";
    }
  },
  /// RFC 5280 §4.1.2.5: UTCTime before 2050, GeneralizedTime from then on, whole seconds, Z.
  VALIDITY_ENCODED_RIGHT {
    @Override
    String judge(LintCase c) {
      byte[] right = Der.sequence(Der.time(c.notBefore), Der.time(c.notAfter));
      return Arrays.equals(c.validity, right) ? OK : "dates are not in their one encoding";
    }
  },
  VALIDITY_MATCHES_PROFILE {
    @Override
    String judge(LintCase c) {
      Instant at = c.request.at().truncatedTo(ChronoUnit.SECONDS);
      Instant from = c.notBefore;
      Instant to = c.notAfter;
      boolean start =
          from.equals(at.minus(c.profile.backdate()).truncatedTo(ChronoUnit.SECONDS))
              || from.equals(c.expected.issuer().notBefore());
      boolean end =
          to.equals(at.plus(c.profile.life()).truncatedTo(ChronoUnit.SECONDS))
              || to.equals(c.expected.issuer().notAfter());
      return start && end && !from.isAfter(at) && to.isAfter(at)
          ? OK
          : "valid " + from + " to " + to;
    }
  },
  VALIDITY_WITHIN_ISSUER {
    @Override
    String judge(LintCase c) {
      Instant from = c.notBefore;
      Instant to = c.notAfter;
      return from.isBefore(c.expected.issuer().notBefore())
              || to.isAfter(c.expected.issuer().notAfter())
          ? "valid outside of its issuer's life"
          : OK;
    }
  },
  /// The identity is mirrored in the subject, for what shows or matches nothing else.
  SUBJECT_MIRRORS_IDENTITY {
    @Override
    String judge(LintCase c) throws Refused {
      List<String> names = Names.commonNames(c.subject);
      String expected = c.profile.commonName(c.request.fields());
      return names.size() == 1 && names.getFirst().equals(expected)
          ? OK
          : "common names are " + names.size() + " or differ from the identity";
    }
  },
  /// The one URI is the identity; the other names are those of the request, and no more.
  NAMES_ARE_THE_IDENTITY {
    @Override
    String judge(LintCase c) throws Refused {
      byte[] value = c.value(Encoding.ALTERNATIVE_NAMES, false);
      if (value.length == 0) {
        return c.profile.answersForAuthority() ? OK : "no subjectAltName";
      }
      List<String> uris = new ArrayList<>();
      List<String> hosts = new ArrayList<>();
      List<byte[]> addresses = new ArrayList<>();
      for (GeneralName name : GeneralNames.getInstance(value).getNames()) {
        switch (name.getTagNo()) {
          case GeneralName.uniformResourceIdentifier -> uris.add(name.getName().toString());
          case GeneralName.dNSName -> hosts.add(name.getName().toString());
          case GeneralName.iPAddress ->
              addresses.add(ASN1OctetString.getInstance(name.getName()).getOctets());
          default -> {
            return "a name of kind " + name.getTagNo();
          }
        }
      }
      Optional<String> identity = c.profile.identityUri(c.request.fields());
      boolean same =
          uris.equals(identity.stream().toList())
              && hosts.equals(c.request.hostNames())
              && addresses.size() == c.request.ipAddresses().size();
      for (int i = 0; same && i < addresses.size(); i++) {
        same =
            Arrays.equals(addresses.get(i), IssuanceRequest.octets(c.request.ipAddresses().get(i)));
      }
      return same && !(uris.isEmpty() && hosts.isEmpty() && addresses.isEmpty())
          ? OK
          : "names differ from the identity";
    }
  },
  /// Host names are letters, digits and hyphens; no wildcards.
  HOST_NAMES_SOUND {
    @Override
    String judge(LintCase c) {
      for (String host : c.request.hostNames()) {
        if (host.length() > 253 || !host.matches(HOST_NAME)) {
          return "not a host name: " + Names.withoutControls(host);
        }
      }
      return OK;
    }
  },
  /// RFC 5280 §4.2.1.9.
  NO_AUTHORITY {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.BASIC_CONSTRAINTS, true);
      return value.length > 0 && !BasicConstraints.getInstance(value).isCA()
          ? OK
          : "basicConstraints is absent, not critical, or says CA";
    }
  },
  /// RFC 5280 §4.2.1.3 and RFC 8813 §3: critical, as in the profile, and nothing that such a key
  /// cannot do.
  KEY_USAGE_FITS_KEY {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.KEY_USAGE, true);
      if (value.length == 0) {
        return "keyUsage is absent or not critical";
      }
      int bits = value.length == 4 ? value[3] & 0xff : -1;
      int allowed = 0;
      for (KeyUse use : c.profile.keyUse()) {
        allowed |= use.fits(c.request.key().kind()) ? 0x80 >>> use.bit() : 0;
      }
      return bits == allowed && bits != 0 ? OK : "keyUsage does not fit the key and the profile";
    }
  },
  /// RFC 5280 §4.2.1.12: exactly the profile's.
  EXTENDED_KEY_USAGE_EXACT {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.EXTENDED_KEY_USAGE, false);
      if (value.length == 0) {
        return "extendedKeyUsage is absent or critical";
      }
      List<String> uses = new ArrayList<>();
      for (KeyPurposeId use : ExtendedKeyUsage.getInstance(value).getUsages()) {
        uses.add(use.getId());
      }
      return uses.equals(c.profile.extendedKeyUse().stream().map(ExtendedKeyUse::oid).toList())
          ? OK
          : "extendedKeyUsage is " + uses;
    }
  },
  /// RFC 6960 §4.2.2.2.1: whoever answers for the authority says so, and nobody else does.
  NO_CHECK_FOR_RESPONDERS {
    @Override
    String judge(LintCase c) {
      boolean there = c.value(Encoding.NO_CHECK, false).length > 0;
      return there == c.profile.answersForAuthority()
          ? OK
          : "id-pkix-ocsp-nocheck is " + (there ? "there" : "not there");
    }
  },
  /// RFC 5280 §4.2.1.1.
  AUTHORITY_KEY_IDENTIFIER_MATCHES {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.AUTHORITY_KEY_IDENTIFIER, false);
      return value.length > 0
              && Arrays.equals(
                  AuthorityKeyIdentifier.getInstance(value).getKeyIdentifierOctets(),
                  c.expected.issuerKeyIdentifier())
          ? OK
          : "authorityKeyIdentifier is not the issuer's";
    }
  },
  /// RFC 5280 §4.2.1.2.
  SUBJECT_KEY_IDENTIFIER_MATCHES {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.SUBJECT_KEY_IDENTIFIER, false);
      return value.length > 0
              && Arrays.equals(
                  ASN1OctetString.getInstance(value).getOctets(), c.request.key().identifier())
          ? OK
          : "subjectKeyIdentifier is not the key's";
    }
  },
  /// The key is the one whose possession was proven, of a kind that the profile allows, and not the
  /// issuer's.
  KEY_IS_THE_PROVEN_ONE {
    @Override
    String judge(LintCase c) throws Refused {
      return Arrays.equals(c.publicKey, c.request.key().der())
              && c.profile.keys().contains(c.request.key().kind())
              && !c.request.key().fingerprint().equals(c.expected.issuer().keyFingerprint())
          ? OK
          : "the key is another one, or not one for this profile";
    }
  },
  /// RFC 5280 §4.2.1.13: the one list that would name this certificate.
  REVOCATION_LIST_NAMED {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.CRL_DISTRIBUTION_POINTS, false);
      if (value.length == 0) {
        return "no cRLDistributionPoints";
      }
      DistributionPoint[] points = CRLDistPoint.getInstance(value).getDistributionPoints();
      return points.length == 1
              && points[0].getReasons() == null
              && points[0].getCRLIssuer() == null
              && names(points[0].getDistributionPoint()).equals(List.of(c.expected.crl()))
          ? OK
          : "cRLDistributionPoints is not " + c.expected.crl();
    }
  },
  /// RFC 5280 §4.2.2.1: where to ask about the certificate, and where the issuer's certificate is.
  ISSUER_LOCATED {
    @Override
    String judge(LintCase c) {
      byte[] value = c.value(Encoding.AUTHORITY_INFORMATION, false);
      if (value.length == 0) {
        return "no authorityInfoAccess";
      }
      AccessDescription[] all =
          AuthorityInformationAccess.getInstance(value).getAccessDescriptions();
      return all.length == 2
              && all[0].getAccessMethod().equals(Encoding.OCSP)
              && all[0].getAccessLocation().getName().toString().equals(c.expected.ocspUrl())
              && all[1].getAccessMethod().equals(Encoding.CA_ISSUERS)
              && all[1].getAccessLocation().getName().toString().equals(c.expected.issuerUrl())
          ? OK
          : "authorityInfoAccess is not " + c.expected.ocspUrl() + " and " + c.expected.issuerUrl();
    }
  };

  private static final String OK = "";
  private static final List<Lint> ALL = List.of(values());
  private static final String HOST_NAME =
      "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*";
  private static final List<byte[]> KNOWN =
      Stream.of(
              Encoding.SUBJECT_KEY_IDENTIFIER,
              Encoding.KEY_USAGE,
              Encoding.ALTERNATIVE_NAMES,
              Encoding.BASIC_CONSTRAINTS,
              Encoding.CRL_DISTRIBUTION_POINTS,
              Encoding.AUTHORITY_KEY_IDENTIFIER,
              Encoding.EXTENDED_KEY_USAGE,
              Encoding.AUTHORITY_INFORMATION,
              Encoding.NO_CHECK)
          .map(Encoding::oid)
          .toList();

  /// A broken rule.
  public record Finding(Lint lint, String detail) {
    @Override
    public String toString() {
      return lint.code() + ": " + detail;
    }
  }

  /// Says what is wrong, or the empty string.
  abstract String judge(LintCase lintCase) throws Refused;

  /// The stable code, for instance `no-authority`.
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<Finding> check(
      byte[] certificate, LintCase.Expected expected, Profile profile, IssuanceRequest request) {
    List<Finding> findings = new ArrayList<>(0);
    Lint current = WELL_FORMED;
    try {
      LintCase lintCase = new LintCase(certificate, expected, profile, request);
      for (Lint lint : ALL) {
        current = lint;
        String detail = lint.judge(lintCase);
        if (!detail.isEmpty()) {
          findings.add(new Finding(lint, detail));
        }
      }
    } catch (MalformedDer | Refused | RuntimeException e) {
      // Whatever a rule stumbles over is broken: a certificate that cannot be judged is not signed.
      findings.add(new Finding(current, "cannot be read: " + e.getMessage()));
    }
    return findings;
  }

  private static List<String> names(DistributionPointName point) {
    List<String> names = new ArrayList<>(1);
    for (GeneralName name : GeneralNames.getInstance(point.getName()).getNames()) {
      names.add(name.getName().toString());
    }
    return names;
  }
}

package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a certificate of this kind may contain, and for how long. It is data: it can be stored,
/// shown and compared.
///
/// The identity is the registered id, in a URI SAN and mirrored in the subject. The URI has the
/// form of a SPIFFE ID, `spiffe://TRUST-DOMAIN/device/ID`: it is an absolute URI with an authority,
/// as RFC 5280 §4.2.1.6 wants it, needs no registration (a `urn:` name needs a registered
/// namespace, and `urn:dev:` of RFC 9039 an enterprise number), keeps two fleets apart by their
/// trust domain, and Envoy and the service meshes match on it. Registered ids stand in it as they
/// are; a colon, which they may hold, is sound in a URI though stricter SPIFFE libraries dislike
/// it. Any other octet that a path segment cannot hold is percent-encoded.
///
/// @param subject the subject, in the order of its encoding; never empty
/// @param identity the URI SAN; absent only for server certificates, whose identity is their host
/// @param life from the moment of issue to notAfter; cut short where the authority ends earlier
/// @param backdate how far notBefore is set back, for devices whose clock is slow
/// @param requestedHostNames whether DNS names that a request asks for may be copied into the
///   certificate; without it, and always for other kinds of names, asking for them is refused
/// @param authority the name of who issues under it; without one, the usual authority does
public record Profile(
    String name,
    List<SubjectPart> subject,
    Optional<Template> identity,
    Set<KeyUse> keyUse,
    List<ExtendedKeyUse> extendedKeyUse,
    Duration life,
    Duration backdate,
    Set<CertKey> keys,
    boolean requestedHostNames,
    Optional<String> authority) {
  /// The field that holds a device's registered id.
  public static final String DEVICE_ID = "device.id";

  private static final Duration MAX_LIFE = Duration.ofDays(10 * 366L);
  private static final Duration MAX_BACKDATE = Duration.ofDays(30);

  /// One attribute of the subject.
  public record SubjectPart(SubjectAttribute attribute, Template value) {}

  public Profile {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException(
          "profile name: " + name + " (expected: lower-case letters, digits and hyphens)");
    }
    subject = List.copyOf(subject);
    keyUse = Set.copyOf(keyUse);
    extendedKeyUse = List.copyOf(extendedKeyUse);
    keys = Set.copyOf(keys);
    if (subject.stream().noneMatch(part -> part.attribute() == SubjectAttribute.COMMON_NAME)) {
      throw new IllegalArgumentException("subject of " + name + ": no common name (expected: one)");
    }
    if (subject.size() > 16) {
      throw new IllegalArgumentException(
          "subject of " + name + ": " + subject.size() + " parts (expected: at most 16)");
    }
    if (keyUse.isEmpty() || keys.isEmpty() || extendedKeyUse.isEmpty()) {
      throw new IllegalArgumentException(
          "profile " + name + ": key use, extended key use and keys (expected: at least one each)");
    }
    if (Set.copyOf(extendedKeyUse).size() != extendedKeyUse.size()) {
      throw new IllegalArgumentException(
          "profile " + name + ": an extended key use is there twice");
    }
    for (CertKey kind : keys) {
      boolean usable = false;
      for (KeyUse use : keyUse) {
        usable |= use.fits(kind);
      }
      if (!usable) {
        throw new IllegalArgumentException("profile " + name + ": no key use fits " + kind);
      }
    }
    boolean tls =
        extendedKeyUse.contains(ExtendedKeyUse.CLIENT_AUTH)
            || extendedKeyUse.contains(ExtendedKeyUse.SERVER_AUTH);
    if (tls && !keys.stream().allMatch(CertKey::fitsTls)) {
      throw new IllegalArgumentException(
          "profile "
              + name
              + ": keys "
              + keys.stream().sorted().toList()
              + " (expected: none of ML-DSA, as its certificates are for TLS)");
    }
    if (life.compareTo(Duration.ofSeconds(10)) < 0 || life.compareTo(MAX_LIFE) > 0) {
      throw new IllegalArgumentException(
          "life of " + name + ": " + life + " (expected: 10 s to 10 years)");
    }
    if (backdate.isNegative() || backdate.compareTo(MAX_BACKDATE) > 0) {
      throw new IllegalArgumentException(
          "backdate of " + name + ": " + backdate + " (expected: 0 to 30 days)");
    }
    if (identity.isEmpty() && extendedKeyUse.contains(ExtendedKeyUse.CLIENT_AUTH)) {
      throw new IllegalArgumentException(
          "profile " + name + ": no identity (expected: a URI, as its certificates authenticate)");
    }
  }

  /// Issued under by the usual authority.
  public Profile(
      String name,
      List<SubjectPart> subject,
      Optional<Template> identity,
      Set<KeyUse> keyUse,
      List<ExtendedKeyUse> extendedKeyUse,
      Duration life,
      Duration backdate,
      Set<CertKey> keys,
      boolean requestedHostNames) {
    this(
        name,
        subject,
        identity,
        keyUse,
        extendedKeyUse,
        life,
        backdate,
        keys,
        requestedHostNames,
        Optional.empty());
  }

  /// For a device's operational credential.
  ///
  /// @param trustDomain names the fleet, such as `fleet.example.com`; it is baked into certificates
  public static Profile device(String trustDomain, Duration life) {
    return forDevices("device", trustDomain, "device", life);
  }

  /// For a device in quarantine: it stays reachable by its own name, in a path that no permit
  /// should match.
  public static Profile quarantine(String trustDomain, Duration life) {
    return forDevices("quarantine", trustDomain, "quarantine", life);
  }

  private static Profile forDevices(String name, String trustDomain, String path, Duration life) {
    if (!trustDomain.matches("[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "trust domain: " + trustDomain + " (expected: as a lower-case host name)");
    }
    return new Profile(
        name,
        List.of(new SubjectPart(SubjectAttribute.COMMON_NAME, new Template("{" + DEVICE_ID + "}"))),
        Optional.of(new Template("spiffe://" + trustDomain + "/" + path + "/{" + DEVICE_ID + "}")),
        Set.of(KeyUse.DIGITAL_SIGNATURE),
        List.of(ExtendedKeyUse.CLIENT_AUTH),
        life,
        Duration.ofHours(1),
        CertKey.USUAL,
        false);
  }

  /// For Cardea's own TLS servers: the field `host` in the subject, host names and addresses in the
  /// SAN.
  public static Profile server(Duration life) {
    return new Profile(
        "server",
        List.of(new SubjectPart(SubjectAttribute.COMMON_NAME, new Template("{host}"))),
        Optional.empty(),
        Set.of(KeyUse.DIGITAL_SIGNATURE, KeyUse.KEY_ENCIPHERMENT),
        List.of(ExtendedKeyUse.SERVER_AUTH),
        life,
        Duration.ofHours(1),
        CertKey.USUAL,
        true);
  }

  /// For those who answer for an authority about its certificates: the field `authority` in the
  /// subject, and no name beside it.
  static Profile ocspResponder(Duration life) {
    return new Profile(
        "ocsp-responder",
        List.of(new SubjectPart(SubjectAttribute.COMMON_NAME, new Template("OCSP of {authority}"))),
        Optional.empty(),
        Set.of(KeyUse.DIGITAL_SIGNATURE),
        List.of(ExtendedKeyUse.OCSP_SIGNING),
        life,
        Duration.ofHours(1),
        Set.of(CertKey.values()),
        false);
  }

  /// The one kind of certificate that needs no other name, and whose own status nobody asks for.
  boolean answersForAuthority() {
    return extendedKeyUse.equals(List.of(ExtendedKeyUse.OCSP_SIGNING));
  }

  /// The same profile with another life: classes and demonstrations differ in little else.
  public Profile withLife(Duration other) {
    return new Profile(
        name,
        subject,
        identity,
        keyUse,
        extendedKeyUse,
        other,
        backdate,
        keys,
        requestedHostNames,
        authority);
  }

  public Profile withBackdate(Duration other) {
    return new Profile(
        name,
        subject,
        identity,
        keyUse,
        extendedKeyUse,
        life,
        other,
        keys,
        requestedHostNames,
        authority);
  }

  public Profile withKeys(Set<CertKey> other) {
    return new Profile(
        name,
        subject,
        identity,
        keyUse,
        extendedKeyUse,
        life,
        backdate,
        other,
        requestedHostNames,
        authority);
  }

  public Profile withAuthority(Optional<String> other) {
    return new Profile(
        name,
        subject,
        identity,
        keyUse,
        extendedKeyUse,
        life,
        backdate,
        keys,
        requestedHostNames,
        other);
  }

  /// Whether this request asks for no more than the profile gives to who has these fields. An empty
  /// subject asks for nothing; a common name or URI that names anything else is refused, never
  /// quietly replaced.
  ///
  /// @return the host names to put into the [IssuanceRequest]
  /// @throws Refused KEY_NOT_ALLOWED, IDENTITY_MISMATCH or PROFILE_VIOLATION
  public List<String> admit(Csr csr, Map<String, String> fields) throws Refused {
    requireKey(csr.key());
    Optional<String> uri = identityUri(fields);
    for (String commonName : csr.commonNames()) {
      if (!commonName.equals(commonName(fields))) {
        throw new Refused(
            Refusal.IDENTITY_MISMATCH,
            "the request's common name is "
                + shown(commonName)
                + " (expected: "
                + shown(commonName(fields))
                + " or none)");
      }
    }
    AlternativeNames names = csr.alternativeNames();
    for (String asked : names.uris()) {
      if (!uri.equals(Optional.of(asked))) {
        throw new Refused(
            Refusal.IDENTITY_MISMATCH,
            "the request asks for the URI "
                + shown(asked)
                + " (expected: "
                + uri.orElse("none")
                + ")");
      }
    }
    if (!names.emails().isEmpty() || !names.ipAddresses().isEmpty() || names.others()) {
      throw new Refused(
          Refusal.PROFILE_VIOLATION,
          "the request asks for names of a kind that profile " + name + " does not give");
    }
    if (!names.dns().isEmpty() && !requestedHostNames) {
      throw new Refused(
          Refusal.PROFILE_VIOLATION,
          "the request asks for host names, which profile " + name + " does not give");
    }
    return names.dns();
  }

  void requireKey(SubjectPublicKey key) throws Refused {
    if (!keys.contains(key.kind())) {
      throw new Refused(
          Refusal.KEY_NOT_ALLOWED,
          "the key is "
              + key.kind()
              + " (profile "
              + name
              + " allows: "
              + keys.stream().sorted().toList()
              + ")");
    }
  }

  /// The URI that a certificate of this profile carries for these fields.
  public Optional<String> identityUri(Map<String, String> fields) throws Refused {
    return identity.isEmpty()
        ? Optional.empty()
        : identity.get().render(fields, Profile::pathSegment);
  }

  String commonName(Map<String, String> fields) throws Refused {
    for (SubjectPart part : subject) {
      if (part.attribute() == SubjectAttribute.COMMON_NAME) {
        Optional<String> value = part.value().render(fields, text -> text);
        if (value.isPresent()) {
          return value.get();
        }
      }
    }
    throw new Refused(Refusal.PROFILE_VIOLATION, "the subject has no common name");
  }

  private static String shown(String stranger) {
    String safe = Names.withoutControls(stranger);
    return safe.length() <= 100 ? safe : safe.substring(0, 100) + "…";
  }

  private static String pathSegment(String value) {
    boolean plain = true;
    for (int i = 0; i < value.length() && plain; i++) {
      plain = unreserved(value.charAt(i));
    }
    // A segment of dots alone would be taken away by whoever normalizes the path.
    boolean dots = value.equals(".") || value.equals("..");
    if (plain && !dots) {
      return value;
    }
    StringBuilder out = new StringBuilder();
    for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (unreserved(c) && !dots) {
        out.append(c);
      } else {
        out.append('%').append(String.format("%02X", octet & 0xff));
      }
    }
    return out.toString();
  }

  private static boolean unreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == ':';
  }
}

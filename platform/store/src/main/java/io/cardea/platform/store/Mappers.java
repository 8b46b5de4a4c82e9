package io.cardea.platform.store;

import static java.util.Objects.requireNonNull;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Birth;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.enrolment.Token;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.ExtendedKeyUse;
import io.cardea.life.pki.KeyUse;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.SubjectAttribute;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.Template;
import io.cardea.life.pki.WrappedKey;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Reports;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Rows as the values of life. A row that makes no such value is damage, and says so by an
/// exception.
final class Mappers {
  private Mappers() {}

  static Device device(ResultSet row) throws SQLException {
    return device(row, "");
  }

  /// Where other tables have columns of the same name, the device's have this before theirs.
  static Device device(ResultSet row, String prefix) throws SQLException {
    return new Device(
        new DeviceId(row.getString(prefix + "id")),
        Optional.ofNullable(row.getString(prefix + "serial")),
        row.getString("class"),
        row.getString("owner"),
        Environment.valueOf(constant(row.getString("environment"))),
        Optional.ofNullable(row.getString("site")),
        Labels.fromColumn(texts(row, "labels")),
        DeviceState.ofWord(row.getString(prefix + "state")),
        time(row, "registered_at"));
  }

  static DeviceClass deviceClass(ResultSet row) throws SQLException {
    return deviceClass(row, "name");
  }

  static DeviceClass deviceClass(ResultSet row, String name) throws SQLException {
    return new DeviceClass(
        row.getString(name),
        row.getString("profile"),
        Duration.ofMillis(row.getLong("longest_silence_ms")),
        Duration.ofMillis(row.getLong("grace_ms")),
        Duration.ofMillis(row.getLong("settling_ms")),
        row.getInt("candidates_per_tenth"),
        DeviceClass.OnFork.valueOf(row.getString("on_fork")),
        row.getBoolean("keeps_recovery_token"),
        new DeviceClass.Joining(
            row.getBoolean("approval"),
            row.getBoolean("birth_certificate_recovers"),
            Optional.ofNullable(row.getString("factory_profile")),
            Optional.ofNullable(row.getString("quarantine_profile")),
            new DeviceClass.Lateness(
                row.getBoolean("late_wants_credential"),
                Optional.ofNullable(row.getObject("late_approval_ms", Long.class))
                    .map(Duration::ofMillis))));
  }

  static Credential credential(ResultSet row) throws SQLException {
    return new Credential(
        new CredentialId(uuid(row, "id")),
        new SlotId(new DeviceId(row.getString("device")), row.getString("slot")),
        kind(row),
        state(row, "state"),
        Fingerprint.ofDigest(row.getBytes("certificate")),
        Fingerprint.ofDigest(row.getBytes("key")),
        predecessor(row),
        row.getInt("generation"),
        Protection.valueOf(constant(row.getString("protection"))),
        time(row, "issued_at"),
        time(row, "not_before"),
        time(row, "not_after"),
        optionalTime(row, "proven_at"),
        optionalTime(row, "last_used_at"));
  }

  private static CredentialKind kind(ResultSet row) throws SQLException {
    String kind = row.getString("kind");
    return kind == null
        ? new CredentialKind.X509(
            new BigInteger(row.getBytes("serial")), row.getString("authority"))
        : CredentialKind.Secret.ofWord(kind);
  }

  static Link link(ResultSet row) throws SQLException {
    return new Link(
        new CredentialId(uuid(row, "id")),
        Fingerprint.ofDigest(row.getBytes("key")),
        predecessor(row),
        row.getInt("generation"),
        state(row, "state"),
        time(row, "since"),
        time(row, "issued_at"),
        time(row, "not_after"),
        optionalTime(row, "proven_at"),
        optionalTime(row, "last_used_at"));
  }

  static Token token(ResultSet row) throws SQLException {
    return new Token(
        uuid(row, "id"),
        new DeviceId(row.getString("device")),
        Fingerprint.ofDigest(row.getBytes("secret_hash")),
        time(row, "created_at"),
        time(row, "expires_at"),
        optionalTime(row, "spent_at"));
  }

  static Birth birth(ResultSet row) throws SQLException {
    byte[] certificate = row.getBytes("certificate");
    return new Birth(
        uuid(row, "id"),
        new DeviceId(row.getString("device")),
        row.getString("class"),
        certificate == null ? Optional.empty() : Optional.of(Fingerprint.ofDigest(certificate)),
        Optional.ofNullable(row.getString("serial_number")),
        time(row, "bound_at"),
        optionalTime(row, "spent_at"));
  }

  static PendingEnrolment pending(ResultSet row) throws SQLException {
    return new PendingEnrolment(
        uuid(row, "id"),
        new DeviceId(row.getString("device")),
        Fingerprint.ofDigest(row.getBytes("key")),
        time(row, "requested_at"),
        time(row, "expires_at"),
        PendingEnrolment.State.valueOf(constant(row.getString("state"))));
  }

  static Manufacturer manufacturer(ResultSet row) throws SQLException {
    return new Manufacturer(
        row.getString("name"),
        row.getString("class"),
        Environment.valueOf(constant(row.getString("environment"))),
        Certificate.of(row.getBytes("anchor")),
        octets(row, "intermediates").stream().map(Certificate::of).toList(),
        octets(row, "revocation_lists"),
        new Manufacturer.Rule(
            Optional.ofNullable(row.getString("device_id")),
            row.getBoolean("registers"),
            row.getString("owner")),
        time(row, "imported_at"));
  }

  private static List<byte[]> octets(ResultSet row, String column) throws SQLException {
    Array array = requireNonNull(row.getArray(column), column);
    return List.of((byte[][]) array.getArray());
  }

  static ApiToken apiToken(ResultSet row) throws SQLException {
    return new ApiToken(
        row.getString("name"),
        Role.valueOf(row.getString("role")),
        new Scope(
            Set.of(texts(row, "classes")),
            Stream.of(texts(row, "environments"))
                .map(word -> Environment.valueOf(constant(word)))
                .collect(Collectors.toSet()),
            Set.of(texts(row, "owners"))),
        Fingerprint.ofDigest(row.getBytes("secret_hash")),
        time(row, "created_at"),
        optionalTime(row, "expires_at"));
  }

  static Authority authority(ResultSet row) throws SQLException {
    Certificate certificate = Certificate.of(row.getBytes("certificate"));
    String[] purposes = texts(row, "other_purposes");
    String[] certificates = texts(row, "other_certificates");
    List<Authority.Other> others = new ArrayList<>();
    for (int i = 0; i < purposes.length; i++) {
      others.add(
          new Authority.Other(
              Authority.Purpose.valueOf(constant(purposes[i])),
              Certificate.of(HexFormat.of().parseHex(certificates[i]))));
    }
    try {
      return new Authority(
          new AuthorityId(row.getString("id")),
          Authority.Kind.valueOf(row.getString("kind")),
          row.getString("name"),
          Authority.State.valueOf(constant(row.getString("state"))),
          certificate,
          Optional.ofNullable(row.getString("issuer")).map(AuthorityId::new),
          new WrappedKey(
              row.getString("key_id"), certificate.publicKey(), row.getBytes("wrapped_key")),
          others,
          requireNonNull(row.getBigDecimal("crl_floor")).toBigIntegerExact(),
          time(row, "created"));
    } catch (Refused e) {
      throw new SQLException("the certificate of authority " + row.getString("id"), e);
    }
  }

  static AuthorityRequest authorityRequest(ResultSet row) throws SQLException {
    try {
      return new AuthorityRequest(
          new AuthorityId(row.getString("id")),
          row.getString("name"),
          new WrappedKey(
              row.getString("key_id"),
              SubjectPublicKey.of(row.getBytes("public_key")),
              row.getBytes("wrapped_key")),
          row.getString("pem"),
          time(row, "created"));
    } catch (Refused e) {
      throw new SQLException("the key of authority " + row.getString("id"), e);
    }
  }

  static Profile profile(ResultSet row) throws SQLException {
    String[] attributes = texts(row, "subject_attributes");
    String[] templates = texts(row, "subject_templates");
    List<Profile.SubjectPart> subject = new ArrayList<>();
    for (int i = 0; i < attributes.length; i++) {
      subject.add(
          new Profile.SubjectPart(
              SubjectAttribute.valueOf(attributes[i]), new Template(templates[i])));
    }
    return new Profile(
        row.getString("name"),
        subject,
        Optional.ofNullable(row.getString("identity")).map(Template::new),
        Set.copyOf(constants(row, "key_use", KeyUse::valueOf)),
        constants(row, "extended_key_use", ExtendedKeyUse::valueOf),
        Duration.ofMillis(row.getLong("life_ms")),
        Duration.ofMillis(row.getLong("backdate_ms")),
        Set.copyOf(constants(row, "keys", CertKey::valueOf)),
        row.getBoolean("requested_host_names"),
        Optional.ofNullable(row.getString("authority")));
  }

  /// In the order of the columns; lists have blanks between their words.
  static Audience audience(String... columns) {
    return new Audience(
        columns[0],
        Audience.Kind.valueOf(columns[1]),
        Boolean.parseBoolean(columns[2]),
        Boolean.parseBoolean(columns[3]),
        words(columns[4]).collect(Collectors.toSet()),
        words(columns[5]).map(DeviceId::new).collect(Collectors.toSet()));
  }

  private static Stream<String> words(String text) {
    return Stream.of(text.split(" ")).filter(word -> !word.isEmpty());
  }

  static Audience audience(ResultSet row) throws SQLException {
    return audience(
        row.getString("name"),
        row.getString("kind"),
        Boolean.toString(row.getBoolean("reports")),
        Boolean.toString(row.getBoolean("may_prove")),
        String.join(" ", texts(row, "classes")),
        String.join(" ", texts(row, "points")));
  }

  static Reports reports(ResultSet row) throws SQLException {
    Map<String, CredentialId> seen = new HashMap<>();
    for (String line : texts(row, "seen")) {
      int equals = line.indexOf('=');
      seen.put(
          line.substring(0, equals), new CredentialId(UUID.fromString(line.substring(equals + 1))));
    }
    Array sessions = requireNonNull(row.getArray("in_session"), "in_session");
    Set<CredentialId> inSession =
        Stream.of((UUID[]) sessions.getArray()).map(CredentialId::new).collect(Collectors.toSet());
    return seen.isEmpty() && inSession.isEmpty() ? Reports.NONE : new Reports(seen, inSession);
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return requireNonNull(row.getObject(column, OffsetDateTime.class), column).toInstant();
  }

  static Optional<Instant> optionalTime(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static UUID uuid(ResultSet row, String column) throws SQLException {
    return requireNonNull(row.getObject(column, UUID.class), column);
  }

  static String[] texts(ResultSet row, String column) throws SQLException {
    Array array = requireNonNull(row.getArray(column), column);
    return (String[]) array.getArray();
  }

  private static <E> List<E> constants(ResultSet row, String column, Function<String, E> constant)
      throws SQLException {
    return Stream.of(texts(row, column)).map(constant).collect(Collectors.toUnmodifiableList());
  }

  static CredentialState state(ResultSet row, String column) throws SQLException {
    return CredentialState.valueOf(constant(row.getString(column)));
  }

  private static Predecessor predecessor(ResultSet row) throws SQLException {
    UUID id = uuid(row, "predecessor");
    boolean byToken = row.getBoolean("by_token");
    if (row.getBoolean("by_birth")) {
      return byToken ? new Predecessor.BirthCertificate(id) : new Predecessor.Act(id);
    }
    return byToken
        ? new Predecessor.EnrolmentToken(id)
        : new Predecessor.OlderCredential(new CredentialId(id));
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}

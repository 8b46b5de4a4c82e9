package io.cardea.apps.server.api;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityDesk;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityOutcome;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.Pkcs12;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Acts on authorities. Each answers with what is there after it, and the same call again with the
/// same.
final class AuthorityActRoutes {
  private final AuthorityDesk desk;
  private final AuthoritySuccession succession;
  private final KeyHome usualHome;

  AuthorityActRoutes(AuthorityDesk desk, AuthoritySuccession succession, KeyHome usualHome) {
    this.desk = desk;
    this.succession = succession;
    this.usualHome = usualHome;
  }

  List<Endpoint> endpoints() {
    return List.of(
        act("", this::create),
        act("/{id}/request", this::request),
        act("/{id}/install", this::install),
        act("/{id}/import", this::take),
        act("/{id}/renew", this::renew),
        act("/{id}/rekey", this::rekey),
        act("/{id}/retire", this::retire),
        act("/{id}/withdraw", this::withdraw));
  }

  private interface Act {
    AuthorityOutcome on(Call call) throws Refused;
  }

  private static Endpoint act(String path, Act act) {
    return Endpoint.post(
        "/api/v1/authorities" + path,
        Permission.CERTIFY,
        call -> Reply.ok(AuthorityView.of(act.on(call))));
  }

  /// @param under the name of the root that signs it
  record NewAuthority(
      @Nullable String name,
      @Nullable String kind,
      @Nullable String under,
      @Nullable String subject,
      @Nullable String key,
      @Nullable String keyHome,
      @Nullable Long lifeSeconds) {}

  record NewRequest(@Nullable String subject, @Nullable String key, @Nullable String keyHome) {}

  /// @param chainPem those above, in any order
  /// @param anchorsPem if it is there, the chain has to end in one of them
  record Installation(
      @Nullable String certificatePem, @Nullable String chainPem, @Nullable String anchorsPem) {}

  /// With `pkcs12` (base64) and `password`, or `tokenKey` and `certificatePem`.
  record Import(
      @Nullable String pkcs12,
      @Nullable String password,
      @Nullable String tokenKey,
      @Nullable String certificatePem,
      @Nullable String chainPem,
      @Nullable String anchorsPem,
      @Nullable String crlNumber) {

    /// Never shows the password or the key.
    @Override
    public String toString() {
      return "Import";
    }
  }

  /// @param replaces the fingerprint of the certificate that is to be followed
  record Renewal(@Nullable String replaces, @Nullable Long lifeSeconds) {}

  /// @param replaces the id of the generation that is to be followed
  record Rekey(
      @Nullable String replaces,
      @Nullable String key,
      @Nullable String keyHome,
      @Nullable Long lifeSeconds) {}

  record Nothing() {}

  private AuthorityOutcome create(Call call) throws Refused {
    NewAuthority body = call.body(NewAuthority.class);
    String name = Call.required("name", body.name());
    Authority.Kind kind =
        Words.read("kind", body.kind(), Authority.Kind.class, Authority.Kind.ISSUING);
    CertKey key = Words.read("key", Call.required("key", body.key()), CertKey.class);
    KeyHome home = home(body.keyHome());
    Optional<Duration> life = life(body.lifeSeconds());
    AuthorityDesk.Wanted wanted =
        Call.valid(() ->
            new AuthorityDesk.Wanted(
                name,
                kind,
                Optional.ofNullable(body.under()),
                Optional.ofNullable(body.subject()),
                key,
                home,
                life));
    return desk.create(wanted, call.actor());
  }

  private AuthorityOutcome request(Call call) throws Refused {
    NewRequest body = call.body(NewRequest.class);
    CertKey key = Words.read("key", Call.required("key", body.key()), CertKey.class);
    return desk.request(
        call.path("id"),
        Optional.ofNullable(body.subject()),
        key,
        home(body.keyHome()),
        call.actor());
  }

  private AuthorityOutcome install(Call call) throws Refused {
    Installation body = call.body(Installation.class);
    String certificate = Call.required("certificate_pem", body.certificatePem());
    return desk.install(
        call.path("id"),
        certificates(certificate, body.chainPem()),
        certificates(body.anchorsPem()),
        call.actor());
  }

  private AuthorityOutcome take(Call call) throws Refused {
    Import body = call.body(Import.class);
    String name = call.path("id");
    List<Certificate> anchors = certificates(body.anchorsPem());
    BigInteger floor = number(body.crlNumber());
    if ((body.pkcs12() == null) == (body.tokenKey() == null)) {
      throw Call.malformed("pkcs12, token_key: (expected: one of them)");
    }
    if (body.tokenKey() != null) {
      String label = body.tokenKey();
      String certificate = Call.required("certificate_pem", body.certificatePem());
      return desk.take(
          name,
          (own, keys) -> keys.inToken(own.publicKey(), label),
          certificates(certificate, body.chainPem()),
          anchors,
          floor,
          call.actor());
    }
    char[] password = Call.required("password", body.password()).toCharArray();
    try (Pkcs12 file = Pkcs12.open(base64(body.pkcs12()), password)) {
      List<Certificate> given = new ArrayList<>(file.chain());
      given.addAll(certificates(body.chainPem()));
      return desk.take(
          name, file.key(), given.stream().distinct().toList(), anchors, floor, call.actor());
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private AuthorityOutcome renew(Call call) throws Refused {
    Renewal body = call.body(Renewal.class);
    String replaces = Call.required("replaces", body.replaces());
    Fingerprint fingerprint =
        Call.valid(() -> Fingerprint.ofDigest(HexFormat.of().parseHex(replaces)));
    return succession.renew(call.path("id"), fingerprint, life(body.lifeSeconds()), call.actor());
  }

  private AuthorityOutcome rekey(Call call) throws Refused {
    Rekey body = call.body(Rekey.class);
    String replaces = Call.required("replaces", body.replaces());
    Optional<CertKey> key =
        body.key() == null
            ? Optional.empty()
            : Optional.of(Words.read("key", body.key(), CertKey.class));
    Optional<KeyHome> home =
        body.keyHome() == null ? Optional.empty() : Optional.of(home(body.keyHome()));
    return succession.rekey(
        call.path("id"),
        Call.valid(() -> new AuthorityId(replaces)),
        key,
        home,
        life(body.lifeSeconds()),
        call.actor());
  }

  private AuthorityOutcome retire(Call call) throws Refused {
    call.bodyOrEmpty(Nothing.class);
    return succession.retire(call.path("id"), call.actor());
  }

  private AuthorityOutcome withdraw(Call call) throws Refused {
    call.bodyOrEmpty(Nothing.class);
    return desk.withdraw(call.path("id"), call.actor());
  }

  private KeyHome home(@Nullable String word) throws Refused {
    return Words.read("key_home", word, KeyHome.class, usualHome);
  }

  private static Optional<Duration> life(@Nullable Long seconds) throws Refused {
    if (seconds == null) {
      return Optional.empty();
    }
    Duration life = Duration.ofSeconds(seconds);
    return Call.valid(() -> {
      AuthorityDesk.requireLife(life);
      return Optional.of(life);
    });
  }

  private static List<Certificate> certificates(@Nullable String... texts) throws Refused {
    List<Certificate> all = new ArrayList<>();
    for (@Nullable String text : texts) {
      if (text != null) {
        for (Certificate one : Pem.certificates(text)) {
          if (!all.contains(one)) {
            all.add(one);
          }
        }
      }
    }
    return all;
  }

  private static BigInteger number(@Nullable String text) throws Refused {
    if (text == null) {
      return BigInteger.ZERO;
    }
    if (!text.matches("[0-9]{1,45}")) {
      throw Call.malformed("crl_number: " + text + " (expected: up to 45 decimal digits)");
    }
    return new BigInteger(text);
  }

  private static byte[] base64(@Nullable String text) throws Refused {
    try {
      return Base64.getMimeDecoder().decode(Call.required("pkcs12", text));
    } catch (IllegalArgumentException e) {
      throw Call.malformed("pkcs12: not base64");
    }
  }
}
